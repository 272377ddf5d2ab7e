//! What a sink needs of the place it sends to.

use std::{future::Future, pin::Pin};

use super::answer::{Answer, Failure};

/// The future of a request to a backend.
pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + 'a>>;

/// A place that takes batches of documents.
pub(super) trait Backend: Send + Sync {
    /// The most that may be sent at once.
    fn batch_limits(&self) -> BatchLimits;

    /// Sends a batch once, without trying again.
    fn send<'a>(&'a self, documents: &'a [Vec<u8>]) -> Sending<'a>;
}

/// The most that a backend takes at once. A single document is sent however large it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BatchLimits {
    pub(super) documents: usize,
    pub(super) bytes: usize,
}
