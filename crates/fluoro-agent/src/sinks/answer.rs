//! What a backend says about a batch.

use std::time::Duration;

/// The backend has looked at the batch; documents that are not mentioned were taken.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Answer {
    /// Documents that will never be taken.
    pub(super) refused: Vec<Refusal>,
    /// Places of documents that are to be sent again.
    pub(super) again: Vec<usize>,
    /// How many documents were not sent, because such a backend has no use for them.
    pub(super) left_out: usize,
}

/// Why a backend will never take documents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Refusal {
    /// How many it speaks of; none if only a part of one was left out.
    pub(super) documents: usize,
    /// The backend's code, say `InvalidTraceId` or `400`.
    pub(super) code: String,
    /// What it says.
    pub(super) message: String,
    /// The segment and trace, where they are known.
    pub(super) document: Option<String>,
}

/// The batch as a whole was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// The backend cannot be reached, or cannot take anything now: the batch is sent again.
    Unavailable {
        trouble: Trouble,
        reason: String,
        /// The backend asks for at least this pause.
        pause: Option<Duration>,
    },
    /// Something in the batch is to blame: smaller parts of it are sent.
    Blamed { code: String, message: String },
    /// We know without asking that the backend would blame the batch.
    Unsuitable { code: String, message: String },
}

/// Kinds of trouble, as X-Ray's telemetry counts them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    Timeout,
    ConnectionRefused,
    UnknownHost,
    Status4xx,
    Status5xx,
    Other,
}
