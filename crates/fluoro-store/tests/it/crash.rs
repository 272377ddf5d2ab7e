//! `kill -9` at any moment: what was acknowledged is there, and the store opens.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fluoro_store::{
    Append, Arrival, Cursor, Limits, Queue, SqliteStore, TimeRange, TimeRangeKind, Traces, Upkeep,
};

use crate::{
    documents::{arrival, segment, trace},
    subprocess,
};

const BATCH: u64 = 40;

/// Time passes slowly enough that a bucket has a few batches.
fn document(number: u64) -> Arrival {
    let second = 1_000.0 + (number / 200) as f64;
    // Three documents for each trace, in different batches and sometimes different buckets.
    let id = trace(1_000 + (number % BATCH + number / (3 * BATCH) * BATCH) as u32);
    let padding = "x".repeat((number * 37 % 700) as usize);
    let document = segment(id, number, second, second + 1.0);
    let document = document.replacen('{', &format!(r#"{{"metadata":{{"p":"{padding}"}},"#), 1);
    arrival(document, second)
}

fn kept(store: &SqliteStore) -> u64 {
    store.count_after(Cursor::default()).unwrap()
}

#[test]
#[ignore = "the process that is killed by the other test"]
fn append_until_killed() {
    let store = SqliteStore::open(subprocess::directory()).unwrap();
    let limits = Limits {
        age: Duration::from_secs(32),
        bytes: u64::MAX,
    };
    store.expire(limits, 0.0).unwrap();
    let mut next = kept(&store);
    let mut output = std::io::stdout();
    loop {
        let batch: Vec<_> = (next..next + BATCH).map(document).collect();
        assert_eq!(store.append(&batch).unwrap().kept as u64, BATCH);
        next += BATCH;
        writeln!(output, "kept {next}").unwrap();
        output.flush().unwrap();
    }
}

/// Lets a process append until it has acknowledged some batches, kills it, and returns what it
/// acknowledged.
fn append_and_kill(directory: &Path, batches: u64, microseconds: u64) -> u64 {
    let mut command = Command::new(subprocess::binary());
    subprocess::in_directory(&mut command, directory.to_str().unwrap())
        .args(subprocess::arguments("crash::append_until_killed"))
        .stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut killed = false;
    let (mut acknowledged, mut seen) = (0, 0);
    // After the kill, what is still in the pipe was acknowledged, too.
    for line in lines.map_while(Result::ok) {
        let Some((_, number)) = line.split_once("kept ") else {
            continue;
        };
        acknowledged = number.parse().unwrap();
        seen += 1;
        if seen >= batches && !killed {
            std::thread::sleep(Duration::from_micros(microseconds));
            process.kill().unwrap();
            killed = true;
        }
    }
    process.wait().unwrap();
    assert!(killed, "it ended by itself after {seen} batches");
    acknowledged
}

fn check(directory: &Path, acknowledged: u64) -> u64 {
    let store = SqliteStore::open(directory).unwrap();
    let kept = kept(&store);
    assert!(kept >= acknowledged, "{kept} of {acknowledged} are there");
    assert_eq!(kept % BATCH, 0, "a batch was kept by half");
    let documents = store
        .read_after(Cursor::default(), kept as usize + 1)
        .unwrap();
    let expected = (0..kept).map(|number| document(number).document);
    assert!(
        documents
            .into_iter()
            .map(|forwarded| forwarded.document)
            .eq(expected)
    );

    let mut revisions = HashMap::new();
    for number in 0..kept {
        let id = trace(1_000 + (number % BATCH + number / (3 * BATCH) * BATCH) as u32);
        *revisions.entry(id).or_insert(0) += 1;
    }
    let everything = TimeRange {
        kind: TimeRangeKind::Event,
        start: 0.0,
        end: 1e9,
    };
    let scan = store.scan(everything, None, &mut |trace| {
        let revision = revisions.remove(&trace.id);
        assert_eq!(revision, Some(trace.facts.revision), "{}", trace.id);
        ControlFlow::Continue(())
    });
    scan.unwrap();
    assert!(
        revisions.is_empty(),
        "{} traces are missing",
        revisions.len()
    );
    assert_eq!(store.statistics().unwrap().damaged, 0);
    kept
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let directory = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let (mut rounds, mut kept) = (0, 0);
    while rounds < 40 && (rounds < 5 || started.elapsed() < Duration::from_secs(20)) {
        rounds += 1;
        let acknowledged =
            append_and_kill(directory.path(), rounds * 7 % 12 + 1, rounds * 619 % 4_000);
        assert!(acknowledged > kept);
        kept = check(directory.path(), acknowledged);
    }
    let store = SqliteStore::open(directory.path()).unwrap();
    assert!(store.statistics().unwrap().buckets > 1);
}
