//! How latencies and outcomes are spread: the plots above the list of traces.

use std::time::Instant;

use serde::Serialize;

use super::HistogramEntry;
use crate::{Store, StoreError, TimeRange, filter::Filter};

/// How latencies and outcomes are spread.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Distribution {
    /// Response times, in ascending order.
    pub durations: Vec<HistogramEntry>,
    /// Outcomes over time, oldest first.
    pub times: Vec<TimeSlice>,
    /// How many traces were looked at.
    pub traces_processed_count: u64,
    /// Whether that were all; otherwise the time was up and the oldest are missing.
    pub is_complete: bool,
}

/// Outcomes within a slice of time.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeSlice {
    /// When it began.
    pub time: f64,
    /// Traces without error and fault.
    pub ok_count: u64,
    /// Traces with an error.
    pub error_count: u64,
    /// Traces with a fault.
    pub fault_count: u64,
    /// Traces that were throttled.
    pub throttle_count: u64,
}

/// Spreads the traces that a filter selects over latency and time, as far as it gets until
/// `deadline`.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn distribution(
    _store: &dyn Store,
    _range: TimeRange,
    _filter: &Filter,
    _deadline: Instant,
) -> Result<Distribution, StoreError> {
    todo!()
}
