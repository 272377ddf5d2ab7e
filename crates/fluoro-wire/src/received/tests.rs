use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn read(text: &str) -> ReceivedEntity<'_> {
    ReceivedEntity::read(text.as_bytes()).unwrap()
}

#[test]
fn everything_that_is_read_comes_from_its_place() {
    let document = read(
        r#"{"name":"shop","id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793",
        "parent_id":"00000000000000ff","start_time":1.478293361271E9,"end_time":1478293362,
        "type":"subsegment","namespace":"remote","fault":true,"error":true,"throttle":true,
        "origin":"AWS::EC2::Instance","resource_arn":"arn","user":"ann",
        "http":{"request":{"url":"http://a/b","method":"GET","user_agent":"curl","client_ip":"::1","traced":true},
                "response":{"status":404,"content_length":"12"}},
        "aws":{"account_id":123456789012,"operation":"Query","ec2":{"instance_id":"i-1","availability_zone":"z"},
               "table_names":["orders","x"],"retries":0},
        "sql":{"sanitized_query":"select","database_type":"PostgreSQL"},
        "annotations":{"tier":"gold","n":2,"ok":true,"list":[1],"nothing":null},
        "cause":{"paths":[],"exceptions":[{"id":"1","type":"E","message":"m","remote":true,"stack":[{"line":1}]}]},
        "links":[{"trace_id":"t","attributes":{}}],
        "subsegments":[{"name":"db","id":"0000000000000001","start_time":1.5,"in_progress":true}]}"#,
    );
    assert_eq!(document.name, Field::Value(Cow::Borrowed("shop")));
    assert!(matches!(document.name, Field::Value(Cow::Borrowed(_))));
    assert_eq!(document.id.value().unwrap().0, 0x5399_5c3f_42cd_8ad8);
    assert_eq!(document.parent_id.value().unwrap().0, 255);
    assert_eq!(
        document.trace_id.value().unwrap().to_string(),
        "1-5759e988-bd862e3fe1be46a994272793"
    );
    assert_eq!(document.start_time, Field::Value(1_478_293_361.271));
    assert_eq!(document.end_time, Field::Value(1_478_293_362.0));
    assert!(document.is_streamed_subsegment());
    assert!(document.fault && document.error && document.throttle && document.traced);
    assert_eq!(document.namespace.as_deref(), Some("remote"));
    assert_eq!(document.origin.as_deref(), Some("AWS::EC2::Instance"));
    assert_eq!(document.user.as_deref(), Some("ann"));
    assert_eq!(document.http.url.as_deref(), Some("http://a/b"));
    assert_eq!(document.http.status, Some(404.0));
    assert_eq!(document.aws.account_id.as_deref(), Some("123456789012"));
    assert_eq!(document.aws.instance_id.as_deref(), Some("i-1"));
    assert_eq!(document.aws.availability_zone.as_deref(), Some("z"));
    assert_eq!(document.aws.resource_name.as_deref(), Some("orders"));
    assert_eq!(document.database_type.as_deref(), Some("PostgreSQL"));
    assert_eq!(
        document.annotations,
        [
            (
                Cow::Borrowed("tier"),
                ReceivedAnnotation::String("gold".into())
            ),
            (Cow::Borrowed("n"), ReceivedAnnotation::Number(2.0)),
            (Cow::Borrowed("ok"), ReceivedAnnotation::Boolean(true)),
        ]
    );
    assert_eq!(document.exceptions[0].kind.as_deref(), Some("E"));
    assert!(document.exceptions[0].remote);
    assert_eq!(document.links[0].trace_id.as_deref(), Some("t"));
    assert!(document.subsegments[0].in_progress);
}

#[test]
fn a_field_of_another_type_spoils_only_itself() {
    for odd in [
        "5",
        "\"x\"",
        "true",
        "null",
        "[[1],{}]",
        r#"{"a":{"b":[1]}}"#,
    ] {
        for key in [
            "http",
            "aws",
            "sql",
            "annotations",
            "cause",
            "links",
            "subsegments",
            "user",
            "type",
            "error",
            "in_progress",
            "traced",
            "unheard_of",
            "metadata",
        ] {
            let text = format!(r#"{{"{key}":{odd},"name":"after"}}"#);
            assert_eq!(read(&text).name.value().unwrap(), "after", "{text}");
        }
    }
}

#[test]
fn wrong_values_of_required_fields_are_shown() {
    let document = read(
        r#"{"name":5,"id":"zz","trace_id":"5759e988bd862e3fe1be46a994272793",
            "start_time":"soon","end_time":{"a":1}}"#,
    );
    assert_eq!(document.name, Field::Wrong("5".into()));
    assert_eq!(document.id, Field::Wrong("\"zz\"".into()));
    assert!(matches!(document.trace_id, Field::Wrong(_)));
    assert_eq!(document.start_time, Field::Wrong("\"soon\"".into()));
    assert_eq!(document.end_time, Field::Wrong("an object".into()));
}

#[test]
fn what_is_no_json_is_refused_and_depth_is_bounded() {
    for bytes in [&b""[..], b"{", b"{}x", b"\xff", b"{\"name\":NaN}"] {
        assert!(ReceivedEntity::read(bytes).is_err(), "{bytes:?}");
    }
    let deep = |levels: usize| {
        let text = r#"{"subsegments":["#.repeat(levels) + &"]}".repeat(levels);
        ReceivedEntity::read(text.as_bytes()).is_ok()
    };
    assert!(deep(500));
    assert!(!deep(5_000));
    let metadata = format!(
        r#"{{"metadata":{}{}}}"#,
        "[".repeat(60_000),
        "]".repeat(60_000)
    );
    assert!(ReceivedEntity::read(metadata.as_bytes()).is_ok());
}

#[test]
fn escapes_are_resolved_in_keys_and_values_and_the_last_duplicate_wins() {
    let document = read(r#"{"na\u006de":"first","name":"a\"b\u00e9"}"#);
    assert_eq!(document.name.value().unwrap(), "a\"bé");
}

fn any_json() -> impl Strategy<Value = Json> {
    const KEYS: [&str; 14] = [
        "id",
        "name",
        "start_time",
        "http",
        "request",
        "response",
        "status",
        "aws",
        "cause",
        "exceptions",
        "annotations",
        "subsegments",
        "links",
        "url",
    ];
    let key = proptest::sample::select(&KEYS[..]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::vec((key.clone(), inner), 0..6).prop_map(|entries| {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                Json::Object(entries.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_json_is_read(json in any_json()) {
        let text = json.to_string();
        let document = ReceivedEntity::read(text.as_bytes()).unwrap();
        let name = json.get("name").and_then(Json::as_str);
        prop_assert_eq!(document.name.value().map(|name| &**name), name);
        let url = json.pointer("/http/request/url").and_then(Json::as_str);
        if url.is_some() {
            prop_assert_eq!(document.http.url.as_deref(), url);
        }
        let subsegments = json.get("subsegments").and_then(Json::as_array);
        prop_assert_eq!(document.subsegments.len(), subsegments.map_or(0, Vec::len));
    }

    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ReceivedEntity::read(&bytes);
    }
}
