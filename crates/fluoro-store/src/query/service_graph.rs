//! Who calls whom, how often, how fast and how well.

use std::ops::ControlFlow;

use fluoro_wire::TraceId;
use serde::Serialize;

use super::{HistogramEntry, SummaryStatistics, graph_builder::GraphBuilder, links::Links};
use crate::{StoreError, TimeRange, Traces, filter::Filter};

/// Services and the calls between them.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceGraph {
    /// The start of what was asked for.
    pub start_time: f64,
    /// The end of what was asked for.
    pub end_time: f64,
    /// The services, in the order of their reference ids.
    pub services: Vec<Service>,
    /// A group has changed within the time; always false, groups are applied as they are now.
    pub contains_old_group_versions: bool,
}

/// One node of the graph.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service {
    /// Its number in this graph.
    pub reference_id: usize,
    /// Its name.
    pub name: String,
    /// All its names.
    pub names: Vec<String>,
    /// Requests enter here; only said of those where it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<bool>,
    /// Its account, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// `AWS::EC2::Instance`, `remote`, `client` and the like, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", rename = "Type")]
    pub kind: Option<String>,
    /// `active` if it sends segments, `unknown` if it is only known from its callers.
    pub state: &'static str,
    /// When it was first seen.
    pub start_time: f64,
    /// When it was last seen.
    pub end_time: f64,
    /// Whom it calls.
    pub edges: Vec<Edge>,
    /// How its requests ended; none for clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_statistics: Option<SummaryStatistics>,
    /// How long its requests took until everything was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duration_histogram: Vec<HistogramEntry>,
    /// How long its requests took to be answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_time_histogram: Vec<HistogramEntry>,
}

/// One kind of call.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Edge {
    /// The number of the called service.
    pub reference_id: usize,
    /// When the first call began.
    pub start_time: f64,
    /// When the last call ended.
    pub end_time: f64,
    /// How the calls ended, as the caller saw it.
    pub summary_statistics: SummaryStatistics,
    /// How long the calls took, as the caller saw it.
    pub response_time_histogram: Vec<HistogramEntry>,
    /// Other names that the caller uses for the service.
    pub aliases: Vec<Alias>,
    /// `link` for messages that start a trace of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_type: Option<&'static str>,
    /// How long messages waited; only for links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub received_event_age_histogram: Vec<HistogramEntry>,
}

/// Another name of a called service.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The names.
    pub names: Vec<String>,
    /// The service's type, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", rename = "Type")]
    pub kind: Option<String>,
}

/// The graph of the traces that a filter selects in a time range.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn service_graph(
    store: &dyn Traces,
    range: TimeRange,
    filter: &Filter,
) -> Result<ServiceGraph, StoreError> {
    let mut builder = GraphBuilder::default();
    let mut links = Links::default();
    store.search(range, None, &filter.needs(), &mut |trace| {
        if let Some(trace) = trace.filter(|trace| filter.matches(trace)) {
            links.collect(trace);
            builder.add(trace);
        }
        ControlFlow::Continue(())
    })?;
    links.connect(store, &mut builder)?;
    Ok(ServiceGraph {
        start_time: range.start,
        end_time: range.end,
        services: builder.services(),
        contains_old_group_versions: false,
    })
}

/// The graph of some traces, each taken once; unknown ones add nothing. Its times are those of
/// the traces.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn trace_graph(store: &dyn Traces, traces: &[TraceId]) -> Result<ServiceGraph, StoreError> {
    let mut builder = GraphBuilder::default();
    let mut links = Links::default();
    for (place, &id) in traces.iter().enumerate() {
        if traces[..place].contains(&id) {
            continue;
        }
        if let Some(trace) = store.trace(id)? {
            links.collect(&trace);
            builder.add(&trace);
        }
    }
    links.connect(store, &mut builder)?;
    let services = builder.services();
    let starts = services.iter().map(|service| service.start_time);
    let ends = services.iter().map(|service| service.end_time);
    Ok(ServiceGraph {
        start_time: starts.reduce(f64::min).unwrap_or_default(),
        end_time: ends.reduce(f64::max).unwrap_or_default(),
        services,
        contains_old_group_versions: false,
    })
}
