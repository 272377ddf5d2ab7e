//! `GetServiceGraph`, `GetTraceGraph` and `GetTimeSeriesServiceStatistics`.

use fluoro_store::{
    TimeRangeKind,
    filter::EntitySelector,
    query::{TimeSeriesQuery, service_graph, time_series, trace_graph},
};
use serde::Deserialize;
use serde_json::json;

use super::traces::TraceIds;
use crate::api::{
    answer::{Answer, ApiError, json},
    groups::GroupRequest,
    state::Api,
    window::{Window, group_filter},
};

/// Most traces of one graph.
const MOST_TRACES: usize = 100;

/// Most periods of one time series.
const MOST_PERIODS: f64 = 100_000.0;

#[derive(Deserialize)]
pub(super) struct GetServiceGraph {
    #[serde(flatten)]
    window: Window,
    /// AWS knows a group here; a filter expression is taken as well.
    #[serde(flatten)]
    group: GroupRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTimeSeriesServiceStatistics {
    #[serde(flatten)]
    graph: GetServiceGraph,
    entity_selector_expression: Option<String>,
    period: Option<u32>,
}

pub(super) async fn of_services(api: &Api, request: GetServiceGraph) -> Answer {
    let range = request.window.range(TimeRangeKind::Event)?;
    let filter = group_filter(api, &request.group)?;
    let answer = api
        .queries
        .ask(move |store| json(&service_graph(store, range, &filter)?));
    answer.await
}

pub(super) async fn of_traces(api: &Api, request: TraceIds) -> Answer {
    let ids = request.parse(MOST_TRACES)?;
    let answer = api.queries.ask(move |store| {
        let graph = trace_graph(store, &ids)?;
        json(&json!({"Services": graph.services}))
    });
    answer.await
}

pub(super) async fn over_time(api: &Api, request: GetTimeSeriesServiceStatistics) -> Answer {
    let range = request.graph.window.range(TimeRangeKind::Event)?;
    let filter = group_filter(api, &request.graph.group)?;
    let selector = match request.entity_selector_expression {
        Some(expression) => Some(expression.parse::<EntitySelector>()?),
        None => None,
    };
    let period = request.period.unwrap_or(60);
    if period == 0 || (range.end - range.start) / f64::from(period) > MOST_PERIODS {
        return Err(ApiError::invalid(format!(
            "Period is {period}; allowed are 1 second or more, and at most {MOST_PERIODS} periods"
        )));
    }
    let answer = api.queries.ask(move |store| {
        let query = TimeSeriesQuery {
            range,
            filter: &filter,
            selector: selector.as_ref(),
            period,
        };
        let entries = time_series(store, &query)?;
        json(&json!({
            "TimeSeriesServiceStatistics": entries,
            "ContainsOldGroupVersions": false,
        }))
    });
    answer.await
}
