//! Segments become spans and segments again.

use std::collections::BTreeMap;

use fluoro_agent::otlp::{to_segment, to_span};
use fluoro_wire::ReceivedEntity;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span,
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_function_that_calls_itself_becomes_as_many_spans() {
    let nest = |inner: String, number: u32| {
        format!(
            r#"{{"name":"call","id":"{number:016x}","start_time":1,"end_time":2,"subsegments":[{inner}]}}"#
        )
    };
    let nested = (2..=500).rev().fold(String::new(), nest);
    let document = format!(
        r#"{{"name":"recursive","id":"{:016x}","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1,"end_time":2,"subsegments":[{nested}]}}"#,
        1
    );
    let converted = to_span::convert(&[document.into_bytes()]);
    assert_eq!((converted.refused, converted.left_out), (vec![], vec![]));
    let scopes = &converted.request.resource_spans[0].scope_spans;
    let spans: usize = scopes.iter().map(|scope| scope.spans.len()).sum();
    assert_eq!(spans, 500);
}

/// What must survive: name, parent, times, whether it is a segment, namespace, flags.
type Essence = (String, Option<String>, f64, Option<f64>, bool, Value);

fn essence_of(documents: &[Vec<u8>]) -> BTreeMap<String, Essence> {
    let mut entities = BTreeMap::new();
    for document in documents {
        let document: Value = serde_json::from_slice(document).expect("JSON");
        let is_segment = document["type"] != "subsegment";
        let parent = document["parent_id"].as_str().map(str::to_owned);
        note(&mut entities, &document, parent, is_segment);
    }
    entities
}

fn note(
    entities: &mut BTreeMap<String, Essence>,
    entity: &Value,
    parent: Option<String>,
    is_segment: bool,
) {
    let id = entity["id"].as_str().expect("an id").to_owned();
    let marks = ["namespace", "error", "fault", "throttle", "in_progress"];
    let marks: Value = marks.map(|mark| entity[mark].clone()).into_iter().collect();
    let essence = (
        entity["name"].as_str().expect("a name").to_owned(),
        parent,
        entity["start_time"].as_f64().expect("a time"),
        entity["end_time"].as_f64(),
        is_segment,
        marks,
    );
    assert!(entities.insert(id.clone(), essence).is_none(), "{id} twice");
    for subsegment in entity["subsegments"].as_array().into_iter().flatten() {
        note(entities, subsegment, Some(id.clone()), false);
    }
}

fn converted(documents: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let spans = to_span::convert(documents);
    assert_eq!((spans.refused, spans.left_out), (vec![], vec![]));
    to_segment::convert(&spans.request)
}

prop_compose! {
    fn entity()(
        name in "[a-zA-Z0-9 _.:/%&#=+@é-]{1,40}",
        start in 1.0e9..2.0e9_f64,
        duration in prop::option::of(0.0..1e4_f64),
        flags in any::<[bool; 3]>(),
        namespace in prop_oneof![Just(None), Just(Some("aws")), Just(Some("remote"))],
        http in any::<bool>(),
        cause in any::<bool>(),
    ) -> Value {
        let mut entity = json!({"name": name, "start_time": start});
        match duration {
            Some(duration) => entity["end_time"] = (start + duration).into(),
            None => entity["in_progress"] = true.into(),
        }
        for (flag, value) in ["error", "fault", "throttle"].into_iter().zip(flags) {
            if value {
                entity[flag] = true.into();
            }
        }
        if let Some(namespace) = namespace {
            entity["namespace"] = namespace.into();
        }
        if http {
            entity["http"] = json!({
                "request": {"method": "GET", "url": "http://elsewhere/x?y=z", "client_ip": "::1"},
                "response": {"status": 503, "content_length": 5},
            });
        }
        if cause {
            entity["cause"] = json!({"exceptions": [{
                "id": "00000000000000ee", "type": "E", "message": "m",
                "stack": [{"path": "a (b).py", "line": 3, "label": "f"}],
            }]});
        }
        entity
    }
}

