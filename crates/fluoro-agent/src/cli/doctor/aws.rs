use super::finding::Finding;
use crate::{
    aws::Client,
    config::{Config, SinkConfig},
};

/// Region, address and credentials, if AWS is forwarded to; never a secret.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let uses_aws = |sink: &SinkConfig| matches!(sink, SinkConfig::XRay | SinkConfig::AwsOtlp);
    if !config.sinks.iter().any(uses_aws) {
        return vec![Finding::neutral("not used: nothing is forwarded to it")];
    }
    let client = match Client::new(&config.aws) {
        Ok(client) => client,
        Err(error) => return vec![Finding::bad(error.to_string())],
    };
    let connection = match client.connection().await {
        Ok(connection) => connection,
        Err(error) => return vec![Finding::bad(error.to_string())],
    };
    let region = &connection.region;
    let credentials = match client.access_key().await {
        Ok(key) => Finding::good(format!("credentials of access key {key}")),
        Err(error) => Finding::bad(error.to_string()),
    };
    vec![
        Finding::good(format!(
            "region {} from {}, X-Ray at {}",
            region.name,
            region.source.as_str(),
            connection.endpoint
        )),
        credentials,
    ]
}
