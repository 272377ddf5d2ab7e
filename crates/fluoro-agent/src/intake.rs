//! The one way into the store: a bounded queue and the thread that empties it in batches.

use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use fluoro_store::{Arrival, Committed, Rejected, Store, StoreError};
use fluoro_wire::TraceId;
use tokio::sync::{broadcast, oneshot};

use crate::metrics::{Metrics, RejectedLabel, SourceLabel, source_name};

/// Batches that may wait for the store; a batch of a source has at most a few hundred documents.
const QUEUED_BATCHES: usize = 256;

/// Most documents that are committed together.
const DOCUMENTS_PER_COMMIT: usize = 4_096;

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

struct Batch {
    arrivals: Vec<Arrival>,
    outcome: Option<oneshot::Sender<Outcome>>,
}

/// Takes documents from the sources. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Intake {
    queue: mpsc::SyncSender<Batch>,
    changes: broadcast::Sender<Arc<[TraceId]>>,
}

impl Intake {
    /// Starts the thread that writes to `store`; it ends when every clone of the intake is gone.
    pub fn start(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> (Self, JoinHandle<()>) {
        let (queue, batches) = mpsc::sync_channel(QUEUED_BATCHES);
        let (changes, _) = broadcast::channel(LIVE_BACKLOG);
        let writer = Writer {
            store,
            metrics,
            changes: changes.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run(&batches))
            .expect("the system refuses to start a thread");
        (Self { queue, changes }, thread)
    }

    /// Hands over documents nobody waits for, and waits while the queue is full: a UDP reader
    /// then leaves the rest to the socket's buffer, whose losses the kernel counts.
    ///
    /// # Errors
    ///
    /// [`IntakeError::Closed`] after the writer has ended.
    pub fn push(&self, arrivals: Vec<Arrival>) -> Result<(), IntakeError> {
        let batch = Batch {
            arrivals,
            outcome: None,
        };
        self.queue.send(batch).map_err(|_| IntakeError::Closed)
    }

    /// Hands over documents and waits until they are kept.
    ///
    /// # Errors
    ///
    /// [`IntakeError`] if they were not.
    pub async fn submit(&self, arrivals: Vec<Arrival>) -> Outcome {
        let (sender, outcome) = oneshot::channel();
        let batch = Batch {
            arrivals,
            outcome: Some(sender),
        };
        let queue = self.queue.clone();
        tokio::task::spawn_blocking(move || queue.send(batch))
            .await
            .map_err(|_| IntakeError::Closed)?
            .map_err(|_| IntakeError::Closed)?;
        outcome.await.map_err(|_| IntakeError::Closed)?
    }

    /// Follows which traces change, after each commit.
    pub fn changes(&self) -> broadcast::Receiver<Arc<[TraceId]>> {
        self.changes.subscribe()
    }
}

struct Writer {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    changes: broadcast::Sender<Arc<[TraceId]>>,
}

impl Writer {
    fn run(&self, batches: &mpsc::Receiver<Batch>) {
        while let Ok(first) = batches.recv() {
            let mut arrivals = first.arrivals;
            let mut waiting = vec![(0..arrivals.len(), first.outcome)];
            while arrivals.len() < DOCUMENTS_PER_COMMIT
                && let Ok(next) = batches.try_recv()
            {
                let start = arrivals.len();
                arrivals.extend(next.arrivals);
                waiting.push((start..arrivals.len(), next.outcome));
            }
            let committed = self.store.append(&arrivals);
            self.count(&arrivals, &committed);
            for (places, sender) in waiting {
                if let Some(sender) = sender {
                    // Who asked may have gone away.
                    let _ = sender.send(outcome_of(&committed, &places));
                }
            }
            if let Ok(committed) = committed
                && !committed.traces.is_empty()
            {
                // Without a follower nobody needs to know.
                let _ = self.changes.send(committed.traces.into());
            }
        }
    }

    fn count(&self, arrivals: &[Arrival], committed: &Result<Committed, StoreError>) {
        for arrival in arrivals {
            let source = SourceLabel {
                source: source_name(arrival.source),
            };
            self.metrics.received.get_or_create(&source).inc();
            if committed.is_ok() {
                self.metrics.kept.get_or_create(&source).inc();
            }
        }
        match committed {
            Ok(committed) => {
                for (place, rejected) in &committed.rejected {
                    let source = source_name(arrivals[*place].source);
                    let label = RejectedLabel {
                        source,
                        code: rejected.code,
                    };
                    self.metrics.rejected.get_or_create(&label).inc();
                }
            }
            Err(failure) => {
                self.metrics.lost("store-failed", arrivals.len() as u64);
                tracing::error!(documents = arrivals.len(), "documents were lost: {failure}");
            }
        }
    }
}

fn outcome_of(
    committed: &Result<Committed, StoreError>,
    places: &std::ops::Range<usize>,
) -> Outcome {
    match committed {
        Ok(committed) => Ok(committed
            .rejected
            .iter()
            .filter(|(place, _)| places.contains(place))
            .map(|(place, rejected)| (place - places.start, rejected.clone()))
            .collect()),
        Err(failure) => Err(IntakeError::Store(failure.to_string())),
    }
}