/// A tree of entities; ids are given out afterwards.
fn tree() -> impl Strategy<Value = Value> {
    entity().prop_recursive(4, 24, 4, |inner| {
        (entity(), prop::collection::vec(inner, 1..4)).prop_map(|(mut entity, subsegments)| {
            entity["subsegments"] = subsegments.into();
            entity
        })
    })
}

fn number(entity: &mut Value, next: &mut u64) {
    entity["id"] = format!("{next:016x}").into();
    *next += 1;
    if let Some(subsegments) = entity["subsegments"].as_array_mut() {
        for subsegment in subsegments {
            number(subsegment, next);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn ids_times_names_parents_and_flags_survive(
        mut trees in prop::collection::vec((tree(), any::<bool>()), 1..4),
    ) {
        let mut next = 1;
        let mut documents = Vec::new();
        for (tree, is_segment) in &mut trees {
            number(tree, &mut next);
            tree["trace_id"] = "1-5759e988-bd862e3fe1be46a994272793".into();
            if *is_segment {
                tree.as_object_mut().unwrap().remove("namespace");
            } else {
                tree["type"] = "subsegment".into();
                tree["parent_id"] = "00000000000fffff".into();
            }
            documents.push(tree.to_string().into_bytes());
        }
        let spans = converted(&documents);
        prop_assert_eq!(essence_of(&spans), essence_of(&documents));
        for document in &spans {
            let entity = ReceivedEntity::read_checked(document).expect("JSON");
            entity.check().expect("X-Ray would take it");
        }
        prop_assert_eq!(essence_of(&converted(&spans)), essence_of(&documents), "and again");
    }
}

/// Everything that a document can say and a span has a place for.
#[test]
fn details_survive() {
    let segment = json!({
        "name": "shop", "id": "00000000000000a1", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "start_time": 1_478_293_361.271, "end_time": 1_478_293_361.5,
        "user": "ada", "origin": "AWS::ECS::Fargate", "resource_arn": "arn:aws:ecs:::x", "fault": true,
        "http": {"request": {"method": "POST", "url": "https://shop/buy", "user_agent": "curl/8",
                             "client_ip": "10.0.0.7", "x_forwarded_for": true},
                 "response": {"status": 500, "content_length": 12}},
        "service": {"version": "1.2", "runtime": "CPython", "runtime_version": "3.13"},
        "aws": {"account_id": "123456789012", "xray": {"sdk": "X-Ray for python", "sdk_version": "2.15.0"},
                "ecs": {"container": "web", "task_arn": "arn:aws:ecs:::task/1"},
                "cloudwatch_logs": [{"log_group": "/shop", "arn": "arn:aws:logs:eu:1:log-group:/shop"}]},
        "annotations": {"tier": "gold", "items": 3, "new": true, "weight": 1.5},
        "metadata": {"default": {"cart": ["tea", {"n": 1}]}, "debug": {"x": null}},
        "links": [{"trace_id": "1-00000001-000000000000000000000002", "id": "00000000000000b2",
                   "attributes": {"why": "queue"}}],
        "cause": {"exceptions": [{"id": "00000000000000e1", "type": "NoPrice", "message": "tea",
            "cause": "00000000000000e2", "skipped": 1, "truncated": 2,
            "stack": [{"path": "shop.py", "line": 5, "label": "price"}, {"path": "shop.py", "line": 9, "label": "buy"}]}]},
    });
    let calls = json!({
        "name": "DynamoDB", "id": "00000000000000a2", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "type": "subsegment", "parent_id": "00000000000000a1", "namespace": "aws",
        "start_time": 1_478_293_361.3, "end_time": 1_478_293_361.4, "error": true, "throttle": true,
        "http": {"response": {"status": 429}},
        "aws": {"operation": "GetItem", "region": "eu-west-1", "request_id": "R", "table_name": "carts",
                "retries": 2, "attribute_names": ["a", "b"]},
    });
    let query = json!({
        "name": "shop@db", "id": "00000000000000a3", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "type": "subsegment", "parent_id": "00000000000000a1", "namespace": "remote",
        "start_time": 1_478_293_361.3, "end_time": 1_478_293_361.4,
        "sql": {"url": "postgresql://db:5432/shop", "sanitized_query": "SELECT ?",
                "database_type": "postgresql", "user": "shop"},
    });
    for document in [segment, calls, query] {
        let mut found = converted(&[document.to_string().into_bytes()]);
        let mut found: Value = serde_json::from_slice(&found.remove(0)).unwrap();
        forget_what_was_added(&mut found);
        assert_eq!(found, document);
    }
}

/// Spans become segments and spans again; the cases are those of the way there.
#[test]
fn spans_survive() {
    let cases = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../conformance/otlp_spans.json"
    ));
    let cases: Value = serde_json::from_str(cases).expect("JSON");
    let mut compared = 0;
    for case in cases["cases"].as_array().expect("cases") {
        let request: ExportTraceServiceRequest =
            serde_json::from_value(case["request"].clone()).expect("a request");
        let documents = to_segment::convert(&request);
        let found = to_span::convert(&documents);
        if !found.refused.is_empty() {
            // Spans without ids or times are no spans on the way back, either.
            assert!(case["reason"].as_str().unwrap().contains("malformed"));
            continue;
        }
        let (found, expected) = (only_span(&found.request), only_span(&request));
        assert_same_span(found, expected, &case["reason"]);
        compared += 1;
    }
    assert!(compared > 25, "only {compared} cases");
}

