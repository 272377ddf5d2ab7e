//! Summaries of traces, and paging through them.

use std::collections::HashSet;

use fluoro_store::{
    SqliteStore, TimeRange, TimeRangeKind, Traces,
    filter::Filter,
    query::{SummariesError, SummaryQuery, summaries, summary},
};
use serde_json::{Value, json};

use crate::{
    memory_store::{ALWAYS, MemoryStore, keep, trace_of},
    shop::{self, START, id, trace_id},
};

fn summarised(documents: &[Value]) -> Value {
    serde_json::to_value(summary(&trace_of(documents))).unwrap()
}

#[test]
fn a_failed_request_through_three_services() {
    insta::assert_json_snapshot!(summarised(&shop::browse(2, 10.0, true)));
}

#[test]
fn a_call_to_a_table() {
    insta::assert_json_snapshot!(summarised(&shop::fulfil(4, 25.0, 3)));
}

#[test]
fn a_request_in_progress() {
    insta::assert_json_snapshot!(summarised(&shop::unfinished(5, 30.0)));
}

#[test]
fn a_subsegment_without_its_segment() {
    insta::assert_json_snapshot!(summarised(&shop::orphan(6, 40.0)));
}

#[test]
fn parents_in_circles_have_an_end() {
    let summary = summarised(&shop::circle(7, 50.0));
    assert_eq!(summary["StartTime"], START + 51.0);
    assert_eq!(summary["Duration"], 8.0);
    assert_eq!(summary["EntryPoint"]["Name"], "circle-4");
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let mut documents = shop::browse(2, 10.0, true);
    let first = summarised(&documents);
    documents.reverse();
    let mut last = summarised(&documents);
    for list in ["ServiceIds", "FaultRootCauses"] {
        let items: HashSet<_> = first[list]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        for item in last[list].as_array().unwrap() {
            assert!(items.contains(&item.to_string()), "{list}: {item}");
        }
        assert_eq!(last[list].as_array().unwrap().len(), items.len());
        last[list] = first[list].clone();
    }
    last["Annotations"] = first["Annotations"].clone();
    assert_eq!(last, first);
}

#[test]
fn root_causes_are_bounded() {
    let calls: Vec<_> = (2..200)
        .map(|number| json!({"name": "call", "id": id(9, number), "start_time": START, "end_time": START, "fault": true}))
        .collect();
    let segment = json!({"name": "shop", "id": id(9, 1), "trace_id": trace_id(9), "start_time": START,
        "end_time": START + 1.0, "fault": true, "subsegments": calls});
    let summary = summarised(&[segment]);
    assert_eq!(summary["FaultRootCauses"].as_array().unwrap().len(), 20);
}

fn query<'a>(filter: &'a Filter, limit: usize, token: Option<&'a str>) -> SummaryQuery<'a> {
    SummaryQuery {
        range: ALWAYS,
        filter,
        sampled_share: 1.0,
        limit,
        token,
    }
}

fn ids_of_pages(store: &dyn Traces, filter: &Filter, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = summaries(store, &query(filter, limit, token.as_deref())).unwrap();
        assert!(page.trace_summaries.len() <= limit);
        let ids = page.trace_summaries.into_iter().map(|summary| summary.id);
        pages.push(ids.collect());
        token = page.next_token;
        if token.is_none() {
            return pages;
        }
        assert!(pages.len() < 100, "paging does not end");
    }
}

#[test]
fn pages_are_newest_first_and_complete() {
    let store = MemoryStore::of(&shop::everything());
    let everything = Filter::everything();
    let ids: Vec<_> = (1..=7).rev().map(trace_id).collect();
    let pages = ids_of_pages(&store, &everything, 100);
    assert_eq!(pages, std::slice::from_ref(&ids));
    for limit in 1..=7 {
        assert_eq!(
            ids_of_pages(&store, &everything, limit).concat(),
            ids,
            "{limit}"
        );
    }
    let faults: Filter = "service() { fault }".parse().unwrap();
    assert_eq!(
        ids_of_pages(&store, &faults, 1).concat(),
        [trace_id(7), trace_id(2)]
    );
}

