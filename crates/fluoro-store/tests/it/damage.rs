//! Damaged files are set aside; the rest is served, and the agent goes on.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use fluoro_store::{
    Append, Cursor, Limits, Queue, Settings, SqliteStore, TimeRange, TimeRangeKind, Traces, Upkeep,
};
use tempfile::TempDir;

use crate::documents::{segment_at, trace};

const TRACES_OF_A_BUCKET: u32 = 2_000;

/// A closed store with three buckets of as many traces.
fn three_buckets() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let limits = Limits {
        age: Duration::from_secs(16 * 3_000),
        bytes: u64::MAX,
    };
    store.expire(limits, 0.0).unwrap();
    for bucket in 1..=3 {
        let first = bucket * 10_000;
        let batch: Vec<_> = (first..first + TRACES_OF_A_BUCKET)
            .map(|number| segment_at(trace(number), 1, f64::from(number)))
            .collect();
        store.append(&batch).unwrap();
    }
    assert_eq!(store.statistics().unwrap().buckets, 3);
    store.set_setting("rules", Some("[]")).unwrap();
    directory
}

fn buckets(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with("bucket-") && name.ends_with(".sqlite")
        })
        .collect();
    paths.sort();
    paths
}

fn count(store: &SqliteStore) -> u32 {
    let everything = TimeRange {
        kind: TimeRangeKind::TraceId,
        start: 0.0,
        end: 1e9,
    };
    let mut count = 0;
    let scan = store.scan(everything, None, &mut |_| {
        count += 1;
        ControlFlow::Continue(())
    });
    scan.unwrap();
    count
}

/// The store works, with the traces of two buckets.
fn check_rest(directory: &Path) {
    let store = SqliteStore::open(directory).unwrap();
    count(&store);
    assert_eq!(count(&store), 2 * TRACES_OF_A_BUCKET);
    let statistics = store.statistics().unwrap();
    assert_eq!((statistics.buckets, statistics.damaged), (2, 1));
    let documents = store.read_after(Cursor::default(), 100_000).unwrap();
    assert_eq!(documents.len() as u32, 2 * TRACES_OF_A_BUCKET);
    store
        .append(&[segment_at(trace(40_000), 1, 40_000.0)])
        .unwrap();
    assert_eq!(count(&store), 2 * TRACES_OF_A_BUCKET + 1);
    assert_eq!(store.setting("rules").unwrap().as_deref(), Some("[]"));
    let set_aside = fs::read_dir(directory).unwrap();
    let set_aside = set_aside.filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.extension().is_some_and(|end| end == "damaged")
    });
    assert_eq!(set_aside.count(), 1);
}

#[test]
fn any_bucket_may_be_cut_or_overwritten() {
    for place in 0..3 {
        for damage in [
            |bytes: &mut Vec<u8>| bytes.truncate(100),
            |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2),
            |bytes: &mut Vec<u8>| bytes[..2_000].fill(b'?'),
            |bytes: &mut Vec<u8>| bytes[16_384..].fill(0),
            |bytes: &mut Vec<u8>| *bytes = vec![7; 5],
        ] {
            let directory = three_buckets();
            let bucket = &buckets(directory.path())[place];
            let mut bytes = fs::read(bucket).unwrap();
            damage(&mut bytes);
            fs::write(bucket, bytes).unwrap();
            check_rest(directory.path());
        }
    }
}

#[test]
fn damage_that_shows_while_the_store_is_open_stops_nothing() {
    for place in 0..3 {
        let directory = three_buckets();
        let store = SqliteStore::open(directory.path()).unwrap();
        let bucket = &buckets(directory.path())[place];
        let mut bytes = fs::read(bucket).unwrap();
        bytes[8_192..].fill(b'?');
        fs::write(bucket, bytes).unwrap();
        for number in 0..20 {
            let trace = trace(50_000 + number);
            store
                .append(&[segment_at(trace, 1, 50_000.0 + f64::from(number))])
                .unwrap();
            assert!(store.trace(trace).unwrap().is_some());
        }
        let _ = count(&store);
        assert_eq!(count(&store), 2 * TRACES_OF_A_BUCKET + 20);
        assert_eq!(store.statistics().unwrap().damaged, 1);
    }
}

#[test]
fn a_bucket_whose_making_was_interrupted_is_removed() {
    let directory = three_buckets();
    let path = |name| directory.path().join(name);
    fs::write(path("bucket-0000099999.sqlite"), b"").unwrap();
    fs::write(
        path("bucket-0000077777.sqlite-wal"),
        b"of a bucket that has left",
    )
    .unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(count(&store), 3 * TRACES_OF_A_BUCKET);
    assert_eq!(store.statistics().unwrap().damaged, 0);
    assert!(!path("bucket-0000099999.sqlite").exists());
    assert!(!path("bucket-0000077777.sqlite-wal").exists());
}

#[test]
fn damaged_settings_are_set_aside() {
    let directory = three_buckets();
    fs::write(directory.path().join("settings.sqlite"), vec![b'?'; 9_000]).unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(store.setting("rules").unwrap(), None);
    store.set_setting("rules", Some("[1]")).unwrap();
    assert_eq!(count(&store), 3 * TRACES_OF_A_BUCKET);
    assert_eq!(store.statistics().unwrap().damaged, 1);
}
