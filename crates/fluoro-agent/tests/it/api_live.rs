//! The live feed.

use reqwest::Response;
use serde_json::Value;

use crate::api_support::{Running, SOON, segment};

struct Feed {
    response: Response,
    text: String,
}

impl Feed {
    async fn open(agent: &Running, query: &str) -> Self {
        let response = agent.get(&format!("/api/live{query}")).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        Self {
            response,
            text: String::new(),
        }
    }

    /// The next event's name and data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines.find_map(|line| line.strip_prefix(name).map(str::to_owned))
                };
                if let (Some(name), Some(data)) = (field("event: "), field("data: ")) {
                    return (name, serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let chunk = tokio::time::timeout(SOON, self.response.chunk()).await;
            let chunk = chunk.expect("an event in time").unwrap();
            let chunk = chunk.expect("the feed goes on");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn a_trace_is_told_once_for_several_documents_and_as_summaries_have_it() {
    let agent = Running::start().await;
    let mut feed = Feed::open(&agent, "").await;
    let document = segment(7);
    agent.put(&[document.clone(), document.clone()]).await;
    let (name, summary) = feed.next().await;
    let id = serde_json::from_str::<Value>(&document).unwrap()["trace_id"].clone();
    assert_eq!((name.as_str(), &summary["Id"]), ("trace", &id));
    let now = fluoro_agent::clock::now();
    let (_, page) = agent
        .call(
            "/TraceSummaries",
            serde_json::json!({"StartTime": now - 60.0, "EndTime": now + 1.0}),
        )
        .await;
    assert_eq!(summary, page["TraceSummaries"][0]);
    agent.put(&[segment(8)]).await;
    let (_, summary) = feed.next().await;
    assert!(summary["Id"].as_str().unwrap().ends_with("8"), "{summary}");
}

#[tokio::test]
async fn a_filter_selects_and_a_wrong_one_is_told_with_its_place() {
    let agent = Running::start().await;
    let mut feed = Feed::open(&agent, "?filter=fault").await;
    agent.put(&[segment(1)]).await;
    agent
        .put(&[segment(2).replacen('{', "{\"fault\":true,", 1)])
        .await;
    let (_, summary) = feed.next().await;
    assert!(summary["Id"].as_str().unwrap().ends_with("2"), "{summary}");
    let response = agent.get("/api/live?filter=duration+%3E+slow").await;
    assert_eq!(response.status(), 400);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["position"], 11, "{error}");
}

#[tokio::test]
async fn more_than_anybody_can_look_at_is_counted_not_told() {
    let agent = Running::start().await;
    let mut feed = Feed::open(&agent, "").await;
    let segments: Vec<_> = (0..1_000)
        .map(|number| serde_json::json!({"Document": segment(number)}))
        .collect();
    agent
        .call(
            "/api/import",
            serde_json::json!({"Traces": [{"Segments": segments}]}),
        )
        .await;
    let (mut told, mut skipped) = (0, 0);
    while told + skipped < 1_000 {
        match feed.next().await {
            (name, _) if name == "trace" => told += 1,
            (name, data) if name == "skipped" => skipped += data["Count"].as_i64().unwrap(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told + skipped, 1_000);
    assert!(skipped > 0 && told >= 100, "{told} {skipped}");
}
