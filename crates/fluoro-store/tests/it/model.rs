//! The store against a list of documents that is searched naively.

use std::{collections::BTreeMap, ops::ControlFlow, time::Duration};

use fluoro_store::{
    Append, Arrival, Cursor, Limits, Queue, SqliteStore, TimeRange, TimeRangeKind, Traces, Upkeep,
    facts::TraceFacts,
};
use fluoro_wire::{ReceivedEntity, TraceId};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::documents::{arrival, trace};

const TRACES: u32 = 8;

#[derive(Clone, Debug)]
enum Step {
    /// Documents arrive: trace, entity, start, and how long it took if it has ended.
    Append(Vec<(u32, u64, u8, Option<u8>)>),
    /// Time passes.
    Wait(u8),
    Reopen,
    /// What is older than so many seconds may leave.
    Expire(u8),
    /// The sink reads so many documents.
    Forward(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let document = (
        0..TRACES,
        0..4u64,
        any::<u8>(),
        proptest::option::of(any::<u8>()),
    );
    prop_oneof![
        6 => proptest::collection::vec(document, 1..12).prop_map(Step::Append),
        3 => (0..30u8).prop_map(Step::Wait),
        1 => Just(Step::Reopen),
        2 => any::<u8>().prop_map(Step::Expire),
        2 => (1..10usize).prop_map(Step::Forward),
    ]
}

fn document((number, id, start, length): (u32, u64, u8, Option<u8>), now: f64) -> Arrival {
    let id_of_trace = trace(10_000 + number * 20);
    let start = now - f64::from(start);
    let end = match length {
        Some(length) => format!(r#""end_time":{}"#, start + f64::from(length)),
        None => r#""in_progress":true"#.to_owned(),
    };
    let text = format!(
        r#"{{"name":"n","id":"{id:016x}","trace_id":"{id_of_trace}","start_time":{start},{end}}}"#
    );
    arrival(text, now)
}

struct Pair {
    directory: TempDir,
    store: Option<SqliteStore>,
    documents: Vec<(TraceId, Vec<u8>)>,
    now: f64,
    cursor: Cursor,
    /// How many documents of the list stand before the cursor; less than zero if some have left.
    reached: i64,
}

impl Pair {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).unwrap();
        // Buckets of ten seconds.
        let limits = Limits {
            age: Duration::from_secs(160),
            bytes: u64::MAX,
        };
        store.expire(limits, 0.0).unwrap();
        Self {
            directory,
            store: Some(store),
            documents: Vec::new(),
            now: 10_000.0,
            cursor: Cursor::default(),
            reached: 0,
        }
    }

