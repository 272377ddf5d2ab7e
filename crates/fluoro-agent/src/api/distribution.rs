//! `POST /api/distribution`: how latencies and outcomes are spread over all selected traces.

use std::time::Instant;

use axum::{body::Body, extract::State};
use fluoro_store::{TimeRangeKind, query::distribution};
use http::HeaderMap;
use serde::Deserialize;

use super::{
    answer::{Answer, json},
    body,
    state::Api,
    window::{ANSWERS_WITHIN, Window, filter},
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    #[serde(flatten)]
    window: Window,
    filter_expression: Option<String>,
}

/// As much as can be looked at in a few seconds, newest first.
pub(super) async fn get(State(api): State<Api>, headers: HeaderMap, body: Body) -> Answer {
    let body = body::read(&headers, body, body::SMALL).await?;
    let asked: Asked = body::parse(&body)?;
    let range = asked.window.range(TimeRangeKind::TraceId)?;
    let filter = filter(&api, asked.filter_expression.as_deref())?;
    let answer = api.queries.ask(move |store| {
        let deadline = Instant::now() + ANSWERS_WITHIN;
        json(&distribution(store, range, &filter, deadline)?)
    });
    answer.await
}