fn only_span(request: &ExportTraceServiceRequest) -> &Span {
    let spans = &request.resource_spans[0].scope_spans[0].spans;
    assert_eq!(spans.len(), 1);
    &spans[0]
}

fn assert_same_span(found: &Span, expected: &Span, reason: &Value) {
    let essence = |span: &Span| {
        let parent = span.parent_span_id.clone();
        let status = span.status.clone().unwrap_or_default();
        (
            (
                span.name.clone(),
                span.kind,
                span.trace_id.clone(),
                span.span_id.clone(),
            ),
            Some(parent).filter(|parent| parent.iter().any(|byte| *byte != 0)),
            (span.trace_state.clone(), status.message, status.code),
        )
    };
    assert_eq!(essence(found), essence(expected), "{reason}");
    // Seconds in floats are exact to a quarter of a microsecond.
    let difference = found
        .start_time_unix_nano
        .abs_diff(expected.start_time_unix_nano);
    assert!(difference < 250, "{difference} ns, {reason}");
    let names = |span: &Span| -> Vec<String> {
        span.events.iter().map(|event| event.name.clone()).collect()
    };
    assert!(names(found).starts_with(&names(expected)), "{reason}");
    // What is spelled otherwise on purpose, or is in another attribute.
    let others = [
        "shop-name/№",
        "aws.dynamodb.table_names",
        "aws.xray.annotations",
        "bytes",
        "map",
        "aws.xray.metadata.odd",
        "aws.xray.metadata.default",
    ];
    for attribute in &expected.attributes {
        let same = found
            .attributes
            .iter()
            .find(|other| other.key == attribute.key);
        if others.contains(&attribute.key.as_str()) || attribute.key.ends_with("url.full") {
            continue;
        }
        let same = same.unwrap_or_else(|| panic!("{reason}: {} is gone", attribute.key));
        assert_eq!(same, attribute, "{reason}");
    }
}

/// Attributes that OpenTelemetry wants beside, and what describes the way that a document took.
fn forget_what_was_added(document: &mut Value) {
    let metadata = document["metadata"].as_object_mut().expect("metadata");
    metadata.remove("otel");
    if let Some(default) = metadata.get_mut("default").and_then(Value::as_object_mut) {
        default.retain(|key, _| !key.starts_with("otel.resource."));
        if default.is_empty() {
            metadata.remove("default");
        }
    }
    if metadata.is_empty() {
        document.as_object_mut().unwrap().remove("metadata");
    }
    let beside = [
        "aws.service",
        "rpc.service",
        "rpc.system",
        "rpc.method",
        "peer.service",
        "db.namespace",
        "db.name",
        "db.system.name",
        "db.system",
    ];
    if let Some(annotations) = document
        .get_mut("annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.retain(|key, _| !beside.contains(&key.as_str()));
        if annotations.is_empty() {
            document.as_object_mut().unwrap().remove("annotations");
        }
    }
}