    fn store(&self) -> &SqliteStore {
        self.store.as_ref().unwrap()
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Append(documents) => self.append(documents),
            Step::Wait(seconds) => self.now += f64::from(seconds),
            Step::Reopen => {
                self.store = None;
                self.store = Some(SqliteStore::open(self.directory.path()).unwrap());
            }
            Step::Expire(seconds) => self.expire(f64::from(seconds)),
            Step::Forward(count) => self.forward(count),
        }
    }

    fn append(&mut self, documents: Vec<(u32, u64, u8, Option<u8>)>) {
        let now = self.now;
        let batch: Vec<_> = documents
            .into_iter()
            .map(|parts| document(parts, now))
            .collect();
        let committed = self.store().append(&batch).unwrap();
        assert_eq!(committed.kept, batch.len());
        for arrival in batch {
            let id = facts_of(&arrival.document).0;
            assert!(committed.traces.contains(&id));
            self.documents.push((id, arrival.document));
        }
    }

    fn expire(&mut self, seconds: f64) {
        let limits = Limits {
            age: Duration::from_secs_f64(160.0),
            bytes: u64::MAX,
        };
        let left = self
            .store()
            .expire(limits, self.now + 160.0 - seconds)
            .unwrap();
        self.documents.drain(..left as usize);
        self.reached -= left as i64;
    }

    fn forward(&mut self, count: usize) {
        let page = self.store().read_after(self.cursor, count).unwrap();
        let place = self.reached.max(0) as usize;
        let expected = self.documents.iter().skip(place).take(count);
        let expected: Vec<_> = expected.map(|(_, document)| document).collect();
        assert_eq!(
            page.iter()
                .map(|forwarded| &forwarded.document)
                .collect::<Vec<_>>(),
            expected
        );
        if let (Some(first), Some(last)) = (page.first(), page.last()) {
            let missed = self.cursor.missed_before(first.cursor);
            assert_eq!(missed, (-self.reached).max(0) as u64);
            self.cursor = last.cursor;
            self.reached = (place + page.len()) as i64;
        }
        let rest = self.documents.len() as i64 - self.reached.max(0);
        assert_eq!(self.store().count_after(self.cursor).unwrap(), rest as u64);
    }

    fn check(&self) {
        let mut facts = BTreeMap::<_, TraceFacts>::new();
        for (id, document) in &self.documents {
            let entry = facts.entry(id.to_string()).or_default();
            entry.merge(facts_of(document).1);
        }
        for number in 0..TRACES {
            let id = trace(10_000 + number * 20);
            let found = self.store().trace(id).unwrap().map(|trace| trace.facts);
            assert_eq!(found.as_ref(), facts.get(&id.to_string()));
            let documents = self.documents.iter().filter(|(other, _)| *other == id);
            let documents: Vec<_> = documents.map(|(_, document)| document.clone()).collect();
            assert_eq!(self.store().documents(id).unwrap(), documents);
        }
        for kind in [
            TimeRangeKind::TraceId,
            TimeRangeKind::Event,
            TimeRangeKind::Service,
        ] {
            for (start, end) in [(0.0, 1e9), (10_000.0, 10_050.0), (10_040.0, 10_041.0)] {
                self.check_scan(TimeRange { kind, start, end }, &facts);
            }
        }
        let statistics = self.store().statistics().unwrap();
        assert_eq!(statistics.documents, self.documents.len() as u64);
    }

    fn check_scan(&self, range: TimeRange, facts: &BTreeMap<String, TraceFacts>) {
        let mut found = Vec::new();
        let scan = self.store().scan(range, None, &mut |trace| {
            found.push((trace.id.to_string(), trace.facts.clone()));
            ControlFlow::Continue(())
        });
        scan.unwrap();
        assert!(found.is_sorted_by_key(|(_, facts)| -facts.span().unwrap().0));
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let expected: Vec<_> = facts
            .iter()
            .filter(|(id, facts)| lies_in(&range, id.parse().unwrap(), facts))
            .map(|(id, facts)| (id.clone(), facts.clone()))
            .collect();
        assert_eq!(found, expected, "{range:?}");
    }
}

fn lies_in(range: &TimeRange, id: TraceId, facts: &TraceFacts) -> bool {
    let (start, last) = facts.span().unwrap();
    let has = |time: f64| (range.start..range.end).contains(&time);
    match range.kind {
        TimeRangeKind::TraceId => has(f64::from(id.epoch_seconds())),
        TimeRangeKind::Event => start < range.end && last >= range.start,
        TimeRangeKind::Service => facts.entities.iter().any(|entity| has(entity.start_time)),
    }
}

fn facts_of(document: &[u8]) -> (TraceId, TraceFacts) {
    let document = ReceivedEntity::read_checked(document).unwrap();
    (
        document.check().unwrap(),
        TraceFacts::from_document(&document),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 5))]

    #[test]
    fn the_store_does_what_a_list_would_do(steps in proptest::collection::vec(step(), 1..30)) {
        let mut pair = Pair::new();
        for (number, step) in steps.into_iter().enumerate() {
            pair.take(step);
            if number % 4 == 0 {
                pair.check();
            }
        }
        pair.check();
    }
}
