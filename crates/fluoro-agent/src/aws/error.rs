//! Why AWS could not be asked.

/// Why a request to AWS could not be made or got no answer.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// No region was given and none could be found.
    #[error(
        "no AWS region: give --region, set AWS_REGION, or set a region in the profile; asked in vain: {asked}"
    )]
    NoRegion {
        /// Where it was looked for.
        asked: String,
    },
    /// The credential chain found nothing, or a role could not be assumed.
    #[error("no AWS credentials: {0}")]
    Credentials(String),
    /// An address in the configuration cannot be used.
    #[error("{setting} is {value:?}, which is no address: {reason}")]
    Address {
        /// Which setting.
        setting: &'static str,
        /// What it says.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The request cannot be signed.
    #[error("the request cannot be signed: {0}")]
    Signature(String),
    /// The HTTP client could not be set up, say without root certificates.
    #[error("the HTTP client cannot be set up: {0}")]
    HttpClient(String),
    /// The request got no answer.
    #[error(transparent)]
    Request(#[from] reqwest::Error),
}
