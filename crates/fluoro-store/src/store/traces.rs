//! What a store knows of traces.

use std::ops::ControlFlow;

use fluoro_wire::TraceId;

use crate::{
    StoreError,
    facts::{Needs, Trace},
};

/// Which time of a trace must lie in a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeRangeKind {
    /// The time in the trace's id; its start if the id is random, as W3C ones are.
    #[default]
    TraceId,
    /// Any time between the trace's first start and last end.
    Event,
    /// The start of any segment of a service.
    Service,
}

/// A range of time, in seconds since the epoch, its end excluded.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimeRange {
    /// Which time must lie in it.
    pub kind: TimeRangeKind,
    /// The first moment.
    pub start: f64,
    /// The moment after the last.
    pub end: f64,
}

/// Answers about traces: what every [query](crate::query) asks.
pub trait Traces: Send + Sync {
    /// The documents of a trace, in the order of arrival, exactly as they came.
    fn documents(&self, trace: TraceId) -> Result<Vec<Vec<u8>>, StoreError>;

    /// The facts of one trace; none if it is not there.
    fn trace(&self, trace: TraceId) -> Result<Option<Trace>, StoreError>;

    /// Hands the traces of a time range to `visit` until it breaks: newest start first, by whole
    /// microseconds, then by id, highest first. With `latest_start`, those that start later are
    /// left out, so that a page can go on where the one before it ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when reading fails; traces seen before stay seen.
    fn scan(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        visit: &mut dyn FnMut(&Trace) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// The same as [`scan`](Self::scan), but of traces that lack what is needed `visit` may only
    /// hear that they were passed over: it gets none for each. A store that can tell this from
    /// what it has at hand saves most of the work.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when reading fails; traces seen before stay seen.
    fn search(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        needs: &Needs,
        visit: &mut dyn FnMut(Option<&Trace>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let _ = needs;
        self.scan(range, latest_start, &mut |trace| visit(Some(trace)))
    }
}
