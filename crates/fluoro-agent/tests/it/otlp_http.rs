//! OTLP over HTTP, byte by byte.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    otlp_endpoint::{Endpoint, document, gzip, request},
    sources_memory_store::Mood,
};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// `google.rpc.Status`
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

async fn post(endpoint: &Endpoint, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let client = client();
    let mut request = client.post(&endpoint.http).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

fn client() -> Client {
    // Whoever comes first installs it; nothing here is encrypted anyway.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a client")
}

async fn read(response: Response) -> (StatusCode, String, Vec<u8>) {
    let status = response.status();
    let content_type = response.headers().get("content-type");
    let content_type = content_type.map_or("", |value| value.to_str().unwrap());
    let content_type = content_type.to_owned();
    (
        status,
        content_type,
        response.bytes().await.unwrap().to_vec(),
    )
}

fn json_of(names: &[&str]) -> Vec<u8> {
    let spans: Vec<Value> = (1..)
        .zip(names)
        .map(|(id, name)| {
            json!({"traceId": "01".repeat(16), "spanId": format!("{id:016x}"),
                   "parentSpanId": "09".repeat(8), "name": name, "kind": 1,
                   "startTimeUnixNano": "1500000000", "endTimeUnixNano": 1_750_000_001_u64,
                   "unknown": {"to": ["us"]}})
        })
        .collect();
    json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
        .to_string()
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn json_may_be_as_protobuf_has_it() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let attribute = |key: &str, value: Value| json!({"key": key, "value": value});
    let span = json!({
        "traceId": "01".repeat(16), "spanId": "02".repeat(8), "parentSpanId": null, "name": "n",
        "kind": "SPAN_KIND_SERVER", "startTimeUnixNano": "1500000000", "endTimeUnixNano": 1_750_000_000,
        "events": null, "links": null, "status": {"code": "STATUS_CODE_ERROR", "message": null},
        "attributes": [
            attribute("none", json!({"doubleValue": "NaN"})),
            attribute("half", json!({"doubleValue": "0.5"})),
            attribute("empty", json!({"stringValue": null})),
        ],
    });
    let body = json!({"resourceSpans": [{"resource": null, "scopeSpans": [{"scope": null, "spans": [span]}]}]});
    let headers = [("content-type", JSON)];
    let answer = read(post(&endpoint, &headers, body.to_string().into_bytes()).await).await;
    assert_eq!(answer, (StatusCode::OK, JSON.to_owned(), b"{}".to_vec()));
    let document: Value = serde_json::from_str(&endpoint.store.documents(1)[0]).unwrap();
    assert_eq!(document["fault"], true);
    assert_eq!(document["annotations"], json!({"none": "NaN", "half": 0.5}));

    for wrong in [
        "[]",
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"X","name":null}]}]}]}"#,
    ] {
        let (status, _, message) = read(post(&endpoint, &headers, wrong.into()).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        let message: Value = serde_json::from_slice(&message).unwrap();
        assert_eq!(message["code"], 3, "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_encoding_is_taken_and_answered_in_kind() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let protobuf = request(&["a"]).encode_to_vec();
    for (content_type, encoding, body) in [
        (PROTOBUF, None, protobuf.clone()),
        (PROTOBUF, Some("gzip"), gzip(&protobuf)),
        (JSON, Some("identity"), json_of(&["a"])),
        (
            "Application/JSON; charset=utf-8",
            Some("GZIP"),
            gzip(&json_of(&["a"])),
        ),
    ] {
        let mut headers = vec![("content-type", content_type)];
        headers.extend(encoding.map(|encoding| ("content-encoding", encoding)));
        let (status, answer_type, answer) = read(post(&endpoint, &headers, body).await).await;
        assert_eq!(status, StatusCode::OK, "{headers:?}");
        if content_type == PROTOBUF {
            assert_eq!(answer_type, PROTOBUF);
            let answer = ExportTraceServiceResponse::decode(&*answer).unwrap();
            assert_eq!(answer, ExportTraceServiceResponse::default());
        } else {
            assert_eq!((answer_type.as_str(), &*answer), (JSON, &b"{}"[..]));
        }
    }
    assert_eq!(endpoint.store.documents(4), vec![document("a"); 4]);
    assert_eq!(endpoint.answered("/v1/traces", 200), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_spans_are_a_partial_success() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let names = ["a", "reject me", "b", "reject me", "reject me", "reject me"];
    let expected = "4 of 6 spans were rejected: span 1: InvalidName, the name says so; \
                    span 3: InvalidName, the name says so; span 4: InvalidName, the name says so; …";
    let body = request(&names).encode_to_vec();
    let (status, _, answer) =
        read(post(&endpoint, &[("content-type", PROTOBUF)], body).await).await;
    let partial = ExportTraceServiceResponse::decode(&*answer)
        .unwrap()
        .partial_success;
    let partial = partial.expect("a partial success");
    assert_eq!((status, partial.rejected_spans), (StatusCode::OK, 4));
    assert_eq!(partial.error_message, expected);

    let body = json_of(&names);
    let (status, _, answer) = read(post(&endpoint, &[("content-type", JSON)], body).await).await;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let partial = json!({"partialSuccess": {"rejectedSpans": "4", "errorMessage": expected}});
    assert_eq!((status, answer), (StatusCode::OK, partial));
    assert_eq!(endpoint.store.documents(4).len(), 4, "the others are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_request_are_refused_with_a_reason() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let cut = &gzip(&request(&["a"]).encode_to_vec())[..20];
    for (content_type, encoding, body, status, reason) in [
        (PROTOBUF, "identity", &b"\xff\xff"[..], 400, "in protobuf"),
        (JSON, "identity", b"{", 400, "OTLP's JSON"),
        (
            JSON,
            "identity",
            br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}"#,
            400,
            "OTLP's JSON",
        ),
        (PROTOBUF, "gzip", b"not packed", 400, "not gzip"),
        (PROTOBUF, "gzip", cut, 400, "not gzip"),
        (JSON, "br", b"{}", 415, "gzip"),
    ] {
        let headers = [
            ("content-type", content_type),
            ("content-encoding", encoding),
        ];
        let (found, answer_type, answer) =
            read(post(&endpoint, &headers, body.to_vec()).await).await;
        assert_eq!(
            (found.as_u16(), answer_type.as_str()),
            (status, content_type),
            "{body:?}"
        );
        let (code, message) = if content_type == PROTOBUF {
            let answer = Status::decode(&*answer).unwrap();
            (answer.code.into(), answer.message)
        } else {
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            (
                answer["code"].as_i64().unwrap(),
                answer["message"].as_str().unwrap().to_owned(),
            )
        };
        assert_eq!(code, 3, "INVALID_ARGUMENT");
        assert!(message.contains(reason), "{message}");
    }
    let (status, _, answer) =
        read(post(&endpoint, &[("content-type", "text/plain")], vec![]).await).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(String::from_utf8_lossy(&answer).contains("application/x-protobuf"));
    assert_eq!(endpoint.answered("/v1/traces", 400), 5);
    assert_eq!(endpoint.store.arrivals(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_are_refused_packed_or_not() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let zeros = vec![0; (16 << 20) + 1];
    for (encoding, body) in [("identity", zeros.clone()), ("gzip", gzip(&zeros))] {
        let headers = [("content-type", PROTOBUF), ("content-encoding", encoding)];
        let (status, _, answer) = read(post(&endpoint, &headers, body).await).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{encoding}");
        assert_eq!(
            Status::decode(&*answer).unwrap().code,
            8,
            "RESOURCE_EXHAUSTED"
        );
    }
    let large = "x".repeat(8 << 20);
    let body = gzip(&request(&[&large]).encode_to_vec());
    let headers = [("content-type", PROTOBUF), ("content-encoding", "gzip")];
    let (status, ..) = read(post(&endpoint, &headers, body).await).await;
    assert_eq!(status, StatusCode::OK, "half of it is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_store_asks_to_try_again() {
    let endpoint = Endpoint::start(Mood::Fails).await;
    let headers = [("content-type", JSON)];
    let response = post(&endpoint, &headers, json_of(&["a"])).await;
    assert_eq!(response.headers()["retry-after"], "1");
    let (status, _, answer) = read(response).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["code"], 14, "UNAVAILABLE");
    endpoint.store.set_mood(Mood::Keeps);
    let response = post(&endpoint, &headers, json_of(&["a"])).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(endpoint.store.documents(1), [document("a")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_before_it_is_kept_and_stopping_waits_for_it() {
    let endpoint = Endpoint::start(Mood::Waits).await;
    let headers = [("content-type", JSON)];
    let mut answer = Box::pin(post(&endpoint, &headers, json_of(&["a"])));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut answer).await;
    assert!(early.is_err(), "answered before the store was done");
    endpoint.stop.cancel();
    endpoint.store.set_mood(Mood::Keeps);
    assert_eq!(answer.await.status(), StatusCode::OK);
    for server in endpoint.servers {
        let ended = tokio::time::timeout(Duration::from_secs(10), server).await;
        ended.expect("ended in time").expect("ended well");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_signals_are_told_that_only_traces_are_received() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let url = endpoint.http.replace("traces", "metrics");
    let response = client().get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(response.text().await.unwrap().contains("/v1/traces"));
}
