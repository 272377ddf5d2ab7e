//! The X-Ray API: what is kept, what is refused, and how it is said.

use reqwest::Method;
use serde_json::{Value, json};

use crate::api_support::{Running, answer, segment};

async fn counter(agent: &Running, line: &str) -> f64 {
    let text = agent.get("/metrics").await.text().await.unwrap();
    let found = text.lines().find_map(|each| each.strip_prefix(line));
    found.map_or(0.0, |value| value.trim().parse().unwrap())
}

#[tokio::test]
async fn documents_are_kept_and_counted_and_wrong_ones_get_awss_codes() {
    let agent = Running::start().await;
    let documents = [segment(1), "[]".to_owned(), segment(2), "{".to_owned()];
    let unprocessed = agent.put(&documents).await;
    let unprocessed = unprocessed["UnprocessedTraceSegments"].as_array().unwrap();
    assert_eq!(unprocessed.len(), 2, "{unprocessed:?}");
    for refused in unprocessed {
        assert!(refused["ErrorCode"].is_string(), "{refused}");
        assert!(refused["Message"].as_str().unwrap().len() > 10, "{refused}");
    }
    let kept = counter(&agent, "fluoro_documents_kept_total{source=\"api\"}").await;
    assert_eq!(kept, 2.0);
    let status = agent.get_json("/api/agent").await;
    assert_eq!(status["Store"]["Documents"], 2, "{status}");
    let source = &status["Sources"][1];
    assert_eq!(
        *source,
        json!({"Name": "api", "Received": 4, "Kept": 2, "Rejected": 2})
    );
    let rejected = agent.get_json("/api/rejected?limit=1").await;
    assert_eq!(rejected["Total"], 2);
    assert_eq!(rejected["Rejected"][0]["Document"], "{");
    assert_eq!(rejected["Rejected"][0]["Source"], "api");
    let number = rejected["Rejected"][0]["Number"].as_i64().unwrap();
    let older = agent
        .get_json(&format!("/api/rejected?before={number}"))
        .await;
    assert_eq!(older["Rejected"][0]["Document"], "[]");
}

#[tokio::test]
async fn both_ports_take_segments_and_answers_have_an_id() {
    let agent = Running::start().await;
    let body = json!({"TraceSegmentDocuments": [segment(1)]}).to_string();
    for request in [
        agent.web(Method::POST, "/TraceSegments"),
        // As SDKs send it: without a type.
        agent.tcp(Method::POST, "/TraceSegments"),
    ] {
        let response = request.body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-amzn-requestid"].len(), 36);
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    assert_eq!(
        counter(&agent, "fluoro_documents_kept_total{source=\"api\"}").await,
        2.0
    );
}

#[tokio::test]
async fn wrong_requests_are_told_what_is_wrong() {
    let agent = Running::start().await;
    let many: Vec<_> = (0..51).map(segment).collect();
    for (path, body, kind, part) in [
        (
            "/TraceSegments",
            json!({"TraceSegmentDocuments": many}),
            "InvalidRequestException",
            "maximum segment count: 50",
        ),
        (
            "/TraceSegments",
            json!({}),
            "InvalidRequestException",
            "TraceSegmentDocuments",
        ),
        (
            "/TraceSegments",
            json!({"TraceSegmentDocuments": [{}]}),
            "InvalidRequestException",
            "column",
        ),
        (
            "/TraceSegments",
            json!([["{}"]]),
            "InvalidRequestException",
            "a list, not an object",
        ),
        (
            "/CreateGroup",
            json!({"GroupName": "own", "FilterExpression": "group.name = \"own\""}),
            "InvalidRequestException",
            "leads back to itself",
        ),
        (
            "/Traces",
            json!({"TraceIds": ["1", "2", "3", "4", "5", "6"]}),
            "InvalidRequestException",
            "maximum query size: 5",
        ),
        (
            "/Traces",
            json!({"TraceIds": ["1-zz"]}),
            "InvalidRequestException",
            "1-zz",
        ),
        (
            "/TraceSummaries",
            json!({"StartTime": 1}),
            "InvalidRequestException",
            "EndTime",
        ),
        (
            "/TraceSummaries",
            json!({"StartTime": 2, "EndTime": 1}),
            "InvalidRequestException",
            "before StartTime",
        ),
        (
            "/PutResourcePolicy",
            json!({}),
            "InvalidRequestException",
            "PutResourcePolicy is not available here",
        ),
    ] {
        let request = agent.web(Method::POST, path).json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400, "{path} {body}");
        assert_eq!(response.headers()["x-amzn-errortype"], kind);
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["__type"], kind);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
    let (status, error) = agent.call("/Nonsense", json!({})).await;
    assert_eq!(
        (status, &error["__type"]),
        (404, &json!("UnknownOperationException"))
    );
    let (status, _) = answer(agent.tcp(Method::GET, "/GetSamplingRules")).await;
    assert_eq!(status, 405);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let agent = Running::start().await;
    let request = agent.web(Method::POST, "/GetSamplingRules");
    let (status, error) = answer(request.body(vec![b' '; (1 << 20) + 1])).await;
    assert_eq!(status, 413, "{error}");
    assert!(error["message"].as_str().unwrap().contains("1048576 bytes"));
    // Within the limit of segments.
    let filler = "x".repeat(60_000);
    let document = segment(1).replace(
        "{",
        &format!("{{\"metadata\":{{\"a\":{{\"b\":\"{filler}\"}}}},"),
    );
    let unprocessed = agent.put(&vec![document; 50]).await;
    assert_eq!(unprocessed, json!({"UnprocessedTraceSegments": []}));
}

