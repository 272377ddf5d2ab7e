//! Summaries as the agent answers them, and how to ask for them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{AgentClient, ClientError},
    clock,
};

/// Seconds that clocks of services may be ahead of this one.
const AHEAD: f64 = 60.0;

/// What is shown of a trace in a list.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Summary {
    pub(super) id: String,
    pub(super) start_time: f64,
    pub(super) duration: f64,
    pub(super) has_fault: bool,
    pub(super) has_error: bool,
    pub(super) has_throttle: bool,
    pub(super) is_partial: bool,
    pub(super) http: Http,
    pub(super) service_ids: Vec<Service>,
    pub(super) entry_point: Option<Service>,
}

/// The request that the trace began with.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Http {
    #[serde(rename = "HttpURL")]
    pub(super) url: Option<String>,
    #[serde(rename = "HttpStatus")]
    pub(super) status: Option<u16>,
    #[serde(rename = "HttpMethod")]
    pub(super) method: Option<String>,
}

/// A service that took part.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Service {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    trace_summaries: Vec<Value>,
    #[serde(default)]
    next_token: Option<String>,
}

/// Up to `limit` summaries of the last seconds, newest first, as they came.
pub(super) async fn newest(
    client: &AgentClient,
    expression: &str,
    seconds: u64,
    limit: usize,
) -> Result<Vec<Value>, ClientError> {
    let now = clock::now();
    let mut question = json!({
        "StartTime": now - seconds as f64,
        "EndTime": now + AHEAD,
        "TimeRangeType": "Event",
    });
    if !expression.is_empty() {
        question["FilterExpression"] = expression.into();
    }
    let mut summaries = Vec::new();
    while summaries.len() < limit {
        let page: Page = client.post("/TraceSummaries", &question).await?;
        summaries.extend(page.trace_summaries);
        match page.next_token {
            Some(token) => question["NextToken"] = token.into(),
            None => break,
        }
    }
    summaries.truncate(limit);
    Ok(summaries)
}
