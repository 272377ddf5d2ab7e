//! Keeping and finding, in one process.

use std::{ops::ControlFlow, time::Duration};

use fluoro_store::{
    Append, Arrival, Cursor, Limits, Queue, Settings, Source, SqliteStore, StoreError, TimeRange,
    TimeRangeKind, Traces, Upkeep,
    facts::{MAX_ENTITIES, Trace},
    filter::Filter,
};
use fluoro_wire::TraceId;
use tempfile::TempDir;

use crate::documents::{arrival, segment, segment_at, trace};

fn store() -> (TempDir, SqliteStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    (directory, store)
}

fn range(kind: TimeRangeKind, start: f64, end: f64) -> TimeRange {
    TimeRange { kind, start, end }
}

fn scanned(store: &SqliteStore, range: TimeRange) -> Vec<Trace> {
    let mut traces = Vec::new();
    let scan = store.scan(range, None, &mut |trace| {
        traces.push(trace.clone());
        ControlFlow::Continue(())
    });
    scan.unwrap();
    traces
}

fn ids(store: &SqliteStore, kind: TimeRangeKind, start: f64, end: f64) -> Vec<TraceId> {
    let traces = scanned(store, range(kind, start, end));
    traces.iter().map(|trace| trace.id).collect()
}

/// Closes the newest bucket with the next batch of documents that arrives two seconds later.
const BUCKETS_OF_A_SECOND: Limits = Limits {
    age: Duration::from_secs(16),
    bytes: u64::MAX,
};

#[test]
fn documents_come_back_as_they_came_and_facts_are_merged() {
    let (_directory, store) = store();
    let id = trace(1_000);
    let open = format!(
        r#"{{"name":"service-1","id":"0000000000000001","trace_id":"{id}","start_time":1000,"in_progress":true, "x" : [1]}}"#
    );
    let other = segment(id, 2, 1_000.2, 1_000.5);
    let complete = segment(id, 1, 1_000.0, 1_001.0);
    let first = [
        arrival(open.clone(), 1_000.1),
        arrival(other.clone(), 1_000.6),
    ];
    assert_eq!(store.append(&first).unwrap().traces, [id]);
    let committed = store.append(&[arrival(complete.clone(), 1_001.1)]).unwrap();
    assert_eq!((committed.kept, committed.traces), (1, vec![id]));

    let documents = store.documents(id).unwrap();
    assert_eq!(documents, [open, other, complete].map(String::into_bytes));
    let facts = store.trace(id).unwrap().unwrap().facts;
    assert_eq!((facts.entities.len(), facts.revision), (2, 3));
    assert_eq!(facts.entities[0].end_time, Some(1_001.0));
    assert_eq!(store.trace(trace(7)).unwrap(), None);
    assert!(store.documents(trace(7)).unwrap().is_empty());
}

#[test]
fn what_aws_would_reject_is_kept_aside_with_the_reason() {
    let (_directory, store) = store();
    let bad = format!(r#"{{"name":"a","id":"zz","trace_id":"{}"}}"#, trace(5));
    let batch = [
        segment_at(trace(5), 1, 5.0),
        Arrival {
            source: Source::Api,
            ..arrival(bad.clone(), 6.0)
        },
        arrival("no JSON".repeat(1_000), 7.0),
    ];
    let committed = store.append(&batch).unwrap();
    assert_eq!(committed.kept, 1);
    let places: Vec<_> = committed.rejected.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [1, 2]);

    let rejected = store.rejected(None, 10).unwrap();
    assert_eq!(rejected.len(), 2);
    assert_eq!((rejected[0].code, rejected[0].number), ("ParseError", 2));
    assert_eq!(rejected[0].document.len(), 4_096);
    assert_eq!(
        (rejected[1].code, rejected[1].source),
        ("InvalidId", Source::Api)
    );
    assert_eq!(rejected[1].segment_id.as_deref(), Some("zz"));
    assert_eq!(rejected[1].trace_id, Some(trace(5).to_string()));
    assert_eq!(
        rejected[1].message,
        "/id is \"zz\"; it must be 16 hex digits"
    );
    assert_eq!(rejected[1].document, bad.into_bytes());
    assert_eq!(store.rejected(Some(2), 10).unwrap()[0].number, 1);
    assert_eq!(store.rejected(None, 1).unwrap().len(), 1);
    assert_eq!(store.statistics().unwrap().rejected, 2);
}

