//! The task of one sink: reads, sends, and moves the checkpoint on.

use std::{sync::Arc, time::Duration};

use fluoro_wire::TraceId;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    checkpoint::Checkpoint,
    delivery::Delivery,
    flights::{Flights, Landing},
    reader::{More, Reader},
    state::State,
};

/// What arrives within this time of the first document is sent together with it.
const LINGER: Duration = Duration::from_millis(500);

/// The store is looked at this often even if nobody tells of changes.
const TICK: Duration = Duration::from_secs(1);

/// After a crash of our own, the sink starts again after this time.
const AFTER_CRASH: Duration = Duration::from_secs(1);

pub(super) struct Worker {
    pub(super) reader: Reader,
    pub(super) checkpoint: Checkpoint,
    pub(super) delivery: Arc<Delivery>,
    pub(super) state: Arc<State>,
    pub(super) changes: broadcast::Receiver<Arc<[TraceId]>>,
    pub(super) stopping: CancellationToken,
    pub(super) abandoning: CancellationToken,
}

/// Whether the store has something for the sink.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Awake,
    /// Documents have come; they are read when their company has had time to come, too.
    Until(Instant),
    Asleep,
}

impl Worker {
    /// Runs until the agent stops and what was in the store is sent, or cannot be sent now.
    pub(super) async fn run(mut self) {
        let mut flights = Flights::new(self.delivery.clone());
        let mut rest = Rest::Awake;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sends = true;
        let mut last_look = false;
        loop {
            if sends {
                rest = self.fill(&mut flights, rest).await;
            }
            self.tell_pending(&flights);
            if flights.is_empty() {
                self.checkpoint.keep().await;
                if last_look && (rest != Rest::Awake || !sends) {
                    return;
                }
            }
            let keep_at = self.checkpoint.due().map(Instant::from_std);
            tokio::select! {
                Some(landing) = flights.land() => match landing {
                    Landing::Settled(Some(cursor)) => self.checkpoint.advance(cursor),
                    Landing::Settled(None) => {}
                    Landing::Stopped => sends = false,
                    Landing::Crashed => {
                        flights = self.start_again().await;
                        rest = Rest::Awake;
                    }
                },
                () = at(keep_at) => self.checkpoint.keep().await,
                () = at(rest.until()) => rest = Rest::Awake,
                changed = self.changes.recv(), if rest == Rest::Asleep => match changed {
                    Err(RecvError::Closed) => rest = Rest::Until(Instant::now() + TICK),
                    _ => rest = Rest::Until(Instant::now() + LINGER),
                },
                () = self.abandoning.cancelled() => {
                    self.checkpoint.keep().await;
                    return;
                }
                _ = tick.tick() => match rest {
                    Rest::Asleep => rest = Rest::Awake,
                    _ => self.reader.measure().await,
                },
                () = self.stopping.cancelled(), if !last_look => {
                    last_look = true;
                    rest = Rest::Awake;
                }
            }
        }
    }

    /// Launches as many batches as may be on their way.
    async fn fill(&mut self, flights: &mut Flights, mut rest: Rest) -> Rest {
        while flights.has_room() {
            if let Some(batch) = self.reader.next_batch() {
                flights.launch(batch);
            } else if rest == Rest::Awake {
                // What is told from here on may be missed by the reading that follows.
                self.changes = self.changes.resubscribe();
                if self.reader.read().await == More::No {
                    rest = Rest::Asleep;
                }
            } else {
                break;
            }
        }
        rest
    }

    fn tell_pending(&self, flights: &Flights) {
        let waiting = self.reader.waiting() + flights.documents() as u64;
        self.state.set_pending(waiting);
    }

    async fn start_again(&mut self) -> Flights {
        tokio::time::sleep(AFTER_CRASH).await;
        self.reader.rewind(self.checkpoint.reached());
        Flights::new(self.delivery.clone())
    }
}

impl Rest {
    fn until(self) -> Option<Instant> {
        match self {
            Self::Until(time) => Some(time),
            Self::Awake | Self::Asleep => None,
        }
    }
}

/// Waits for a time; for ever if there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
