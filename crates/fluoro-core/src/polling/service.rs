//! The sampling service as the poller sees it.

use fluoro_sampling::exchange::{RulesPage, StatisticsDocument, Targets};

use super::HttpError;

/// Answers the two calls of centralized sampling.
pub trait SamplingService: Send + Sync {
    /// Fetches a page of rules; `next_token` is `None` for the first one.
    ///
    /// # Errors
    /// When no usable answer came.
    fn sampling_rules(&self, next_token: Option<&str>) -> Result<RulesPage, ServiceError>;

    /// Reports statistics of at most 25 rules and fetches their targets.
    ///
    /// # Errors
    /// When no usable answer came; the statistics then count as not reported.
    fn sampling_targets(
        &self,
        statistics: &[StatisticsDocument<'_>],
    ) -> Result<Targets, ServiceError>;

    /// Where the service is, for log lines.
    fn location(&self) -> String;
}

/// A call to the sampling service that brought no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The call itself failed.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The answer is not the JSON that was expected.
    #[error("unusable answer: {0}")]
    Answer(#[from] serde_json::Error),
    /// The pages of rules do not come to an end.
    #[error("unusable answer: the pages of rules do not end")]
    EndlessPages,
    /// A client that the application brought itself failed.
    #[error("{0}")]
    Client(String),
}