#[tokio::test]
async fn health_readiness_and_counters_are_there() {
    let agent = Running::start().await;
    assert_eq!(agent.get_json("/health").await, json!({"status": "ok"}));
    assert_eq!(agent.get_json("/ready").await, json!({"status": "ready"}));
    let metrics = agent.get("/metrics").await;
    assert!(
        metrics.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    agent.put(&[segment(1)]).await;
    let label = "fluoro_http_requests_total{operation=\"PutTraceSegments\",status=\"200\"}";
    assert_eq!(counter(&agent, label).await, 1.0);
    assert_eq!(counter(&agent, "fluoro_commit_seconds_count").await, 1.0);
    assert!(counter(&agent, "fluoro_store_bytes").await > 0.0);
}

#[tokio::test]
async fn an_exported_trace_can_be_imported() {
    let agent = Running::start().await;
    let segments: Vec<_> = (0..1_200)
        .map(|number| json!({"Id": "ignored", "Document": segment(number)}))
        .chain([
            json!({"Document": "[]"}),
            json!({"Document": segment(1_201).replacen('{', r#"{"inferred":true,"#, 1)}),
        ])
        .collect();
    let (status, answer) = agent
        .call(
            "/api/import",
            json!({"Traces": [{"Id": "x", "Segments": segments}]}),
        )
        .await;
    assert_eq!(
        (status, &answer["Imported"]),
        (200, &json!(1_200)),
        "{answer}"
    );
    assert_eq!(answer["Rejected"].as_array().unwrap().len(), 1);
    let kept = counter(&agent, "fluoro_documents_kept_total{source=\"import\"}").await;
    assert_eq!(kept, 1_200.0);
}

#[tokio::test]
async fn completions_and_distribution_are_answered() {
    let agent = Running::start().await;
    let annotated = |number, tenant: &str| {
        segment(number).replacen(
            '{',
            &format!("{{\"annotations\":{{\"tenant\":\"{tenant}\"}},"),
            1,
        )
    };
    agent
        .put(&[
            annotated(1, "blue"),
            annotated(2, "blue"),
            annotated(3, "red"),
        ])
        .await;
    for (query, expected) in [
        ("kind=service&prefix=CHECK", json!(["checkout"])),
        ("kind=annotation&prefix=t", json!(["tenant"])),
        ("kind=annotation-value&key=tenant", json!(["blue", "red"])),
        ("kind=user", json!([])),
    ] {
        let answer = agent.get_json(&format!("/api/completions?{query}")).await;
        assert_eq!(answer, json!({"Values": expected}), "{query}");
    }
    for query in ["", "kind=nonsense", "kind=annotation-value"] {
        let response = agent.get(&format!("/api/completions?{query}")).await;
        assert_eq!(response.status(), 400, "{query}");
    }
    let now = fluoro_agent::clock::now();
    let asked = json!({
        "StartTime": now - 60.0, "EndTime": now + 1.0, "TimeRangeType": "Event",
        "FilterExpression": "annotation.tenant = \"blue\"",
    });
    let (status, answer) = agent.call("/api/distribution", asked).await;
    assert_eq!(
        (status, &answer["IsComplete"]),
        (200, &json!(true)),
        "{answer}"
    );
    let total = |list: &str, count: &str| -> i64 {
        let entries = answer[list].as_array().unwrap().iter();
        entries.map(|entry| entry[count].as_i64().unwrap()).sum()
    };
    assert_eq!(
        (total("Durations", "Count"), total("Times", "OkCount")),
        (2, 2)
    );
}
