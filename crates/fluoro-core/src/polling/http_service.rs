//! The sampling service behind an X-Ray daemon.

use fluoro_sampling::exchange::{
    RULES_PATH, RulesPage, StatisticsDocument, TARGETS_PATH, Targets, encode_rules_request,
    encode_statistics,
};
use fluoro_wire::daemon_address::Endpoint;

use super::{HttpClient, SamplingService, ServiceError};

/// Calls the sampling service through the TCP port of an X-Ray daemon, which signs the calls.
#[derive(Clone, Debug)]
pub struct HttpSamplingService(HttpClient);

impl HttpSamplingService {
    /// The service behind the daemon at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        Self(HttpClient::new(endpoint))
    }
}

impl SamplingService for HttpSamplingService {
    fn sampling_rules(&self, next_token: Option<&str>) -> Result<RulesPage, ServiceError> {
        let body = self
            .0
            .post_json(RULES_PATH, &encode_rules_request(next_token))?;
        Ok(RulesPage::parse(&body)?)
    }

    fn sampling_targets(
        &self,
        statistics: &[StatisticsDocument<'_>],
    ) -> Result<Targets, ServiceError> {
        let body = self
            .0
            .post_json(TARGETS_PATH, &encode_statistics(statistics))?;
        Ok(Targets::parse(&body)?)
    }

    fn location(&self) -> String {
        let Endpoint { host, port } = self.0.endpoint();
        format!("the X-Ray daemon at {host}:{port}")
    }
}
