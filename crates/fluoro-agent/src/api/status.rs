//! Whether the agent is well: for people, for orchestrators, for Prometheus.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use prometheus_client::encoding::text::encode;
use serde_json::json;

use super::{
    answer::{Answer, ApiError, json},
    state::Api,
};

/// The process answers.
pub(super) async fn health() -> Answer {
    json(&json!({"status": "ok"}))
}

/// The store answers, and the agent is not shutting down.
pub(super) async fn ready(State(api): State<Api>) -> Answer {
    if api.stop.is_cancelled() {
        return Err(ApiError::unavailable("the agent is shutting down"));
    }
    let asked = api.queries.ask(|store| Ok(store.newest()?)).await;
    asked.map_err(|_| ApiError::unavailable("the store does not answer"))?;
    json(&json!({"status": "ready"}))
}

/// All counters, in the text format of Prometheus.
pub(super) async fn metrics(State(api): State<Api>) -> Result<Response, ApiError> {
    if let Ok(statistics) = api.queries.ask(|store| Ok(store.statistics()?)).await {
        api.metrics.store_bytes.set(statistics.bytes);
    }
    let mut text = String::new();
    encode(&mut text, &api.metrics.registry())
        .map_err(|failure| ApiError::internal(failure.to_string()))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
