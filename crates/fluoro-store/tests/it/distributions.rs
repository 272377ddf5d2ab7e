//! Distributions and completions.

use std::time::{Duration, Instant};

use fluoro_store::{
    TimeRange,
    filter::Filter,
    query::{Completion, completions, distribution},
};

use crate::{
    memory_store::{ALWAYS, MemoryStore},
    shop::{self, START},
};

fn range() -> TimeRange {
    TimeRange {
        start: START,
        end: START + 60.0,
        ..ALWAYS
    }
}

#[test]
fn latencies_and_outcomes_are_spread() {
    let store = MemoryStore::of(&shop::everything());
    let later = Instant::now() + Duration::from_secs(60);
    let spread = distribution(&store, range(), &Filter::everything(), later).unwrap();
    assert!(spread.is_complete);
    assert_eq!(spread.traces_processed_count, 7);
    let durations: Vec<_> = spread
        .durations
        .iter()
        .map(|bar| (bar.value, bar.count))
        .collect();
    assert_eq!(
        durations,
        [(0.2, 2), (0.3, 1), (0.5, 1), (2.0, 2), (8.0, 1)]
    );
    assert_eq!(spread.times.len(), 60);
    let faults: Vec<_> = spread
        .times
        .iter()
        .filter(|slice| slice.fault_count > 0)
        .collect();
    let faults: Vec<_> = faults
        .iter()
        .map(|slice| (slice.time - START, slice.fault_count))
        .collect();
    assert_eq!(faults, [(10.0, 1), (51.0, 1)]);
    let ok: u64 = spread.times.iter().map(|slice| slice.ok_count).sum();
    assert_eq!(ok, 5);

    let filter: Filter = "fault".parse().unwrap();
    let spread = distribution(&store, range(), &filter, later).unwrap();
    assert_eq!(spread.durations.iter().map(|bar| bar.count).sum::<u64>(), 2);
}

#[test]
fn a_scan_that_takes_too_long_says_so() {
    let store = MemoryStore::of(&shop::everything());
    let spread = distribution(&store, range(), &Filter::everything(), Instant::now()).unwrap();
    assert!(!spread.is_complete);
    assert_eq!(spread.traces_processed_count, 0);
}

#[test]
fn any_range_has_a_bounded_number_of_slices() {
    let store = MemoryStore::of(&shop::everything());
    let later = Instant::now() + Duration::from_secs(60);
    for seconds in [
        0.0, 0.01, 1.0, 59.0, 61.0, 3_600.0, 86_400.0, 1e7, 1e10, 1e15,
    ] {
        let range = TimeRange {
            start: START,
            end: START + seconds,
            ..ALWAYS
        };
        let spread = distribution(&store, range, &Filter::everything(), later).unwrap();
        assert!(
            (1..=120).contains(&spread.times.len()),
            "{seconds}: {}",
            spread.times.len()
        );
        assert!(spread.times[0].time <= START);
    }
}

#[test]
fn words_of_recent_traces_are_offered() {
    let store = MemoryStore::of(&shop::everything());
    let words = |kind, prefix| completions(&store, kind, prefix, 3, START + 100.0).unwrap();
    assert_eq!(
        words(Completion::Annotation, ""),
        ["customer", "age", "vip"]
    );
    assert_eq!(words(Completion::Annotation, "W"), ["warehouse"]);
    assert_eq!(words(Completion::AnnotationValue("age"), ""), ["29"]);
    assert_eq!(words(Completion::AnnotationValue("vip"), "t"), ["true"]);
    assert_eq!(words(Completion::AnnotationValue("customer"), ""), ["gold"]);
    assert_eq!(
        words(Completion::Service, ""),
        ["shop", "inventory", "pricing"]
    );
    assert_eq!(
        words(Completion::Service, "s"),
        ["shop", "stock@db.internal", "orders"][..2]
            .iter()
            .chain(&["shipments"])
            .copied()
            .collect::<Vec<_>>()
    );
    assert_eq!(words(Completion::User, "A"), ["ann"]);
    assert_eq!(
        words(Completion::Url, "http://shop"),
        ["http://shop.example.com/item/7"]
    );
    assert!(words(Completion::Url, "http://inventory").is_empty());
}
