//! Old buckets leave, by age and by size, and sinks can tell what they missed.

use std::time::Duration;

use fluoro_store::{Append, Arrival, Cursor, Limits, Queue, SqliteStore, Traces, Upkeep};

use crate::documents::{arrival, segment, segment_at, trace};

const FOREVER: Duration = Duration::from_secs(1 << 40);

/// About 100 documents of a kilobyte that does not compress.
fn batch(number: u32) -> Vec<Arrival> {
    let second = 100_000.0 + f64::from(number);
    let documents = (0..100u64).map(|id| {
        let noise: String = (0..60u64)
            .map(|place| {
                let noise =
                    (u64::from(number) << 20 | id << 8 | place).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                format!("{:016x}", noise ^ (noise >> 29))
            })
            .collect();
        let document = segment(trace(number), id, second, second + 0.5);
        arrival(
            document.replacen('{', &format!(r#"{{"metadata":{{"n":"{noise}"}},"#), 1),
            second,
        )
    });
    documents.collect()
}

#[test]
fn the_store_keeps_to_its_size_in_small_steps() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let limits = Limits {
        age: FOREVER,
        bytes: 16 << 20,
    };
    let mut left = 0;
    for number in 0..300 {
        store.append(&batch(number)).unwrap();
        left += store.expire(limits, 200_000.0).unwrap();
        let statistics = store.statistics().unwrap();
        assert!(statistics.bytes <= limits.bytes, "{statistics:?}");
        assert_eq!(statistics.documents + left, u64::from(number + 1) * 100);
        assert_eq!(statistics.expired, left);
    }
    let statistics = store.statistics().unwrap();
    assert!(left > 1_000, "{statistics:?}");
    assert!(statistics.buckets >= 10, "{statistics:?}");
    assert!(statistics.bytes > 10 << 20, "{statistics:?}");

    let first = &store.read_after(Cursor::default(), 1).unwrap()[0];
    assert_eq!(Cursor::default().missed_before(first.cursor), left);
    assert_eq!(
        store.count_after(Cursor::default()).unwrap(),
        statistics.documents
    );
    assert_eq!(statistics.oldest, Some(100_000.0 + (left / 100) as f64));
    assert!(store.trace(trace(0)).unwrap().is_none());
    assert_eq!(store.documents(trace(299)).unwrap().len(), 100);
}

#[test]
fn what_is_too_old_leaves_even_if_nothing_new_comes() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let limits = Limits {
        age: Duration::from_secs(1_600),
        bytes: u64::MAX,
    };
    store.expire(limits, 0.0).unwrap();
    for number in 0..40 {
        store
            .append(&[segment_at(trace(number), 1, f64::from(number) * 100.0)])
            .unwrap();
    }
    let reached = store.newest().unwrap();
    assert!(store.expire(limits, 4_000.0).unwrap() >= 20);
    let documents = store.statistics().unwrap().documents;
    assert!((16..=20).contains(&documents), "{documents}");
    assert_eq!(store.expire(limits, 1e9).unwrap(), documents);
    let statistics = store.statistics().unwrap();
    assert_eq!((statistics.documents, statistics.expired), (0, 40));
    assert_eq!(store.read_after(Cursor::default(), 10).unwrap(), []);

    // Numbers go on, so that sinks see what they missed, after a restart as well.
    drop(store);
    let store = SqliteStore::open(directory.path()).unwrap();
    store.append(&[segment_at(trace(50), 1, 2e9)]).unwrap();
    let next = store.read_after(reached, 10).unwrap();
    assert_eq!(next.len(), 1);
    assert_eq!(reached.missed_before(next[0].cursor), 0);
    assert_eq!(Cursor::default().missed_before(next[0].cursor), 40);
    assert!(store.newest().unwrap() > reached);
}
