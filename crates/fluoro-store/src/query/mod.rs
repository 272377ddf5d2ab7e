//! Answers about the traces of a store, in the shapes of the X-Ray API.
//!
//! | question | function |
//! |---|---|
//! | which traces are there | [`summaries`], [`summary`] |
//! | what happened in a trace | [`whole_trace`] |
//! | who calls whom | [`service_graph`], [`trace_graph`] |
//! | how did it change | [`time_series`] |
//! | how is the latency spread | [`distribution`] |
//! | which words may I use | [`completions`] |
//!
//! Every answer is serialised with AWS's names; times are seconds since the epoch.

mod completions;
mod distribution;
mod graph_builder;
mod histogram;
mod links;
mod names;
mod service_graph;
mod service_id;
mod statistics;
mod summaries;
mod summary;
mod time_series;
mod whole_trace;

pub use crate::topology::{RootCause, RootCauseEntity, RootCauseException, RootCauseService};
pub use completions::{Completion, completions};
pub use distribution::{Distribution, TimeSlice, distribution};
pub use service_graph::{Alias, Edge, Service, ServiceGraph, service_graph, trace_graph};
pub use service_id::ServiceId;
pub use statistics::{ErrorStatistics, FaultStatistics, HistogramEntry, SummaryStatistics};
pub use summaries::{SummariesError, SummaryPage, SummaryQuery, summaries};
pub use summary::{
    AnnotationValue, AnnotationWithServices, Http, Id, Named, ResourceArn, TraceSummary, TraceUser,
    summary,
};
pub use time_series::{TimeSeriesEntry, TimeSeriesQuery, time_series};
pub use whole_trace::{WholeSegment, WholeTrace, assemble, whole_trace};
