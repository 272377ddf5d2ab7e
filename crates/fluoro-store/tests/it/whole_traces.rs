//! Traces put together from their documents.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use fluoro_store::query::{WholeTrace, assemble, whole_trace};
use fluoro_wire::TraceId;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    memory_store::MemoryStore,
    shop::{self, START, id, trace_id},
};

fn assembled<T: AsRef<str>>(documents: &[T]) -> WholeTrace {
    let documents: Vec<_> = documents
        .iter()
        .map(|text| text.as_ref().as_bytes().to_vec())
        .collect();
    assemble(number_one(), &documents)
}

fn assembled_values(documents: &[Value]) -> WholeTrace {
    assembled(&documents.iter().map(Value::to_string).collect::<Vec<_>>())
}

fn number_one() -> TraceId {
    trace_id(1).parse().unwrap()
}

fn parsed(trace: &WholeTrace) -> Vec<Value> {
    let segments = trace.segments.iter();
    segments
        .map(|segment| serde_json::from_str(&segment.document).unwrap())
        .collect()
}

fn names(value: &Value) -> Vec<&str> {
    let subsegments = value["subsegments"].as_array();
    subsegments
        .into_iter()
        .flatten()
        .map(|child| child["name"].as_str().unwrap())
        .collect()
}

#[test]
fn a_trace_of_three_services_with_a_database() {
    let store = MemoryStore::of(&shop::browse(1, 0.0, false));
    let trace = whole_trace(&store, number_one()).unwrap().unwrap();
    assert_eq!((trace.duration, trace.limit_exceeded), (2.0, false));
    let segments = parsed(&trace);
    for (segment, value) in trace.segments.iter().zip(&segments) {
        assert_eq!(segment.id, value["id"]);
    }
    let shown: Vec<_> = segments
        .iter()
        .map(|segment| {
            (
                segment["name"].as_str().unwrap(),
                segment["inferred"] == true,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("shop", false),
            ("inventory", false),
            ("stock@db.internal", true),
            ("pricing", false)
        ]
    );
    insta::assert_json_snapshot!(segments[2]);
    assert_eq!(
        whole_trace(&store, trace_id(2).parse().unwrap()).unwrap(),
        None
    );
}

#[test]
fn a_call_to_a_table_is_inferred() {
    let trace = assembled_values(&shop::fulfil(1, 0.0, 3));
    insta::assert_json_snapshot!(parsed(&trace)[1]);
}

#[test]
fn streamed_subsegments_are_back_in_their_parents() {
    let segment = json!({"name": "shop", "id": id(1, 1), "trace_id": trace_id(1), "start_time": 1.0,
        "end_time": 9.0, "subsegments": [{"name": "nested", "id": id(1, 2), "start_time": 3.0, "end_time": 4.0}]});
    let streamed = |number, parent, name: &str, start: f64| {
        json!({"name": name, "id": id(1, number), "trace_id": trace_id(1), "type": "subsegment",
            "parent_id": id(1, parent), "start_time": start, "end_time": start + 0.5})
    };
    let mut documents = vec![
        streamed(5, 4, "grandchild", 2.1),
        streamed(4, 1, "early", 2.0),
        segment,
        streamed(3, 2, "in nested", 3.1),
        streamed(6, 1, "late", 5.0),
    ];
    let expected = parsed(&assembled_values(&documents));
    let [shop] = &expected[..] else {
        panic!("one segment: {expected:?}")
    };
    assert_eq!(names(shop), ["early", "nested", "late"]);
    assert_eq!(names(&shop["subsegments"][0]), ["grandchild"]);
    assert_eq!(names(&shop["subsegments"][1]), ["in nested"]);
    let early = &shop["subsegments"][0];
    for key in ["type", "trace_id", "parent_id"] {
        assert_eq!(early.get(key), None, "{key}");
    }
    documents.reverse();
    assert_eq!(parsed(&assembled_values(&documents)), expected);
}

#[test]
fn a_complete_document_replaces_the_one_in_progress() {
    let open = json!({"name": "shop", "id": id(1, 1), "trace_id": trace_id(1), "start_time": 1.0,
        "in_progress": true, "subsegments": [
            {"name": "kept", "id": id(1, 2), "start_time": 1.1, "end_time": 1.2},
            {"name": "open", "id": id(1, 3), "start_time": 1.3, "in_progress": true},
            {"name": "without id", "start_time": 1.4, "end_time": 1.5}]});
    let complete = json!({"name": "shop", "id": id(1, 1), "trace_id": trace_id(1), "start_time": 1.0,
        "end_time": 2.0, "user": "ann"});
    let closed = json!({"name": "closed", "id": id(1, 3), "trace_id": trace_id(1), "type": "subsegment",
        "parent_id": id(1, 1), "start_time": 1.3, "end_time": 1.9});
    for documents in [
        [open.clone(), complete.clone(), closed.clone()],
        [closed.clone(), complete.clone(), open.clone()],
    ] {
        let trace = assembled_values(&documents);
        assert_eq!(trace.duration, 1.0);
        let segments = parsed(&trace);
        assert_eq!(segments.len(), 1);
        assert_eq!(
            (&segments[0]["user"], segments[0].get("in_progress")),
            (&json!("ann"), None)
        );
        assert_eq!(names(&segments[0]), ["kept", "closed"]);
    }
    let alone = parsed(&assembled_values(&[open]));
    assert_eq!(names(&alone[0]), ["kept", "open", "without id"]);
}

#[test]
fn values_stay_as_they_were_written() {
    let members = r#""http":{ "response" : {"status":"200"}},"metadata":{"n":{"big":12345678901234567890.10,"exp":1.478293361271E9,"text":"\u00fc\/"}}"#;
    let shop = format!(
        r#"{{"name":"shop","start_time":1.50,"end_time":1.478293361271E9,"id":"{}","trace_id":"{}",{members},"x":null}}"#,
        id(1, 1),
        trace_id(1)
    );
    let streamed = format!(
        r#"{{ "id":"{}", "type":"subsegment","parent_id":"{}","trace_id":"{}","name":"a","start_time":2.0000,"end_time":3e0,{members}}}"#,
        id(1, 2),
        id(1, 1),
        trace_id(1)
    );
    let trace = assembled(&[streamed, shop.clone()]);
    let expected = shop.trim_end_matches('}').to_owned()
        + &format!(
            r#","subsegments":[{{"id":"{}","name":"a","start_time":2.0000,"end_time":3e0,{members}}}]}}"#,
            id(1, 2)
        );
    assert_eq!(trace.segments[0].document, expected);
    assert_eq!(trace.duration, 1_478_293_361.271 - 1.5);
}

#[test]
fn what_has_no_parent_stands_on_its_own() {
    let trace = assembled_values(&shop::orphan(1, 0.0));
    let segments = parsed(&trace);
    assert_eq!(segments.len(), 2);
    let (lost, inferred) = (&segments[0], &segments[1]);
    assert_eq!(
        (&lost["type"], &lost["parent_id"]),
        (&json!("subsegment"), &json!(id(1, 1)))
    );
    assert_eq!(
        (&inferred["inferred"], &inferred["parent_id"]),
        (&json!(true), &lost["id"])
    );
}

#[test]
fn circles_lose_nothing() {
    let documents = shop::circle(1, 0.0);
    let trace = assembled_values(&documents);
    let text: String = trace
        .segments
        .iter()
        .map(|segment| &*segment.document)
        .collect();
    for number in 1..=6 {
        let name = format!("\"name\":\"circle-{number}\"");
        assert!(text.contains(&name), "{name} in {text}");
    }
}

#[test]
fn what_is_no_document_is_left_out() {
    let good = json!({"name": "a", "id": id(1, 1), "trace_id": trace_id(1), "start_time": 1, "end_time": 2,
        "subsegments": [5, null, "x", [1], {"name": "b", "subsegments": {"c": 1}}]});
    let trace = assembled(&[
        "[]".to_owned(),
        "{".to_owned(),
        good.to_string(),
        "7".to_owned(),
    ]);
    assert_eq!(trace.segments.len(), 1);
    assert_eq!(names(&parsed(&trace)[0]), ["b"]);
    assert_eq!(assembled::<&str>(&[]).segments, []);
}

#[test]
fn ten_thousand_streamed_subsegments_take_no_time() {
    let streamed = |number: u32, parent: u32| {
        json!({"name": "step", "id": id(1, number), "trace_id": trace_id(1), "type": "subsegment",
            "parent_id": id(1, parent), "start_time": START + f64::from(number),
            "end_time": START + f64::from(number + 1), "annotations": {"number": number}})
    };
    let root = json!({"name": "batch", "id": id(1, 1), "trace_id": trace_id(1),
        "start_time": START, "end_time": START + 20_000.0});
    let flat = (2..10_002).map(|number| streamed(number, 1));
    let deep = (2..10_002).map(|number| streamed(number, number - 1));
    let shapes: [Vec<Value>; 2] = [flat.collect(), deep.collect()];
    for mut documents in shapes {
        documents.push(root.clone());
        let documents: Vec<_> = documents
            .iter()
            .map(|value| value.to_string().into_bytes())
            .collect();
        let begin = Instant::now();
        let trace = assemble(number_one(), &documents);
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(5), "{took:?}");
        let text: String = trace
            .segments
            .iter()
            .map(|segment| &*segment.document)
            .collect();
        assert_eq!(text.matches("\"name\":\"step\"").count(), 10_000);
        for segment in &trace.segments {
            serde_json::from_str::<Value>(&segment.document).unwrap();
        }
    }
}

