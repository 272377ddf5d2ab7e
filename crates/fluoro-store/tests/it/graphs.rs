//! Who calls whom, at once and over time.

use fluoro_store::{
    SqliteStore,
    filter::{EntitySelector, Filter},
    query::{ServiceGraph, TimeSeriesQuery, service_graph, time_series, trace_graph},
};
use serde_json::{Value, json};

use crate::{
    memory_store::{ALWAYS, MemoryStore, keep},
    shop::{self, START, id, trace_id},
};

/// One line for each service and each call: `from -> to: ok/error/throttle/fault`.
fn drawn(graph: &ServiceGraph) -> String {
    let mut lines = Vec::new();
    for service in &graph.services {
        let kind = service.kind.as_deref().unwrap_or("-");
        let root = if service.root.is_some() { " root" } else { "" };
        let count = service
            .summary_statistics
            .map_or(0, |counts| counts.total_count);
        lines.push(format!(
            "{} [{kind}]{root} {} {count}",
            service.name, service.state
        ));
        for edge in &service.edges {
            let to = &graph.services[edge.reference_id];
            assert_eq!(to.reference_id, edge.reference_id);
            let counts = edge.summary_statistics;
            let errors = counts.error_statistics;
            let outcome = [
                counts.ok_count,
                errors.other_count,
                errors.throttle_count,
                counts.fault_statistics.total_count,
            ];
            assert_eq!(outcome.iter().sum::<u64>(), counts.total_count);
            let timed: u64 = edge
                .response_time_histogram
                .iter()
                .map(|bar| bar.count)
                .sum();
            assert_eq!(timed, counts.total_count);
            let [ok, error, throttle, fault] = outcome;
            let kind = edge.edge_type.unwrap_or("call");
            let aliases: Vec<_> = edge.aliases.iter().map(|alias| &*alias.name).collect();
            let to = format!("{} [{}]", to.name, to.kind.as_deref().unwrap_or("-"));
            lines.push(format!(
                "    {kind} {to}: {ok}/{error}/{throttle}/{fault} {aliases:?}"
            ));
        }
    }
    lines.join("\n")
}

fn graph_of(documents: &[Value], filter: &str) -> ServiceGraph {
    let store = MemoryStore::of(documents);
    service_graph(&store, ALWAYS, &filter.parse().unwrap()).unwrap()
}

#[test]
fn the_graph_of_a_shop() {
    insta::assert_snapshot!(drawn(&graph_of(&shop::everything(), "")));
}

#[test]
fn the_graph_in_the_words_of_the_api() {
    let documents = [shop::browse(1, 0.0, false), shop::browse(2, 10.0, true)].concat();
    insta::assert_json_snapshot!(graph_of(&documents, ""));
}

#[test]
fn the_store_on_disk_gives_the_same_graph() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    keep(&store, &shop::everything());
    let graph = service_graph(&store, ALWAYS, &Filter::everything()).unwrap();
    assert_eq!(graph, graph_of(&shop::everything(), ""));
}

#[test]
fn a_filter_chooses_the_traces() {
    let graph = graph_of(&shop::everything(), "service(\"worker\")");
    let names: Vec<_> = graph
        .services
        .iter()
        .map(|service| &*service.name)
        .collect();
    assert_eq!(names, ["shipments", "worker", "worker"]);
}

#[test]
fn links_need_the_sender_in_the_graph() {
    let store = MemoryStore::of(&shop::everything());
    let links = |numbers: &[u32]| {
        let ids: Vec<_> = numbers
            .iter()
            .map(|&number| trace_id(number).parse().unwrap())
            .collect();
        let graph = trace_graph(&store, &ids).unwrap();
        let edges = graph.services.iter().flat_map(|service| &service.edges);
        edges
            .filter(|edge| edge.edge_type == Some("link"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(links(&[4]).is_empty());
    let [link] = &links(&[3, 4, 4, 99])[..] else {
        panic!("one link")
    };
    assert_eq!(link.summary_statistics.total_count, 1);
    let age = link.received_event_age_histogram[0];
    assert_eq!((age.value, age.count), (4.9, 1));
}

#[test]
fn the_graph_of_one_trace_has_its_times() {
    let store = MemoryStore::of(&shop::everything());
    let graph = trace_graph(&store, &[trace_id(1).parse().unwrap()]).unwrap();
    assert_eq!((graph.start_time, graph.end_time), (START, START + 2.0));
    assert_eq!(graph.services.len(), 5);
    let unknown = trace_graph(&store, &[trace_id(77).parse().unwrap()]).unwrap();
    assert!(unknown.services.is_empty());
    assert_eq!((unknown.start_time, unknown.end_time), (0.0, 0.0));
}

#[test]
fn services_above_the_limit_are_counted_together() {
    let segment = |trace: u32| {
        let calls = (2..6_002).map(|number| {
            json!({"name": format!("remote-{trace}-{number}"), "id": id(trace, number),
                "namespace": "remote", "start_time": START, "end_time": START + 0.5})
        });
        let calls: Vec<_> = calls.collect();
        json!({"name": "shop", "id": id(trace, 1), "trace_id": trace_id(trace),
            "start_time": START, "end_time": START + 1.0, "subsegments": calls})
    };
    let graph = graph_of(&[segment(1), segment(2)], "");
    assert_eq!(graph.services.len(), 10_001);
    let mut services = graph.services.iter();
    let rest = services.find(|service| service.name == "further services");
    // 12,000 called services, the shop and its client.
    let further = rest.unwrap().summary_statistics.unwrap().total_count;
    assert_eq!(further, 12_002 - 10_000);
}

fn series(selector: Option<&str>, period: u32) -> Value {
    let store = MemoryStore::of(&shop::everything());
    let selector: Option<EntitySelector> = selector.map(|text| text.parse().unwrap());
    let query = TimeSeriesQuery {
        range: ALWAYS,
        filter: &Filter::everything(),
        selector: selector.as_ref(),
        period,
    };
    serde_json::to_value(time_series(&store, &query).unwrap()).unwrap()
}

#[test]
fn services_over_time() {
    let entries = series(Some("service(\"shop\")"), 10);
    let times: Vec<_> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["Timestamp"])
        .collect();
    assert_eq!(
        times,
        [START, START + 10.0, START + 20.0]
            .map(|time| json!(time))
            .each_ref()
    );
    let counts = &entries[1]["ServiceSummaryStatistics"];
    assert_eq!(counts["FaultStatistics"]["TotalCount"], 1);
    assert_eq!(counts["TotalResponseTime"], 2.0);
    assert_eq!(
        entries[1]["ResponseTimeHistogram"],
        json!([{"Value": 2.0, "Count": 1}])
    );
    assert_eq!(entries[1].get("EdgeSummaryStatistics"), None);
}

#[test]
fn calls_over_time() {
    let entries = series(Some("edge(\"inventory\", \"pricing\")"), 60);
    assert_eq!(entries.as_array().unwrap().len(), 1);
    let counts = &entries[0]["EdgeSummaryStatistics"];
    assert_eq!(
        (&counts["OkCount"], &counts["TotalCount"]),
        (&json!(1), &json!(2))
    );
    let every_call = series(None, 3_600);
    let count = every_call[0]["EdgeSummaryStatistics"]["TotalCount"]
        .as_u64()
        .unwrap();
    let graph = graph_of(&shop::everything(), "");
    let edges = graph.services.iter().flat_map(|service| &service.edges);
    let calls = edges.filter(|edge| edge.edge_type.is_none());
    assert_eq!(
        count,
        calls
            .map(|edge| edge.summary_statistics.total_count)
            .sum::<u64>()
    );
}
