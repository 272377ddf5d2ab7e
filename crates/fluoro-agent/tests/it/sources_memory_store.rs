//! A store that only remembers what was appended, and can be made to wait or to fail.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fluoro_agent::{intake::Intake, metrics::Metrics};
use fluoro_store::{Append, Arrival, Committed, Rejected, Source, StoreError};
use parking_lot::{Condvar, Mutex};

/// What the store does with a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mood {
    Keeps,
    /// Keeps nothing and does not return.
    Waits,
    Fails,
}

pub(crate) struct MemoryStore {
    kept: Mutex<Vec<Arrival>>,
    mood: Mutex<Mood>,
    changed: Condvar,
}

impl MemoryStore {
    /// A store with the intake in front of it.
    pub(crate) fn start(mood: Mood) -> (Arc<Self>, Intake, Arc<Metrics>) {
        let store = Arc::new(Self {
            kept: Mutex::default(),
            mood: Mutex::new(mood),
            changed: Condvar::new(),
        });
        let metrics = Arc::new(Metrics::default());
        let (intake, _writer) = Intake::start(store.clone(), metrics.clone());
        (store, intake, metrics)
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        *self.mood.lock() = mood;
        self.changed.notify_all();
    }

    /// The documents of at least `count` arrivals, once they are there.
    pub(crate) fn documents(&self, count: usize) -> Vec<String> {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut kept = self.kept.lock();
        while kept.len() < count {
            let timed_out = self.changed.wait_until(&mut kept, deadline).timed_out();
            assert!(!timed_out, "{} of {count} documents arrived", kept.len());
        }
        kept.iter()
            .map(|arrival| String::from_utf8_lossy(&arrival.document).into_owned())
            .collect()
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.kept.lock().clone()
    }
}

impl Append for MemoryStore {
    /// Documents that hold `"reject me"` are rejected.
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError> {
        let mut mood = self.mood.lock();
        while *mood == Mood::Waits {
            self.changed.wait(&mut mood);
        }
        if *mood == Mood::Fails {
            return Err(StoreError::Database {
                path: "memory".to_owned(),
                reason: "told to fail".to_owned(),
            });
        }
        let mut committed = Committed::default();
        let mut kept = self.kept.lock();
        for (place, arrival) in batch.iter().enumerate() {
            if String::from_utf8_lossy(&arrival.document).contains("\"reject me\"") {
                committed.rejected.push((place, rejected(arrival)));
            } else {
                kept.push(arrival.clone());
            }
        }
        committed.kept = batch.len() - committed.rejected.len();
        self.changed.notify_all();
        Ok(committed)
    }
}

fn rejected(arrival: &Arrival) -> Rejected {
    Rejected {
        number: 0,
        received_at: arrival.received_at,
        source: Source::Otlp,
        segment_id: None,
        trace_id: None,
        code: "InvalidName",
        message: "the name says so".to_owned(),
        document: arrival.document.clone(),
    }
}
