//! A store that keeps everything in memory, for tests of what is built on stores.

use std::{cmp::Reverse, collections::HashMap, ops::ControlFlow, sync::Mutex};

use fluoro_store::{
    Append, Arrival, Committed, Source, StoreError, TimeRange, TimeRangeKind, Traces,
    facts::{Trace, TraceFacts},
};
use fluoro_wire::{ReceivedEntity, TraceId};
use serde_json::Value;

/// Documents by trace, in the order of arrival.
#[derive(Default)]
pub(crate) struct MemoryStore {
    traces: Mutex<HashMap<TraceId, Kept>>,
}

#[derive(Default)]
struct Kept {
    documents: Vec<Vec<u8>>,
    facts: TraceFacts,
}

impl MemoryStore {
    /// A store with these documents.
    pub(crate) fn of<'a>(documents: impl IntoIterator<Item = &'a Value>) -> Self {
        let store = Self::default();
        keep(&store, documents);
        store
    }

    fn all(&self) -> Vec<Trace> {
        let traces = self.traces.lock().unwrap();
        let all = traces.iter().map(|(&id, kept)| Trace {
            id,
            facts: kept.facts.clone(),
        });
        all.collect()
    }
}

/// Keeps documents in any store, as if each had arrived when it began.
pub(crate) fn keep<'a>(store: &dyn Append, documents: impl IntoIterator<Item = &'a Value>) {
    let arrivals = documents.into_iter().map(|document| Arrival {
        document: document.to_string().into_bytes(),
        source: Source::Udp,
        received_at: document["start_time"].as_f64().unwrap(),
    });
    let arrivals: Vec<_> = arrivals.collect();
    assert_eq!(store.append(&arrivals).unwrap().kept, arrivals.len());
}

/// A trace from its documents.
pub(crate) fn trace_of<'a>(documents: impl IntoIterator<Item = &'a Value>) -> Trace {
    let [trace] = <[Trace; 1]>::try_from(MemoryStore::of(documents).all()).unwrap();
    trace
}

/// All of time.
pub(crate) const ALWAYS: TimeRange = TimeRange {
    kind: TimeRangeKind::Event,
    start: 0.0,
    end: 1e12,
};

fn is_in(trace: &Trace, range: TimeRange) -> bool {
    let within = |time: f64| (range.start..range.end).contains(&time);
    match range.kind {
        TimeRangeKind::TraceId => within(trace.id.epoch_seconds().into()),
        TimeRangeKind::Event => {
            let (start, end) = trace.facts.span().unwrap();
            start < range.end && end >= range.start
        }
        TimeRangeKind::Service => {
            let mut segments = trace
                .facts
                .entities
                .iter()
                .filter(|entity| entity.is_segment);
            segments.any(|segment| within(segment.start_time))
        }
    }
}

impl Append for MemoryStore {
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError> {
        let mut traces = self.traces.lock().unwrap();
        let mut committed = Committed::default();
        for arrival in batch {
            let document = ReceivedEntity::read(&arrival.document).unwrap();
            let id = *document.trace_id.value().unwrap();
            let kept = traces.entry(id).or_default();
            kept.facts.merge(TraceFacts::from_document(&document));
            kept.documents.push(arrival.document.clone());
            committed.kept += 1;
        }
        Ok(committed)
    }
}

impl Traces for MemoryStore {
    fn documents(&self, trace: TraceId) -> Result<Vec<Vec<u8>>, StoreError> {
        let traces = self.traces.lock().unwrap();
        let found = traces.get(&trace);
        Ok(found.map(|kept| kept.documents.clone()).unwrap_or_default())
    }

    fn trace(&self, trace: TraceId) -> Result<Option<Trace>, StoreError> {
        Ok(self.all().into_iter().find(|known| known.id == trace))
    }

    fn scan(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        visit: &mut dyn FnMut(&Trace) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let start = |trace: &Trace| trace.facts.span().unwrap().0;
        let mut traces = self.all();
        traces.retain(|trace| {
            is_in(trace, range) && latest_start.is_none_or(|latest| start(trace) <= latest)
        });
        traces.sort_by_key(|trace| {
            let micros = (start(trace) * 1e6).round() as i64;
            Reverse((micros, *trace.id.as_bytes()))
        });
        for trace in &traces {
            if visit(trace).is_break() {
                break;
            }
        }
        Ok(())
    }
}
