use serde_json::{Value, json};

use super::*;
use RejectionCode as Code;

fn segment() -> Value {
    json!({
        "name": "shop", "id": "53995c3f42cd8ad8", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "start_time": 1.0, "end_time": 2.0,
    })
}

fn check(document: &Value) -> Result<TraceId, Rejection> {
    let bytes = document.to_string().into_bytes();
    ReceivedEntity::read_checked(&bytes)?.check()
}

/// The segment with other values; `null` takes a field away.
fn with(changes: Value) -> Value {
    let mut document = segment();
    for (key, value) in changes.as_object().unwrap() {
        document[key] = value.clone();
    }
    document
}

fn rejection(changes: Value) -> (Code, String) {
    let document = with(changes);
    let rejection = check(&document).expect_err(&document.to_string());
    (rejection.code, rejection.message)
}

#[test]
fn each_mistake_has_its_code() {
    let cases = [
        (json!({"id": null}), Code::MissingId),
        (json!({"id": "53995c3f42cd8ad"}), Code::InvalidId),
        (json!({"id": 5}), Code::InvalidId),
        (json!({"trace_id": null}), Code::MissingTraceId),
        (json!({"trace_id": "1-5759e988-bd86"}), Code::InvalidTraceId),
        (
            json!({"trace_id": "5759e988bd862e3fe1be46a994272793"}),
            Code::InvalidTraceId,
        ),
        (json!({"name": null}), Code::MissingName),
        (json!({"name": ""}), Code::InvalidName),
        (json!({"name": "what?"}), Code::InvalidName),
        (json!({"name": "new\nline"}), Code::InvalidName),
        (json!({"name": "\u{85}"}), Code::InvalidName),
        (json!({"name": "é".repeat(201)}), Code::InvalidName),
        (json!({"start_time": null}), Code::MissingStartTime),
        (json!({"start_time": "1.0"}), Code::InvalidStartTime),
        (json!({"start_time": -1}), Code::InvalidStartTime),
        (
            json!({"start_time": 1_478_293_361_271_i64}),
            Code::InvalidStartTime,
        ),
        (json!({"end_time": null}), Code::MissingEndTime),
        (json!({"end_time": true}), Code::InvalidEndTime),
        (json!({"in_progress": true}), Code::InvalidEndTime),
        (json!({"parent_id": "x"}), Code::InvalidParentId),
        (json!({"type": "subsegment"}), Code::MissingParentId),
        (
            json!({"metadata": {"big": "x".repeat(65_536)}}),
            Code::DocumentTooLarge,
        ),
    ];
    for (changes, code) in cases {
        assert_eq!(rejection(changes.clone()).0, code, "{changes}");
    }
}

#[test]
fn what_the_service_takes_is_taken() {
    for changes in [
        json!({}),
        json!({"end_time": null, "in_progress": true}),
        json!({"in_progress": false}),
        json!({"end_time": 0.5}),
        json!({"trace_id": "1-00000001-bd862e3fe1be46a994272793"}),
        json!({"trace_id": "1-ffffffff-BD862E3FE1BE46A994272793"}),
        json!({"name": "Straße 注文 a_b.c:d/e%f&g#h=i+j-k@l\\m"}),
        json!({"name": "é".repeat(200)}),
        json!({"namespace": "local", "type": "subsegment", "parent_id": "00000000000000ff"}),
        json!({"parent_id": "00000000000000ff"}),
        json!({"unheard_of": {"a": 1}, "http": "odd", "annotations": {"a.b": [1]}}),
        json!({"http": {"response": {"content_length": "12"}}}),
    ] {
        assert_eq!(check(&with(changes.clone())).err(), None, "{changes}");
    }
}

#[test]
fn a_nested_mistake_is_found_with_its_place() {
    let good = json!({"name": "a", "id": "0000000000000001", "start_time": 1, "end_time": 2});
    let mut bad = good.clone();
    bad["name"] = "a?b".into();
    let mut middle = good.clone();
    middle["subsegments"] = json!([bad]);
    let (code, message) = rejection(json!({"subsegments": [good, middle]}));
    assert_eq!(code, Code::InvalidName);
    assert_eq!(
        message,
        "/subsegments/1/subsegments/0/name is \"a?b\", which has '?'; it must be 1 to 200 letters, \
         digits, spaces or _ . : / % & # = + - @ \\"
    );
    assert_eq!(rejection(json!({"subsegments": [5]})).0, Code::MissingId);
}

#[test]
fn messages_name_value_place_and_what_is_allowed() {
    assert_eq!(
        rejection(json!({"id": "zz"})).1,
        "/id is \"zz\"; it must be 16 hex digits"
    );
    assert_eq!(
        rejection(json!({"start_time": "soon"})).1,
        "/start_time is \"soon\"; it must be a number of seconds since 1970"
    );
    assert!(rejection(json!({"id": "z".repeat(1_000)})).1.len() < 200);
}

#[test]
fn bytes_that_are_no_document_are_named_as_the_service_names_them() {
    let code = |bytes: &[u8]| {
        let checked = ReceivedEntity::read_checked(bytes).and_then(|document| document.check());
        checked.unwrap_err().code
    };
    assert_eq!(code(b"{\"name\":"), Code::ParseError);
    assert_eq!(code(b"\xff\xfe"), Code::ParseError);
    assert_eq!(code(b"[]"), Code::MissingId);
    assert_eq!(code(b"{}"), Code::MissingId);
}

#[test]
fn all_codes_are_listed_once() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 14);
}

#[test]
fn the_place_of_a_mistake_far_down_is_short() {
    let mut document = json!({"name": "n", "id": "wrong", "start_time": 1, "end_time": 2});
    for _ in 1..400 {
        document = json!({"name": "n", "id": "53995c3f42cd8ad8", "start_time": 1, "end_time": 2,
            "subsegments": [document]});
    }
    let root = json!({"name": "n", "id": "53995c3f42cd8ad8", "start_time": 1, "end_time": 2,
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793", "subsegments": [document]});
    let message = check(&root).unwrap_err().message;
    let end = "/subsegments/0".repeat(10);
    assert!(
        message.starts_with(&format!("{end}/(380 more){end}/id is \"wrong\";")),
        "{message}"
    );
}