#[test]
fn traces_that_begin_at_the_same_moment_are_told_once_each() {
    let mut documents = Vec::new();
    for number in 1..=20 {
        documents.extend(shop::orphan(number, 1.0));
    }
    let store = MemoryStore::of(&documents);
    for limit in [1, 3, 7] {
        let ids = ids_of_pages(&store, &Filter::everything(), limit).concat();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 20, "{limit}");
        assert_eq!(ids.len(), 20, "{limit}");
    }
}

#[test]
fn pages_of_the_store_on_disk_are_complete() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let mut ids: Vec<_> = (1..=7).rev().map(trace_id).collect();
    keep(&store, &shop::everything());
    for number in 10..30 {
        // Within a microsecond and a half of each other.
        let start = START + 200.0 + f64::from(number % 7) * 2.4e-7;
        let near = json!({"name": "near", "id": id(number, 1), "trace_id": trace_id(number),
            "start_time": start, "end_time": start});
        keep(&store, [&near]);
        ids.push(trace_id(number));
    }
    for limit in [1, 3, 100] {
        let pages = ids_of_pages(&store, &Filter::everything(), limit).concat();
        assert_eq!(pages.len(), ids.len(), "{limit}");
        let found: HashSet<_> = pages.iter().collect();
        assert_eq!(found, ids.iter().collect(), "{limit}");
        assert_eq!(pages[20..], ids[..7], "{limit}");
    }
}

#[test]
fn arrivals_between_pages_neither_repeat_nor_hide() {
    let store = MemoryStore::of(&shop::everything());
    let everything = Filter::everything();
    let first = summaries(&store, &query(&everything, 3, None)).unwrap();
    keep(&store, &shop::browse(8, 100.0, false));
    keep(&store, &shop::browse(9, 5.0, false));
    let token = first.next_token.as_deref();
    let second = summaries(&store, &query(&everything, 100, token)).unwrap();
    let ids: Vec<_> = second
        .trace_summaries
        .iter()
        .map(|summary| &*summary.id)
        .collect();
    assert_eq!(ids, [4, 3, 2, 9, 1].map(trace_id));
    assert_eq!(second.next_token, None);
}

#[test]
fn a_foreign_token_is_refused() {
    let store = MemoryStore::default();
    for token in [
        "",
        "x",
        "12-34",
        "7ff0000000000000-00000000000000000000000000000001",
    ] {
        let answer = summaries(&store, &query(&Filter::everything(), 1, Some(token)));
        assert!(
            matches!(answer, Err(SummariesError::InvalidToken(_))),
            "{token}"
        );
    }
}

#[test]
fn a_share_is_the_same_each_time_and_about_right() {
    let mut documents = Vec::new();
    for number in 0..1_000_u32 {
        let trace = json!({"name": "a", "id": id(1, number), "start_time": START, "end_time": START,
            "trace_id": format!("1-6553f100-{:024x}", u128::from(number.wrapping_mul(0x9e37_79b9)))});
        documents.push(trace);
    }
    let store = MemoryStore::of(&documents);
    let everything = Filter::everything();
    let sampled = |share| {
        let query = SummaryQuery {
            sampled_share: share,
            ..query(&everything, 5_000, None)
        };
        let page = summaries(&store, &query).unwrap();
        assert_eq!(page.traces_processed_count, 1_000);
        page.trace_summaries.len()
    };
    assert_eq!((sampled(0.0), sampled(1.0)), (0, 1_000));
    assert!((200..300).contains(&sampled(0.25)), "{}", sampled(0.25));
    assert_eq!(sampled(0.25), sampled(0.25));
}

#[test]
fn only_the_range_is_looked_at() {
    let store = MemoryStore::of(&shop::everything());
    let everything = Filter::everything();
    let range = TimeRange {
        kind: TimeRangeKind::Event,
        start: START + 9.0,
        end: START + 21.0,
    };
    let page = summaries(
        &store,
        &SummaryQuery {
            range,
            ..query(&everything, 9, None)
        },
    )
    .unwrap();
    let ids: Vec<_> = page
        .trace_summaries
        .iter()
        .map(|summary| &*summary.id)
        .collect();
    assert_eq!(ids, [trace_id(3), trace_id(2)]);
    assert_eq!(page.traces_processed_count, 2);
    assert_eq!(page.approximate_time, Some(START + 10.0));
}
