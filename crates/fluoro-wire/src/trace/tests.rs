use serde_json::{Value, json};

use super::*;

fn document(value: &Value) -> Document {
    Document::parse(value.to_string().as_bytes()).unwrap()
}

fn id(number: u64) -> String {
    SegmentId(number).to_string()
}

const TRACE: &str = "1-5759e988-bd862e3fe1be46a994272793";

fn segment(number: u64, parent: Option<u64>, start: f64) -> Value {
    let mut value = json!({
        "name": format!("s{number}"), "id": id(number), "trace_id": TRACE,
        "start_time": start, "end_time": start + 1.0,
    });
    if let Some(parent) = parent {
        value["parent_id"] = json!(id(parent));
    }
    value
}

/// The trace as nested names.
fn shape(nodes: &[Node]) -> String {
    let shape_of = |node: &Node| match node.children.as_slice() {
        [] => node.document.name.clone(),
        children => format!("{}({})", node.document.name, shape(children)),
    };
    nodes.iter().map(shape_of).collect::<Vec<_>>().join(" ")
}

#[test]
fn streamed_subsegments_and_called_segments_go_below_their_parents() {
    let mut caller = segment(1, None, 1.0);
    caller["subsegments"] = json!([{"name": "s2", "id": id(2), "start_time": 3.0}]);
    let mut streamed = segment(3, Some(1), 2.0);
    streamed["type"] = json!("subsegment");
    let called = segment(4, Some(2), 3.5);
    let traces = assemble([called, streamed, caller].iter().map(document));
    assert_eq!(traces.len(), 1);
    assert_eq!(shape(&traces[0].roots), "s1(s3 s2(s4))");
    let segments: Vec<_> = traces[0].nodes().map(|node| node.is_segment).collect();
    assert_eq!(segments, [true, false, false, true]);
    assert_eq!(traces[0].missing(), [""; 0]);
}

#[test]
fn a_complete_document_counts_more_than_one_in_progress() {
    let mut open = segment(1, None, 1.0);
    open["in_progress"] = json!(true);
    for documents in [
        [open.clone(), segment(1, None, 1.0)],
        [segment(1, None, 1.0), open.clone()],
    ] {
        let traces = assemble(documents.iter().map(document));
        assert_eq!(shape(&traces[0].roots), "s1");
        assert!(!traces[0].roots[0].document.in_progress);
    }
    let traces = assemble([document(&open)]);
    assert_eq!(traces[0].missing(), ["\"s1\" is still in progress"]);
}

#[test]
fn what_has_no_known_parent_is_a_root() {
    let traces = assemble([document(&segment(2, Some(1), 1.0))]);
    assert_eq!(shape(&traces[0].roots), "s2");
    assert_eq!(
        traces[0].missing(),
        ["the parent 0000000000000001 of \"s2\" did not arrive"]
    );
}

#[test]
fn rings_and_self_references_lose_nothing() {
    let ring = [
        segment(1, Some(3), 1.0),
        segment(2, Some(1), 2.0),
        segment(3, Some(2), 3.0),
    ];
    let traces = assemble(ring.iter().map(document));
    assert_eq!(shape(&traces[0].roots), "s1(s2(s3))");
    let traces = assemble([document(&segment(1, Some(1), 1.0))]);
    assert_eq!(shape(&traces[0].roots), "s1");
}

#[test]
fn traces_are_told_apart_and_documents_without_ids_are_kept() {
    let mut other = segment(1, None, 1.0);
    other["trace_id"] = json!("1-00000001-000000000000000000000001");
    let nameless = json!({"start_time": 1.0});
    let traces = assemble([&segment(1, None, 1.0), &other, &nameless, &nameless].map(document));
    assert_eq!(traces.len(), 3);
    assert_eq!(traces[2].id, None);
    assert_eq!(traces[2].roots.len(), 2);
}

#[test]
fn a_chain_of_any_length_is_shown() {
    let chain = (1..=20_000).map(|number| {
        let parent = (number > 1).then(|| number - 1);
        document(&segment(number, parent, number as f64))
    });
    let traces = assemble(chain);
    assert_eq!(traces[0].roots.len(), 1);
    assert_eq!(traces[0].nodes().count(), 20_000);
}
