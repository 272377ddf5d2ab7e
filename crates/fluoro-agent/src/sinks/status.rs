//! What a sink tells about itself.

use serde::Serialize;

/// How a sink is doing, for `/api/agent` and `fluoro doctor`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SinkStatus {
    /// `xray`, `aws-otlp` or the kind and address of an OTLP backend.
    pub name: String,
    /// Whether documents get through.
    pub state: Condition,
    /// Since when, in seconds since the epoch.
    pub since: f64,
    /// Documents that the backend has taken since the agent started.
    pub sent: u64,
    /// Documents that the backend will never take.
    pub refused: u64,
    /// Documents that left the store before they could be sent.
    pub expired: u64,
    /// Documents that wait.
    pub pending: u64,
    /// Requests that failed and were tried again.
    pub retries: u64,
    /// What went wrong last, even if it is over.
    pub last_error: Option<LastError>,
    /// The last document that the backend refused.
    pub last_refusal: Option<LastError>,
}

/// Whether documents get through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Nothing was sent yet.
    Waiting,
    /// The last request was answered.
    Working,
    /// Requests fail; documents wait in the store.
    Failing,
}

/// Something that went wrong, and when.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastError {
    /// What went wrong.
    pub message: String,
    /// In seconds since the epoch.
    pub at: f64,
}