#[test]
fn rejected_documents_are_bounded_in_number() {
    let (_directory, store) = store();
    for _ in 0..3 {
        let batch = vec![arrival("{}".to_owned(), 1.0); 4_000];
        store.append(&batch).unwrap();
    }
    assert_eq!(store.statistics().unwrap().rejected, 10_000);
    let oldest = store.rejected(Some(2_002), 10).unwrap();
    assert_eq!(oldest.len(), 1);
    assert_eq!(store.statistics().unwrap().documents, 0);
}

#[test]
fn scanning_goes_from_the_newest_start_to_the_oldest_and_stops_when_told() {
    let (_directory, store) = store();
    let batch: Vec<_> = (0..2_000u32)
        .map(|number| {
            segment_at(
                trace(10_000 + number * 7 % 2_000),
                1,
                f64::from(10_000 + number * 7 % 2_000),
            )
        })
        .collect();
    for batch in batch.chunks(300) {
        store.append(batch).unwrap();
    }
    let all = ids(&store, TimeRangeKind::TraceId, 0.0, 1e9);
    let expected: Vec<_> = (10_000..12_000).rev().map(trace).collect();
    assert_eq!(all, expected);
    let some = ids(&store, TimeRangeKind::TraceId, 10_100.0, 10_200.0);
    assert_eq!(some, expected[1_800..1_900]);
    let mut seen = 0;
    let scan = store.scan(range(TimeRangeKind::TraceId, 0.0, 1e9), None, &mut |_| {
        seen += 1;
        if seen == 5 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    scan.unwrap();
    assert_eq!(seen, 5);
}

#[test]
fn a_search_passes_over_what_lacks_what_is_needed() {
    let (_directory, store) = store();
    let batch: Vec<_> = (1_000..1_600u32)
        .map(|number| segment_at(trace(number), u64::from(number % 100), f64::from(number)))
        .collect();
    store.append(&batch).unwrap();
    // This one is complete only with what the next bucket has.
    let early = segment_at(trace(1_000), 700, 1_000.2);
    store.expire(BUCKETS_OF_A_SECOND, 1_600.0).unwrap();
    store
        .append(&[segment_at(trace(1_700), 7, 1_700.0)])
        .unwrap();
    store.append(&[early]).unwrap();
    let found = |expression: &str, kind| {
        let filter: Filter = expression.parse().unwrap();
        let (mut matching, mut seen) = (Vec::new(), 0);
        let everything = range(kind, 0.0, 1e9);
        let search = store.search(everything, None, &filter.needs(), &mut |trace| {
            seen += 1;
            matching.extend(
                trace
                    .filter(|trace| filter.matches(trace))
                    .map(|trace| trace.id),
            );
            ControlFlow::Continue(())
        });
        search.unwrap();
        assert_eq!(seen, 601, "each is seen or passed over");
        matching
    };
    let sevens = [1_700, 1_507, 1_407, 1_307, 1_207, 1_107, 1_007].map(trace);
    for kind in [TimeRangeKind::Event, TimeRangeKind::Service] {
        assert_eq!(found(r#"service("service-7")"#, kind), sevens);
        let both = r#"service("service-0") AND service("service-700")"#;
        assert_eq!(found(both, kind), [trace(1_000)]);
        assert_eq!(found("fault", kind), []);
    }
    let fault: Filter = "fault".parse().unwrap();
    let mut passed_over = 0;
    let everything = range(TimeRangeKind::Event, 0.0, 1e9);
    let search = store.search(everything, None, &fault.needs(), &mut |trace| {
        passed_over += usize::from(trace.is_none());
        ControlFlow::Continue(())
    });
    search.unwrap();
    assert_eq!(passed_over, 600, "all but the one in two buckets");
}

#[test]
fn a_scan_goes_on_where_a_page_ended() {
    let (_directory, store) = store();
    // All begin in the same microsecond, in two buckets.
    let start = 1_100.000_001;
    let batch = |ids: std::ops::Range<u32>, at: f64| -> Vec<_> {
        let document = |id| arrival(segment(trace(id), u64::from(id), start, start), at);
        ids.rev().map(document).collect()
    };
    store.append(&batch(1_000..1_400, 1_400.0)).unwrap();
    store.expire(BUCKETS_OF_A_SECOND, 1_400.0).unwrap();
    store.append(&batch(1_400..1_800, 1_500.0)).unwrap();
    let all = range(TimeRangeKind::Event, 0.0, 1e9);
    let from = |latest_start| {
        let mut ids = Vec::new();
        let scan = store.scan(all, Some(latest_start), &mut |trace| {
            ids.push(trace.id);
            ControlFlow::Continue(())
        });
        scan.unwrap();
        ids
    };
    let expected: Vec<_> = (1_000..1_800).rev().map(trace).collect();
    assert_eq!(from(start), expected);
    assert_eq!(from(start - 0.000_001), []);
}

#[test]
fn the_three_ranges_look_at_three_times() {
    let (_directory, store) = store();
    // The id says 1000, it ran from 1100 to 1300, and its second service began at 1250.
    let id = trace(1_000);
    let batch = [
        arrival(segment(id, 1, 1_100.0, 1_300.0), 1_300.0),
        arrival(segment(id, 2, 1_250.0, 1_260.0), 1_300.0),
    ];
    store.append(&batch).unwrap();
    let found = |kind, start, end| !ids(&store, kind, start, end).is_empty();
    assert!(found(TimeRangeKind::TraceId, 1_000.0, 1_001.0));
    assert!(!found(TimeRangeKind::TraceId, 999.0, 1_000.0));
    assert!(!found(TimeRangeKind::TraceId, 1_001.0, 2_000.0));
    assert!(found(TimeRangeKind::Event, 1_299.0, 1_400.0));
    assert!(found(TimeRangeKind::Event, 1_150.0, 1_200.0));
    assert!(found(TimeRangeKind::Event, 1_000.0, 1_101.0));
    assert!(!found(TimeRangeKind::Event, 1_000.0, 1_100.0));
    assert!(!found(TimeRangeKind::Event, 1_301.0, 1_400.0));
    assert!(found(TimeRangeKind::Service, 1_249.0, 1_251.0));
    assert!(found(TimeRangeKind::Service, 1_100.0, 1_101.0));
    assert!(!found(TimeRangeKind::Service, 1_150.0, 1_200.0));
}

#[test]
fn a_random_trace_id_counts_as_of_the_start() {
    let (_directory, store) = store();
    let id: TraceId = "4efaaf4d1e8720b39541901950019ee5".parse().unwrap();
    store.append(&[segment_at(id, 1, 1_700_000_000.0)]).unwrap();
    let found = ids(
        &store,
        TimeRangeKind::TraceId,
        1_699_999_999.0,
        1_700_000_001.0,
    );
    assert_eq!(found, [id]);
    assert!(ids(&store, TimeRangeKind::TraceId, 1e9, 1.5e9).is_empty());
}

#[test]
fn a_trace_that_goes_on_in_the_next_bucket_is_one_trace() {
    let (_directory, store) = store();
    store.expire(BUCKETS_OF_A_SECOND, 0.0).unwrap();
    let (long, short) = (trace(1_000), trace(1_050));
    store.append(&[segment_at(long, 1, 1_000.0)]).unwrap();
    store.append(&[segment_at(short, 1, 1_050.0)]).unwrap();
    store.append(&[segment_at(long, 2, 1_100.0)]).unwrap();
    store
        .append(&[arrival(segment(long, 1, 1_000.0, 1_102.0), 1_102.0)])
        .unwrap();
    assert!(store.statistics().unwrap().buckets >= 3);

    let check = |store: &SqliteStore| {
        let everything = range(TimeRangeKind::Event, 0.0, 1e9);
        let found = scanned(store, everything);
        let found: Vec<_> = found
            .iter()
            .map(|trace| (trace.id, trace.facts.entities.len()))
            .collect();
        assert_eq!(found, [(short, 1), (long, 2)]);
        // Between its two parts.
        assert_eq!(ids(store, TimeRangeKind::Event, 1_060.0, 1_070.0), [long]);
        let facts = store.trace(long).unwrap().unwrap().facts;
        assert_eq!(
            (facts.span(), facts.revision),
            (Some((1_000.0, 1_102.0)), 3)
        );
        assert_eq!(store.documents(long).unwrap().len(), 3);
    };
    check(&store);
    drop(store);
    check(&SqliteStore::open(_directory.path()).unwrap());
}

#[test]
fn sinks_read_everything_once_in_the_order_of_arrival() {
    let (directory, store) = store();
    store.expire(BUCKETS_OF_A_SECOND, 0.0).unwrap();
    assert_eq!(store.newest().unwrap(), Cursor::default());
    let mut sent = Vec::new();
    for number in 0..40 {
        let batch: Vec<_> = (0..25)
            .map(|place| segment_at(trace(number), place, f64::from(number)))
            .collect();
        store.append(&batch).unwrap();
        sent.extend(batch.into_iter().map(|arrival| arrival.document));
    }
    drop(store);
    let store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(store.count_after(Cursor::default()).unwrap(), 1_000);
    let (mut cursor, mut read) = (Cursor::default(), Vec::new());
    loop {
        let page = store.read_after(cursor, 37).unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.is_sorted_by_key(|forwarded| forwarded.cursor));
        cursor = last.cursor;
        read.extend(page.into_iter().map(|forwarded| forwarded.document));
        assert_eq!(
            store.count_after(cursor).unwrap(),
            1_000 - read.len() as u64
        );
    }
    assert_eq!(read, sent);
    assert_eq!(cursor, store.newest().unwrap());
}

#[test]
fn settings_outlive_the_store() {
    let (directory, store) = store();
    assert_eq!(store.setting("rules").unwrap(), None);
    store.set_setting("rules", Some("[1]")).unwrap();
    store.set_setting("rules", Some("[2]")).unwrap();
    store.set_setting("groups", Some("x")).unwrap();
    store.set_setting("groups", None).unwrap();
    drop(store);
    let store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(store.setting("rules").unwrap().as_deref(), Some("[2]"));
    assert_eq!(store.setting("groups").unwrap(), None);
}

#[test]
fn a_second_writer_is_refused() {
    let (directory, store) = store();
    let error = SqliteStore::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    drop(store);
    SqliteStore::open(directory.path()).unwrap();
}

/// Programs that use one trace id for everything must not slow down all others.
#[test]
fn a_trace_without_end_takes_no_more_at_some_point() {
    let (_directory, store) = store();
    let id = trace(1_000);
    for batch in 0..30 {
        let batch: Vec<_> = (0..1_000)
            .map(|number| segment_at(id, batch * 1_000 + number, 1_000.0))
            .collect();
        assert_eq!(store.append(&batch).unwrap().kept, 1_000);
    }
    let facts = store.trace(id).unwrap().unwrap().facts;
    assert_eq!(facts.entities.len(), MAX_ENTITIES);
    assert_eq!((facts.revision, facts.left_out), (20_000, 10_000));
    assert_eq!(store.documents(id).unwrap().len(), 20_000);
    assert_eq!(store.count_after(Cursor::default()).unwrap(), 30_000);
}
