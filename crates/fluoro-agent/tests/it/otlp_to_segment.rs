//! What spans become.

use fluoro_agent::otlp::to_segment;
use fluoro_wire::{ReceivedEntity, limits::MAX_DOCUMENT_BYTES};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value as Any},
    trace::v1::span::Event,
};
use serde_json::Value;

use crate::otlp_endpoint::request;

const CASES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../conformance/otlp_spans.json"
));

#[test]
fn conformance() {
    let cases: Value = serde_json::from_str(CASES).expect("JSON");
    let cases = cases["cases"].as_array().expect("cases");
    assert!(cases.len() > 25, "only {} cases", cases.len());
    for case in cases {
        let request: ExportTraceServiceRequest =
            serde_json::from_value(case["request"].clone()).expect("a request");
        let documents = to_segment::convert(&request);
        let found: Vec<Value> = documents
            .iter()
            .map(|document| serde_json::from_slice(document).expect("JSON"))
            .collect();
        assert_eq!(Value::from(found), case["documents"], "{}", case["reason"]);
    }
}

fn attribute(key: &str, text: &str) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue {
            value: Some(Any::StringValue(text.to_owned())),
        }),
        ..KeyValue::default()
    }
}

fn converted(request: &ExportTraceServiceRequest) -> (usize, Value) {
    let document = to_segment::convert(request).remove(0);
    let entity = ReceivedEntity::read_checked(&document).expect("JSON");
    entity.check().expect("X-Ray would take it");
    let value = serde_json::from_slice(&document).expect("JSON");
    (document.len(), value)
}

#[test]
fn long_texts_are_cut_when_a_document_would_be_too_large() {
    let mut request = request(&["a"]);
    let span = &mut request.resource_spans[0].scope_spans[0].spans[0];
    span.attributes = vec![
        attribute("long", &"é".repeat(60_000)),
        attribute("short", "s"),
    ];
    span.events = vec![
        Event::default(),
        Event {
            name: "exception".to_owned(),
            attributes: vec![attribute("exception.message", &"m".repeat(9_000))],
            ..Event::default()
        },
    ];
    let (length, document) = converted(&request);
    assert!(length < MAX_DOCUMENT_BYTES, "{length} bytes");
    let marked = |text: &str| format!("{}...[truncated]", text.repeat(250));
    assert_eq!(document["metadata"]["default"]["long"], marked("é"));
    assert_eq!(document["cause"]["exceptions"][0]["message"], marked("m"));
    assert_eq!(document["metadata"]["otel"]["events_left_out"], 1);
    assert_eq!(document["annotations"]["short"], "s");
}

#[test]
fn more_than_fifty_attributes_are_kept_as_metadata() {
    let mut request = request(&["a"]);
    let span = &mut request.resource_spans[0].scope_spans[0].spans[0];
    span.attributes = (0..60).map(|n| attribute(&format!("k{n}"), "v")).collect();
    let (_, document) = converted(&request);
    assert_eq!(document["annotations"].as_object().unwrap().len(), 50);
    assert_eq!(
        document["metadata"]["default"].as_object().unwrap().len(),
        10
    );
    assert_eq!(document["metadata"]["default"]["k59"], "v");
}

#[test]
fn a_resource_that_is_too_large_does_not_multiply() {
    let mut request = request(&["a", "b"]);
    let spans = &mut request.resource_spans[0];
    for span in &mut spans.scope_spans[0].spans {
        span.parent_span_id = Vec::new();
    }
    let resource = spans.resource.get_or_insert_default();
    resource.attributes = vec![attribute("service.name", &"s".repeat(100_000))];
    resource
        .attributes
        .extend((0..1_000).map(|n| attribute(&format!("k{n}"), "some value")));
    let (length, document) = converted(&request);
    assert!(length < 2_000, "{length} bytes");
    assert_eq!(
        document["metadata"]["default"]["otel.resource_left_out"],
        1_001
    );
    assert_eq!(document["name"], "s".repeat(200));

    let resource = request.resource_spans[0].resource.get_or_insert_default();
    resource.attributes = vec![attribute("cloud.account.id", &"1".repeat(20_000))];
    let (length, document) = converted(&request);
    assert!(length < 2_000, "{length} bytes");
    assert_eq!(document.get("aws"), None);
    let cut = format!("{}...[truncated]", "1".repeat(250));
    assert_eq!(
        document["metadata"]["default"]["otel.resource.cloud.account.id"],
        cut
    );
}
