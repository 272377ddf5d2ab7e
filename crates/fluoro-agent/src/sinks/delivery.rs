//! Brings one batch to the backend, however often that takes.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    answer::{Answer, Failure, Refusal, Trouble},
    backend::Backend,
    backoff,
    state::State,
};

/// Most time for one request.
const ATTEMPT: Duration = Duration::from_secs(30);

/// The longest pause that a backend may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// After failures for this long, everything that waits is sent at once when one attempt succeeds.
const OUTAGE: Duration = Duration::from_secs(1);

/// The agent stops; the documents stay in the store.
pub(super) struct Stopped;

/// Sends batches to one backend; shared by all that are on their way.
pub(super) struct Delivery {
    backend: Arc<dyn Backend>,
    state: Arc<State>,
    stopping: CancellationToken,
    /// The backend asked not to be bothered before this.
    closed_until: Mutex<Option<Instant>>,
    recovered: Notify,
}

/// A backend's verdict on a part of a batch.
enum Verdict {
    Answered(Answer),
    Blamed { code: String, message: String },
}

impl Delivery {
    pub(super) fn new(
        backend: Arc<dyn Backend>,
        state: Arc<State>,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            backend,
            state,
            stopping,
            closed_until: Mutex::new(None),
            recovered: Notify::new(),
        }
    }

    /// Returns when each document was taken or refused. A part that the backend blames is halved
    /// until the document to blame stands alone.
    pub(super) async fn settle(&self, documents: Vec<Vec<u8>>) -> Result<(), Stopped> {
        let mut parts = vec![documents];
        let mut throttled = 0;
        while let Some(mut part) = parts.pop() {
            match self.send(&part).await? {
                Verdict::Answered(answer) => {
                    if let Some(again) = self.conclude(part, answer) {
                        if self.stopping.is_cancelled() {
                            return Err(Stopped);
                        }
                        self.pause(throttled).await;
                        throttled += 1;
                        parts.push(again);
                    }
                }
                Verdict::Blamed { .. } if part.len() > 1 => {
                    let second = part.split_off(part.len() / 2);
                    parts.extend([second, part]);
                }
                Verdict::Blamed { code, message } => self.state.refused(&Refusal {
                    documents: 1,
                    code,
                    message,
                    document: None,
                }),
            }
        }
        Ok(())
    }

    /// Counts what was taken and refused; returns what is to be sent again.
    fn conclude(&self, mut part: Vec<Vec<u8>>, answer: Answer) -> Option<Vec<Vec<u8>>> {
        let refused: usize = answer.refused.iter().map(|refusal| refusal.documents).sum();
        for refusal in &answer.refused {
            self.state.refused(refusal);
        }
        let unsent = refused + answer.left_out + answer.again.len();
        self.state.sent(part.len().saturating_sub(unsent));
        let again: Vec<_> = answer
            .again
            .into_iter()
            .map(|place| std::mem::take(&mut part[place]))
            .collect();
        (!again.is_empty()).then_some(again)
    }

    /// Sends until there is an answer. Once the agent stops, one more attempt is made.
    async fn send(&self, part: &[Vec<u8>]) -> Result<Verdict, Stopped> {
        for attempt in 0.. {
            self.wait_until_open().await;
            let last = self.stopping.is_cancelled();
            let sending = timeout(ATTEMPT, self.backend.send(part));
            let failure = match sending.await.unwrap_or_else(|_| Err(out_of_time())) {
                Ok(answer) => {
                    self.answered();
                    return Ok(Verdict::Answered(answer));
                }
                Err(Failure::Blamed { code, message }) => {
                    self.answered();
                    return Ok(Verdict::Blamed { code, message });
                }
                Err(Failure::Unsuitable { code, message }) => {
                    return Ok(Verdict::Blamed { code, message });
                }
                Err(failure) => failure,
            };
            self.failed(failure);
            if last {
                return Err(Stopped);
            }
            self.pause(attempt).await;
        }
        Err(Stopped)
    }

    fn answered(&self) {
        if self.state.answered().is_some_and(|outage| outage >= OUTAGE) {
            self.recovered.notify_waiters();
        }
    }

    fn failed(&self, failure: Failure) {
        if let Failure::Unavailable {
            trouble,
            reason,
            pause,
        } = failure
        {
            self.state.failed(trouble, &reason);
            if let Some(pause) = pause {
                let until = Instant::now() + pause.min(LONGEST_PAUSE);
                let mut closed_until = self.closed_until.lock();
                *closed_until = (*closed_until).max(Some(until));
            }
        }
    }

    /// Waits for the back-off to pass, for the end of an outage, or for the agent to stop.
    async fn pause(&self, attempt: u32) {
        let pause = backoff::pause(attempt, backoff::random_share());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.recovered.notified() => {}
            () = self.stopping.cancelled() => {}
        }
    }

    /// Waits as long as the backend asked for.
    async fn wait_until_open(&self) {
        let closed_until = *self.closed_until.lock();
        if let Some(until) = closed_until {
            tokio::select! {
                () = sleep_until(until) => {}
                () = self.stopping.cancelled() => {}
            }
        }
    }
}

fn out_of_time() -> Failure {
    Failure::Unavailable {
        trouble: Trouble::Timeout,
        reason: format!("no answer within {} seconds", ATTEMPT.as_secs()),
        pause: None,
    }
}
