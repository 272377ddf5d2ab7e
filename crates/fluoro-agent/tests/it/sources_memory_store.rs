//! A store that only remembers what was appended, and can be made to wait or to fail.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use fluoro_agent::{intake::Intake, metrics::Metrics};
use fluoro_store::{
    Arrival, Committed, Cursor, Forwarded, Limits, Rejected, Source, Statistics, Store, StoreError,
    TimeRange, facts::Trace,
};
use fluoro_wire::TraceId;
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

impl Store for MemoryStore {
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

    fn documents(&self, _trace: TraceId) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(Vec::new())
    }

    fn trace(&self, _trace: TraceId) -> Result<Option<Trace>, StoreError> {
        Ok(None)
    }

    fn scan(
        &self,
        _range: TimeRange,
        _latest_start: Option<f64>,
        _visit: &mut dyn FnMut(&Trace) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn read_after(&self, _cursor: Cursor, _limit: usize) -> Result<Vec<Forwarded>, StoreError> {
        Ok(Vec::new())
    }

    fn count_after(&self, _cursor: Cursor) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn newest(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor::default())
    }

    fn rejected(&self, _before: Option<i64>, _limit: usize) -> Result<Vec<Rejected>, StoreError> {
        Ok(Vec::new())
    }

    fn setting(&self, _name: &str) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    fn set_setting(&self, _name: &str, _value: Option<&str>) -> Result<(), StoreError> {
        Ok(())
    }

    fn statistics(&self) -> Result<Statistics, StoreError> {
        Ok(Statistics::default())
    }

    fn expire(&self, _limits: Limits, _now: f64) -> Result<u64, StoreError> {
        Ok(0)
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
