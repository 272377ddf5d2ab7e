//! The one way into the store: a bounded queue and the thread that empties it in batches.
//!
//! Documents of several batches are committed together, so that the store's price of a commit is
//! shared. The queue is bounded in documents and in bytes; whoever comes when it is full waits.

mod queue;
#[cfg(test)]
mod tests;
mod writer;

use std::{sync::Arc, thread::JoinHandle};

use fluoro_store::{Append, Arrival, Rejected};
use fluoro_wire::TraceId;
use tokio::sync::{broadcast, oneshot};

use crate::metrics::Metrics;
use queue::{Batch, Queue};
use writer::Writer;

/// Messages that a slow follower of the live feed may lag behind.
const LIVE_BACKLOG: usize = 1_024;

/// Why documents were not kept.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IntakeError {
    /// The store failed; the documents may be sent again.
    #[error("{0}")]
    Store(String),
    /// The agent is shutting down.
    #[error("the agent is shutting down")]
    Closed,
}

/// What became of documents that were submitted: the rejected ones, with their place.
pub type Outcome = Result<Vec<(usize, Rejected)>, IntakeError>;

/// Takes documents from the sources. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Intake {
    queue: Arc<Closing>,
    changes: broadcast::Sender<Arc<[TraceId]>>,
}

/// Closes the queue when the last clone of the intake is gone, so that the writer ends.
#[derive(Debug)]
struct Closing(Arc<Queue>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Intake {
    /// Starts the thread that writes to `store`. After [`close`](Self::close), or when every clone
    /// of the intake is gone, it writes what is queued and ends.
    pub fn start(store: Arc<dyn Append>, metrics: Arc<Metrics>) -> (Self, JoinHandle<()>) {
        let queue = Arc::new(Queue::default());
        let (changes, _) = broadcast::channel(LIVE_BACKLOG);
        let writer = Writer {
            queue: Arc::clone(&queue),
            store,
            metrics,
            changes: changes.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run())
            .expect("the system refuses to start a thread");
        let queue = Arc::new(Closing(queue));
        (Self { queue, changes }, thread)
    }

    /// Hands over documents nobody waits for, and waits while the queue is full: a UDP reader
    /// then leaves the rest to the socket's buffer, whose losses the kernel counts.
    ///
    /// # Errors
    ///
    /// [`IntakeError::Closed`] after [`close`](Self::close).
    pub fn push(&self, arrivals: Vec<Arrival>) -> Result<(), IntakeError> {
        self.queue.0.push(Batch::new(arrivals, None))
    }

    /// Hands over documents and waits until they are kept.
    ///
    /// # Errors
    ///
    /// [`IntakeError`] if they were not.
    pub async fn submit(&self, arrivals: Vec<Arrival>) -> Outcome {
        let (sender, outcome) = oneshot::channel();
        let batch = Batch::new(arrivals, Some(sender));
        self.queue.0.push_async(batch).await?;
        outcome.await.map_err(|_| IntakeError::Closed)?
    }

    /// Takes nothing more; what is queued is still written.
    pub fn close(&self) {
        self.queue.0.close();
    }

    /// Follows which traces change, after each commit.
    pub fn changes(&self) -> broadcast::Receiver<Arc<[TraceId]>> {
        self.changes.subscribe()
    }
}
