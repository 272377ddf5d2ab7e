//! What keeping and reading traces costs: `cargo bench -p fluoro-store --bench ingest`.
//!
//! Prints CPU time, because that is what one core has; for a figure without noise from other
//! cores run it under `taskset -c 0`. `TRACES` sets how many traces are kept, `BATCH` how many
//! documents are committed together, and with `KEEP` the files stay where they were made.

mod documents;

use std::{
    collections::VecDeque,
    hint::black_box,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use documents::Traffic;
use fluoro_store::{
    Append, Arrival, Cursor, Queue, SqliteStore, TimeRange, TimeRangeKind, Traces, Upkeep,
    facts::TraceFacts,
};
use fluoro_wire::{ReceivedEntity, TraceId};

const STARTED: f64 = 1_700_000_000.0;

fn main() {
    let traces = from_environment("TRACES", 300_000);
    let batch = from_environment("BATCH", 4_096);
    reading(batch);
    spread_writing(traces.min(100_000), batch);
    let mut directory = tempfile::tempdir().expect("a directory");
    directory.disable_cleanup(std::env::var_os("KEEP").is_some());
    let store = SqliteStore::open(directory.path()).expect("a store");
    let ids = writing(&store, traces, batch);
    looking_up(&store, &ids);
    scanning(&store, traces);
    forwarding(&store, traces * 3);
    let opened = Instant::now();
    drop(store);
    SqliteStore::open(directory.path()).expect("the same store");
    println!(
        "{:<34} {:>9.1} ms",
        "close and open",
        opened.elapsed().as_secs_f64() * 1e3
    );
}

fn from_environment(name: &str, default: usize) -> usize {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| value.parse().expect("a number"))
}

fn reading(batch: usize) {
    let arrivals = Traffic::from(STARTED, 10_000.0).next_documents(batch / 3);
    let bytes: usize = arrivals.iter().map(|arrival| arrival.document.len()).sum();
    println!("{:<34} {:>9} B", "mean document", bytes / arrivals.len());
    let rounds = 20;
    let mut total = Duration::ZERO;
    for _ in 0..rounds {
        let started = cpu_time();
        for arrival in &arrivals {
            black_box(read(arrival));
        }
        total += cpu_time() - started;
    }
    per_item("read and check a document", total, rounds * arrivals.len());
    let read: Vec<_> = arrivals.iter().map(read).collect();
    let mut total = Duration::ZERO;
    for _ in 0..rounds {
        let started = cpu_time();
        for (document, _) in &read {
            black_box(TraceFacts::from_document(document));
        }
        total += cpu_time() - started;
    }
    per_item("its facts", total, rounds * arrivals.len());
}

fn read(arrival: &Arrival) -> (ReceivedEntity<'_>, TraceId) {
    let document = ReceivedEntity::read_checked(&arrival.document).expect("JSON");
    let id = document.check().expect("a document");
    (document, id)
}

fn writing(store: &SqliteStore, traces: usize, batch: usize) -> Vec<TraceId> {
    let mut traffic = Traffic::from(STARTED, 17_000.0);
    let (mut cpu, mut wall, mut slowest) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut ids = Vec::new();
    while ids.len() < traces {
        let arrivals = traffic.next_documents((batch / 3).min(traces - ids.len()));
        let (started, clock) = (cpu_time(), Instant::now());
        let committed = store.append(&arrivals).expect("room");
        cpu += cpu_time() - started;
        wall += clock.elapsed();
        slowest = slowest.max(clock.elapsed());
        assert_eq!(committed.kept, arrivals.len());
        ids.extend(committed.traces);
    }
    let documents = traces * 3;
    per_item("append a document, CPU", cpu, documents);
    per_item("append a document, waiting included", wall, documents);
    println!(
        "{:<34} {:>9.0} /s",
        "documents per core",
        documents as f64 / cpu.as_secs_f64()
    );
    println!(
        "{:<34} {:>9.1} ms",
        "slowest batch",
        slowest.as_secs_f64() * 1e3
    );
    let statistics = store.statistics().expect("readable");
    println!(
        "{:<34} {:>9} B",
        "on disk for a document",
        statistics.bytes / documents as u64
    );
    println!("{:<34} {:>9}", "buckets", statistics.buckets);
    println!("{:<34} {:>9} MiB", "memory at most", memory_peak() >> 20);
    ids
}

