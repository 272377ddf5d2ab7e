//! The thread that writes to the store.

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};

use fluoro_store::{Append, Arrival, Committed, Rejected, Source};
use fluoro_wire::TraceId;
use tokio::sync::broadcast;

use super::{IntakeError, Outcome, queue::Queue};
use crate::{
    clock,
    metrics::{Metrics, SourceLabel, source_name},
};

pub(super) struct Writer {
    pub(super) queue: Arc<Queue>,
    pub(super) store: Arc<dyn Append>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) changes: broadcast::Sender<Arc<[TraceId]>>,
}

/// What became of the documents of one commit.
#[derive(Default)]
struct Written {
    traces: Vec<TraceId>,
    rejected: Vec<(usize, Rejected)>,
    /// Documents that the store failed on, and why.
    lost: Vec<(Range<usize>, Loss)>,
}

#[derive(Clone)]
struct Loss {
    reason: &'static str,
    message: String,
}

impl Writer {
    pub(super) fn run(&self) {
        while let Some(batches) = self.queue.take() {
            let mut arrivals = Vec::new();
            let mut waiting = Vec::with_capacity(batches.len());
            for batch in batches {
                let start = arrivals.len();
                arrivals.extend(batch.arrivals);
                waiting.push((start..arrivals.len(), batch.outcome));
            }
            let began = Instant::now();
            let mut written = Written::default();
            self.write(&arrivals, 0, &mut written);
            self.metrics
                .commit_seconds
                .observe(began.elapsed().as_secs_f64());
            self.count(&arrivals, &written);
            for (places, sender) in waiting {
                match sender {
                    // Who asked may have gone away.
                    Some(sender) => drop(sender.send(written.outcome(&places))),
                    // Nobody hears of it, so nobody sends these again.
                    None => self.count_lost(&written, &places),
                }
            }
            if !written.traces.is_empty() {
                // Without a follower nobody needs to know.
                let _ = self.changes.send(written.traces.into());
            }
        }
    }

    /// Appends documents that stand at `start` in the commit. When the store panics, halves are
    /// tried on their own, so that the others are kept whatever one document does to it.
    fn write(&self, arrivals: &[Arrival], start: usize, written: &mut Written) {
        let places = start..start + arrivals.len();
        match catch_unwind(AssertUnwindSafe(|| self.store.append(arrivals))) {
            Ok(Ok(committed)) => written.add(committed, start),
            Ok(Err(failure)) => {
                let message = failure.to_string();
                tracing::error!(
                    documents = arrivals.len(),
                    "documents were not kept: {message}"
                );
                written.lost.push((
                    places,
                    Loss {
                        reason: "store-failed",
                        message,
                    },
                ));
            }
            Err(_) if arrivals.len() > 1 => {
                let (first, second) = arrivals.split_at(arrivals.len() / 2);
                self.write(first, start, written);
                self.write(second, start + first.len(), written);
            }
            Err(_) => {
                let message = "the store panicked on this document".to_owned();
                tracing::error!("a document was not kept: {message}");
                written.lost.push((
                    places,
                    Loss {
                        reason: "store-panicked",
                        message,
                    },
                ));
            }
        }
    }

    /// Counts what was lost of the documents at `places`.
    fn count_lost(&self, written: &Written, places: &Range<usize>) {
        for (lost, loss) in &written.lost {
            let first = lost.start.max(places.start);
            let count = lost.end.min(places.end).saturating_sub(first);
            if count > 0 {
                self.metrics.lost(loss.reason, count as u64);
            }
        }
    }

    fn count(&self, arrivals: &[Arrival], written: &Written) {
        let mut received = PerSource::default();
        let mut not_kept = PerSource::default();
        arrivals
            .iter()
            .for_each(|arrival| *received.of(arrival.source) += 1);
        for (place, rejected) in &written.rejected {
            let source = arrivals[*place].source;
            *not_kept.of(source) += 1;
            self.metrics.rejected(source, rejected.code);
        }
        for (places, _) in &written.lost {
            for arrival in &arrivals[places.clone()] {
                *not_kept.of(arrival.source) += 1;
            }
        }
        for ((source, received), (_, not_kept)) in received.0.into_iter().zip(not_kept.0) {
            let source = SourceLabel {
                source: source_name(source),
            };
            self.metrics
                .received
                .get_or_create(&source)
                .inc_by(received);
            self.metrics
                .kept
                .get_or_create(&source)
                .inc_by(received - not_kept);
        }
        if let Some(first) = arrivals.first() {
            let waited = (clock::now() - first.received_at).max(0.0);
            self.metrics.intake_seconds.observe(waited);
        }
    }
}

/// A count for each source.
struct PerSource([(Source, u64); 4]);

impl Default for PerSource {
    fn default() -> Self {
        Self([Source::Udp, Source::Api, Source::Otlp, Source::Import].map(|source| (source, 0)))
    }
}

impl PerSource {
    fn of(&mut self, source: Source) -> &mut u64 {
        let place = match source {
            Source::Udp => 0,
            Source::Api => 1,
            Source::Otlp => 2,
            Source::Import => 3,
        };
        &mut self.0[place].1
    }
}

impl Written {
    fn add(&mut self, committed: Committed, start: usize) {
        self.traces.extend(committed.traces);
        let rejected = committed.rejected.into_iter();
        self.rejected
            .extend(rejected.map(|(place, rejected)| (start + place, rejected)));
    }

    /// What became of the documents at `places`, counted from the first of them.
    fn outcome(&self, places: &Range<usize>) -> Outcome {
        let loss = self
            .lost
            .iter()
            .find(|(lost, _)| lost.start < places.end && places.start < lost.end);
        if let Some((_, loss)) = loss {
            return Err(IntakeError::Store(loss.message.clone()));
        }
        Ok(self
            .rejected
            .iter()
            .filter(|(place, _)| places.contains(place))
            .map(|(place, rejected)| (place - places.start, rejected.clone()))
            .collect())
    }
}
