//! No room: a batch is kept or refused as a whole, and when there is room again it goes on.

use std::{fs, path::Path, process::Command};

use fluoro_store::{Append, Arrival, Cursor, Queue, SqliteStore, Traces, Upkeep};

use crate::{
    documents::{arrival, segment, trace},
    subprocess,
};

const MEBIBYTE: usize = 1 << 20;

/// Documents that do not compress.
fn batch(number: u32) -> Vec<Arrival> {
    let mut state = u64::from(number) + 1;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{state:016x}{:016x}", state.rotate_left(29))
    };
    let documents = (0..50).map(|id| {
        let noise: String = (0..30).map(|_| noise()).collect();
        let document = segment(
            trace(number),
            id,
            f64::from(number),
            f64::from(number) + 1.0,
        );
        arrival(
            document.replacen('{', &format!(r#"{{"metadata":{{"n":"{noise}"}},"#), 1),
            f64::from(number),
        )
    });
    documents.collect()
}

#[test]
#[ignore = "runs on a small disk of its own, started by the other test"]
fn fill_a_small_disk() {
    let directory = subprocess::directory();
    let directory = Path::new(&directory);
    let ballast = directory.join("ballast");
    fs::write(&ballast, vec![1; 4 * MEBIBYTE]).unwrap();
    let path = directory.join("store");
    let store = SqliteStore::open(&path).unwrap();
    let mut kept = Vec::new();
    let refused = (0..2_000).find_map(|number| {
        let batch = batch(number);
        let failure = store.append(&batch).err();
        if failure.is_none() {
            kept.extend(batch.into_iter().map(|arrival| arrival.document));
        }
        failure.map(|failure| (number, failure))
    });
    let (number, failure) = refused.expect("the disk is small");
    assert!(number > 5, "{failure}");
    assert!(failure.to_string().contains("full"), "{failure}");
    for _ in 0..3 {
        store.append(&batch(number)).expect_err("it is still full");
    }
    let check = |store: &SqliteStore, kept: &[Vec<u8>]| {
        let documents = store.read_after(Cursor::default(), 1_000_000).unwrap();
        let documents = documents.into_iter().map(|forwarded| forwarded.document);
        assert!(documents.eq(kept.iter().cloned()));
        assert_eq!(store.documents(trace(3)).unwrap().len(), 50);
        let facts = store.trace(trace(number)).unwrap();
        assert_eq!(facts.is_some(), kept.len() > number as usize * 50);
    };
    check(&store, &kept);

    fs::remove_file(&ballast).unwrap();
    let batch = batch(number);
    store.append(&batch).expect("there is room again");
    kept.extend(batch.into_iter().map(|arrival| arrival.document));
    check(&store, &kept);
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    check(&store, &kept);
    assert_eq!(store.statistics().unwrap().damaged, 0);
}

#[test]
fn a_full_disk_refuses_batches_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().to_str().unwrap();
    // The disk belongs to a mount namespace of the process, and leaves with it.
    let script = r#"mount -t tmpfs -o size=12m tmpfs "$0" && exec "$@""#;
    let mut command = Command::new("unshare");
    subprocess::in_directory(&mut command, directory)
        .args(["--mount", "--map-root-user", "sh", "-c", script, directory])
        .arg(subprocess::binary())
        .args(subprocess::arguments("disk_full::fill_a_small_disk"));
    let output = command.output().expect("util-linux has unshare");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}