#[test]
fn five_hundred_subsegments_in_each_other_are_all_there() {
    let mut document = json!({"name": "step", "id": id(1, 501), "metadata": {"n": [[[[{}]]]]}});
    for number in (2..=500).rev() {
        document = json!({"name": "step", "id": id(1, number), "subsegments": [document]});
    }
    let root = json!({"name": "recursive", "id": id(1, 1), "trace_id": trace_id(1),
        "start_time": START, "end_time": START + 1.0, "subsegments": [document]});
    let mut ids = Vec::new();
    for segment in parsed(&assembled_values(&[root])) {
        ids_in(&segment, &mut ids);
    }
    ids.sort();
    assert!(ids.into_iter().eq((1..=501).map(|number| id(1, number))));
}

#[test]
fn an_assembled_trace_can_be_assembled_again() {
    let store = MemoryStore::of(&shop::browse(1, 0.0, true));
    let first = whole_trace(&store, number_one()).unwrap().unwrap();
    let sent = first
        .segments
        .iter()
        .filter(|segment| !segment.document.contains("\"inferred\":true"));
    let again = assembled(
        &sent
            .map(|segment| segment.document.clone())
            .collect::<Vec<_>>(),
    );
    assert_eq!(again, first);
}

type Fields = (u32, u32, u32, [bool; 3]);

