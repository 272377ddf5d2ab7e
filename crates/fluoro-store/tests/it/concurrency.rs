//! Readers and the writer at the same time, while buckets come and go.

use std::{
    collections::HashSet,
    fs,
    ops::ControlFlow,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use fluoro_store::{
    Append, Cursor, Limits, Queue, SqliteStore, TimeRange, TimeRangeKind, Traces, Upkeep,
};

use crate::documents::{segment_at, trace};

const LIMITS: Limits = Limits {
    age: Duration::from_secs(400),
    bytes: u64::MAX,
};

/// Traces of this second; one in seven goes on for ages.
fn append(store: &SqliteStore, second: u32) {
    let now = f64::from(1_000 + second);
    let mut batch: Vec<_> = (0..20)
        .map(|place| segment_at(trace(1_000 + second * 20 + place), 1, now))
        .collect();
    if let Some(earlier) = second.checked_sub(60) {
        batch.push(segment_at(trace(1_000 + earlier * 20), 2, now));
    }
    store.append(&batch).unwrap();
    if second.is_multiple_of(50) {
        store.expire(LIMITS, now).unwrap();
    }
}

fn scan(store: &SqliteStore) -> usize {
    let everything = TimeRange {
        kind: TimeRangeKind::Event,
        start: 0.0,
        end: 1e9,
    };
    let (mut seen, mut last) = (HashSet::new(), f64::INFINITY);
    let scan = store.scan(everything, None, &mut |trace| {
        assert!(seen.insert(trace.id), "{} came twice", trace.id);
        let start = trace.facts.span().unwrap().0;
        // The first part of a trace may leave while it waits for its turn.
        if trace.facts.entities[0].id == 1 {
            assert!(start <= last, "{start} came after {last}");
            last = start;
        }
        ControlFlow::Continue(())
    });
    scan.unwrap();
    seen.len()
}

/// Ends the readers, even if the writer fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn everyone_sees_a_consistent_store_all_the_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    store.expire(LIMITS, 0.0).unwrap();
    let is_done = AtomicBool::new(false);
    let (committed, scans) = (AtomicU32::new(0), AtomicU32::new(0));
    let until_done = |work: &dyn Fn()| {
        while !is_done.load(Ordering::Acquire) {
            work();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            until_done(&|| {
                if scan(&store) > 100 {
                    scans.fetch_add(1, Ordering::Relaxed);
                }
            });
        });
        scope.spawn(|| {
            until_done(&|| {
                let second = committed.load(Ordering::Acquire);
                if second > 0 {
                    let id = trace(1_000 + (second - 1) * 20 + 3);
                    assert!(store.trace(id).unwrap().is_some());
                    assert_eq!(store.documents(id).unwrap().len(), 1);
                }
            });
        });
        let _done = Done(&is_done);
        let started = Instant::now();
        for second in 0..600 {
            append(&store, second);
            committed.store(second + 1, Ordering::Release);
            if started.elapsed() > Duration::from_secs(20) {
                break;
            }
        }
    });
    assert!(
        committed.into_inner() >= 450,
        "it was too slow to tell anything"
    );
    assert!(scans.into_inner() > 3, "nobody read meanwhile");
    assert!(store.statistics().unwrap().expired > 0);
}

#[test]
fn a_sink_behind_a_cursor_gets_every_document_once_while_more_arrive() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    store.expire(LIMITS, 0.0).unwrap();
    let expected = 300 * 20;
    thread::scope(|scope| {
        let sink = scope.spawn(|| {
            let (mut cursor, mut read) = (Cursor::default(), Vec::new());
            let started = Instant::now();
            while read.len() < expected && started.elapsed() < Duration::from_secs(60) {
                for forwarded in store.read_after(cursor, 17).unwrap() {
                    assert_eq!(cursor.missed_before(forwarded.cursor), 0);
                    cursor = forwarded.cursor;
                    read.push(forwarded.document);
                }
            }
            read
        });
        let mut sent = Vec::new();
        for second in 0..300 {
            let batch: Vec<_> = (0..20)
                .map(|place| segment_at(trace(second), place, f64::from(second)))
                .collect();
            store.append(&batch).unwrap();
            sent.extend(batch.into_iter().map(|arrival| arrival.document));
        }
        assert_eq!(sink.join().unwrap(), sent);
    });
    assert!(store.statistics().unwrap().buckets > 3);
}

fn journal_bytes(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).unwrap();
    let journals = entries.filter_map(|entry| {
        let path = entry.unwrap().path();
        let is_journal = path.to_str().unwrap().ends_with(".sqlite-wal");
        is_journal.then(|| fs::metadata(path).unwrap().len())
    });
    journals.sum()
}

#[test]
fn a_reader_that_takes_its_time_does_not_hold_up_the_writer() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    store.expire(LIMITS, 0.0).unwrap();
    append(&store, 0);
    let everything = TimeRange {
        kind: TimeRangeKind::Event,
        start: 0.0,
        end: 1e9,
    };
    let mut seen = 0;
    let scan = store.scan(everything, None, &mut |_| {
        seen += 1;
        if seen == 1 {
            let started = Instant::now();
            (1..=60).for_each(|second| append(&store, second));
            assert!(started.elapsed() < Duration::from_secs(4));
        }
        ControlFlow::Continue(())
    });
    scan.unwrap();
    assert_eq!(seen, 20);
    assert!(store.statistics().unwrap().buckets > 2);
    let with_journals = journal_bytes(directory.path());
    store.expire(LIMITS, 1_060.0).unwrap();
    assert!(journal_bytes(directory.path()) < with_journals);
}
