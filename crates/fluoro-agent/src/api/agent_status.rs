//! `GET /api/agent`: what the agent knows about itself.

use std::net::SocketAddr;

use axum::extract::State;
use fluoro_store::{Source, Statistics};
use serde_json::{Value, json};

use super::{
    answer::{Answer, json},
    state::Api,
};
use crate::metrics::{SourceLabel, source_name};

/// A port that the agent listens on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listener {
    /// `udp`, `tcp`, `web`, `otlp-http` or `otlp-grpc`.
    pub name: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    /// What for.
    pub purpose: &'static str,
}

/// Version, uptime, ports, counters, losses, store and sinks.
pub(super) async fn get(State(api): State<Api>) -> Answer {
    let statistics = api.queries.ask(|store| Ok(store.statistics()?)).await?;
    json(&json!({
        "Version": env!("CARGO_PKG_VERSION"),
        "StartedAt": api.started_at,
        "UptimeSeconds": api.started.elapsed().as_secs_f64(),
        "Listeners": listeners(&api),
        "Sources": sources(&api),
        "Lost": losses(&api),
        "Store": store(&statistics),
        "Sinks": (api.sinks)(),
    }))
}

fn listeners(api: &Api) -> Vec<Value> {
    let listeners = api.listeners.get().into_iter().flatten();
    let listener = |listener: &Listener| {
        json!({
            "Name": listener.name,
            "Address": listener.address.to_string(),
            "Purpose": listener.purpose,
        })
    };
    listeners.map(listener).collect()
}

fn sources(api: &Api) -> Vec<Value> {
    let metrics = &api.metrics;
    let sources = [Source::Udp, Source::Api, Source::Otlp, Source::Import];
    let source = |source| {
        let label = SourceLabel {
            source: source_name(source),
        };
        json!({
            "Name": label.source,
            "Received": metrics.received.get_or_create(&label).get(),
            "Kept": metrics.kept.get_or_create(&label).get(),
            "Rejected": metrics.rejected_of(source),
        })
    };
    sources.into_iter().map(source).collect()
}

fn losses(api: &Api) -> Vec<Value> {
    let losses = api.metrics.losses().into_iter();
    losses
        .map(|(reason, count)| json!({"Reason": reason, "Count": count}))
        .collect()
}

fn store(statistics: &Statistics) -> Value {
    json!({
        "Bytes": statistics.bytes,
        "Buckets": statistics.buckets,
        "Documents": statistics.documents,
        "Traces": statistics.traces,
        "Rejected": statistics.rejected,
        "Oldest": statistics.oldest,
        "Expired": statistics.expired,
    })
}