fn any_fields() -> impl Strategy<Value = Fields> {
    (1..9_u32, 0..9_u32, 0..5_u32, any::<[bool; 3]>())
}

fn entity((number, parent, start, [is_open, is_streamed, is_remote]): Fields) -> Value {
    let mut entity = json!({"name": "any", "id": id(1, number), "start_time": start});
    if is_open {
        entity["in_progress"] = true.into();
    } else {
        entity["end_time"] = (start + 1).into();
    }
    if is_streamed {
        entity["type"] = "subsegment".into();
    }
    if is_remote {
        entity["namespace"] = "remote".into();
    }
    if parent > 0 {
        entity["parent_id"] = id(1, parent).into();
    }
    entity
}

/// An entity whose id and parent are any of a few, with others nested in it.
fn any_entity() -> impl Strategy<Value = Value> {
    any_fields()
        .prop_map(entity)
        .prop_recursive(3, 12, 3, |inner| {
            let nested = proptest::collection::vec(inner, 0..3);
            (any_fields(), nested).prop_map(|(fields, nested)| {
                let mut outer = entity(fields);
                outer["subsegments"] = nested.into();
                outer
            })
        })
}

fn ids_in(value: &Value, ids: &mut Vec<String>) {
    ids.push(value["id"].as_str().unwrap().to_owned());
    let subsegments = value["subsegments"].as_array();
    subsegments
        .into_iter()
        .flatten()
        .for_each(|child| ids_in(child, ids));
}

proptest! {
    #[test]
    fn each_entity_is_there_exactly_once(documents in proptest::collection::vec(any_entity(), 0..8)) {
        let mut sent = Vec::new();
        documents.iter().for_each(|document| ids_in(document, &mut sent));
        let trace = assembled_values(&documents);
        let (mut found, mut inferred_for) = (Vec::new(), Vec::new());
        for segment in parsed(&trace) {
            if segment["inferred"] == true {
                inferred_for.push(segment["parent_id"].as_str().unwrap().to_owned());
            } else {
                ids_in(&segment, &mut found);
            }
        }
        let expected: BTreeSet<_> = sent.into_iter().collect();
        prop_assert_eq!(found.len(), expected.len(), "{:?}", found);
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected.clone());
        let callers = inferred_for.len();
        prop_assert_eq!(inferred_for.into_iter().collect::<BTreeSet<_>>().len(), callers);
        let starts: Vec<_> = parsed(&trace).iter().map(|segment| segment["start_time"].as_u64()).collect();
        prop_assert!(starts.is_sorted(), "{:?}", starts);
    }
}