/// The documents of a trace come in three batches, as those of slow requests do: its row is
/// written three times.
fn spread_writing(traces: usize, batch: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    let store = SqliteStore::open(directory.path()).expect("a store");
    let mut traffic = Traffic::from(STARTED, 17_000.0);
    let mut waiting = VecDeque::from([Vec::new(), Vec::new()]);
    let (mut cpu, mut kept) = (Duration::ZERO, 0);
    while kept < traces * 3 {
        let mut arrivals: Vec<Arrival> = Vec::with_capacity(batch);
        waiting.push_back(Vec::new());
        for [first, second, third] in (0..batch / 3).map(|_| traffic.next_trace()) {
            arrivals.push(first);
            waiting[1].push(second);
            waiting[2].push(third);
        }
        arrivals.extend(waiting.pop_front().unwrap_or_default());
        let started = cpu_time();
        kept += store.append(&arrivals).expect("room").kept;
        cpu += cpu_time() - started;
    }
    per_item("append, a trace in three batches", cpu, kept);
}

fn looking_up(store: &SqliteStore, ids: &[TraceId]) {
    let some: Vec<_> = ids.iter().step_by(ids.len() / 2_000 + 1).collect();
    let started = cpu_time();
    for id in &some {
        black_box(store.trace(**id).expect("readable").expect("it is there"));
    }
    per_item("facts of a trace by id", cpu_time() - started, some.len());
    let started = cpu_time();
    for id in &some {
        assert_eq!(store.documents(**id).expect("readable").len(), 3);
    }
    per_item(
        "documents of a trace by id",
        cpu_time() - started,
        some.len(),
    );
}

fn scanning(store: &SqliteStore, traces: usize) {
    for kind in [
        TimeRangeKind::TraceId,
        TimeRangeKind::Event,
        TimeRangeKind::Service,
    ] {
        let everything = TimeRange {
            kind,
            start: 0.0,
            end: 4e9,
        };
        let (mut count, mut entities) = (0, 0);
        let started = cpu_time();
        let scanned = store.scan(everything, None, &mut |trace| {
            count += 1;
            entities += trace.facts.entities.len();
            ControlFlow::Continue(())
        });
        scanned.expect("readable");
        assert_eq!(count, traces);
        per_item(
            &format!("scan all by {kind:?}, a trace"),
            cpu_time() - started,
            traces,
        );
    }
    let newest = TimeRange {
        kind: TimeRangeKind::TraceId,
        start: 0.0,
        end: 4e9,
    };
    let (started, rounds) = (cpu_time(), 200);
    for _ in 0..rounds {
        let mut count = 0;
        let scanned = store.scan(newest, None, &mut |_| {
            count += 1;
            if count == 100 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        scanned.expect("readable");
    }
    per_item("scan for the newest 100", cpu_time() - started, rounds);
}

fn forwarding(store: &SqliteStore, documents: usize) {
    let started = cpu_time();
    let (mut cursor, mut count) = (Cursor::default(), 0);
    loop {
        let page = store.read_after(cursor, 500).expect("readable");
        let Some(last) = page.last() else { break };
        cursor = last.cursor;
        count += page.len();
    }
    assert_eq!(count, documents);
    per_item("read a document for a sink", cpu_time() - started, count);
}

fn per_item(what: &str, time: Duration, items: usize) {
    let micros = time.as_secs_f64() * 1e6 / items as f64;
    println!("{what:<34} {micros:>9.2} µs");
}

/// CPU time of the process, all threads, user and system.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

/// The most memory that the process had so far, in bytes.
fn memory_peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: usize = kibibytes
        .and_then(|text| text.parse().ok())
        .expect("a number");
    kibibytes * 1024
}
