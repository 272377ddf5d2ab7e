//! What X-Ray is told about the machine.

use http::HeaderValue;

use crate::config::AwsConfig;

/// The machine that documents are sent from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) struct Host {
    pub(super) hostname: String,
    pub(super) instance_id: String,
    pub(super) resource_arn: String,
    execution_environment: String,
}

impl Host {
    /// Describes this machine with what `variable` tells of the environment.
    pub(in super::super) fn describe(
        config: &AwsConfig,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let hostname = || nix::unistd::gethostname().ok()?.into_string().ok();
        Self {
            hostname: variable("AWS_HOSTNAME")
                .or_else(hostname)
                .unwrap_or_default(),
            instance_id: variable("AWS_INSTANCE_ID").unwrap_or_default(),
            resource_arn: config.resource_arn.clone().unwrap_or_default(),
            execution_environment: variable("AWS_EXECUTION_ENV")
                .unwrap_or_else(|| "UNKNOWN".to_owned()),
        }
    }

    /// Names this agent as what it stands in for, so that statistics by agent go on.
    pub(super) fn user_agent(&self) -> HeaderValue {
        let version = env!("CARGO_PKG_VERSION");
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        let fixed = format!("fluoro/{version} xray-agent/xray-daemon/{version}");
        let environment = self.execution_environment.replace(' ', "-");
        HeaderValue::from_str(&format!(
            "{fixed} exec-env/{environment} OS/{system}-{machine}"
        ))
        .or_else(|_| HeaderValue::from_str(&fixed))
        .expect("a version is a header's value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_names_the_daemon_and_where_it_runs() {
        let host = |environment: &str| Host {
            hostname: String::new(),
            instance_id: String::new(),
            resource_arn: String::new(),
            execution_environment: environment.to_owned(),
        };
        let agent = host("AWS_ECS_FARGATE").user_agent();
        let agent = agent.to_str().unwrap();
        assert!(agent.contains(" xray-agent/xray-daemon/"), "{agent}");
        assert!(agent.contains(" exec-env/AWS_ECS_FARGATE OS/"), "{agent}");
        assert!(host("line\nbreak").user_agent().to_str().is_ok());
    }
}
