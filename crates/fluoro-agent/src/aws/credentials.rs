//! Credentials of the usual chain of AWS, or of a role, kept as long as they are good.

use std::time::{Duration, SystemTime};

use aws_config::{SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use tokio::sync::Mutex;

use super::AwsError;

/// What a role's session is called in AWS's logs; the daemon's name, which policies may mention.
const SESSION_NAME: &str = "xray-daemon";

/// New credentials are fetched this long before the old ones expire.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// Credentials without an end are asked for again after this time, so that a changed file counts.
const LONGEST_USE: Duration = Duration::from_secs(300);

/// Asks the chain once, for all who need credentials at the same time.
#[derive(Debug)]
pub(super) struct CredentialsCache {
    provider: SharedCredentialsProvider,
    known: Mutex<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    credentials: Credentials,
    renew_at: SystemTime,
}

impl CredentialsCache {
    /// Credentials of `sdk`'s chain, or of the role that they may assume.
    pub(super) async fn new(sdk: &SdkConfig, role: Option<&str>) -> Result<Self, AwsError> {
        let provider = match role {
            Some(role) => SharedCredentialsProvider::new(
                AssumeRoleProvider::builder(role)
                    .session_name(SESSION_NAME)
                    .configure(sdk)
                    .build()
                    .await,
            ),
            None => sdk
                .credentials_provider()
                .ok_or_else(|| AwsError::Credentials("there is no provider".to_owned()))?,
        };
        Ok(Self {
            provider,
            known: Mutex::new(None),
        })
    }

    /// Credentials that are good at `now`. While new ones cannot be had, old ones serve to their
    /// end.
    pub(super) async fn get(&self, now: SystemTime) -> Result<Credentials, AwsError> {
        let mut known = self.known.lock().await;
        if let Some(known) = &*known
            && now < known.renew_at
        {
            return Ok(known.credentials.clone());
        }
        match self.provider.provide_credentials().await {
            Ok(credentials) => {
                let renew_at = renewal(credentials.expiry(), now);
                *known = Some(Known {
                    credentials: credentials.clone(),
                    renew_at,
                });
                Ok(credentials)
            }
            Err(failure) => known
                .as_ref()
                .map(|known| &known.credentials)
                .filter(|old| old.expiry().is_some_and(|end| now < end))
                .cloned()
                .ok_or_else(|| AwsError::Credentials(crate::sinks::reason(&failure))),
        }
    }

    /// Forgets credentials that AWS refused.
    pub(super) async fn forget(&self) {
        *self.known.lock().await = None;
    }
}

fn renewal(expiry: Option<SystemTime>, now: SystemTime) -> SystemTime {
    let latest = now + LONGEST_USE;
    match expiry {
        Some(expiry) => latest.min(expiry - RENEW_BEFORE),
        None => latest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_renewed_before_they_expire() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let after = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(renewal(None, now), after(300));
        assert_eq!(renewal(Some(after(200)), now), after(140));
        assert_eq!(renewal(Some(after(3_600)), now), after(300));
    }
}
