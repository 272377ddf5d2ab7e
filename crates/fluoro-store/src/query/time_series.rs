//! Statistics of services or calls over time.

use serde::Serialize;

use super::{HistogramEntry, SummaryStatistics};
use crate::{
    Store, StoreError, TimeRange,
    filter::{EntitySelector, Filter},
};

/// What a time series is asked about.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimeSeriesQuery<'a> {
    /// When.
    pub range: TimeRange,
    /// Which traces.
    pub filter: &'a Filter,
    /// Which services or calls; all calls if none is given.
    pub selector: Option<&'a EntitySelector>,
    /// Seconds of one entry.
    pub period: u32,
}

/// Statistics of one period. Exactly one of the two is there.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeSeriesEntry {
    /// When the period began.
    pub timestamp: f64,
    /// How calls ended, if calls were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_summary_statistics: Option<SummaryStatistics>,
    /// How requests ended, if services were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_summary_statistics: Option<SummaryStatistics>,
    /// How long they took.
    pub response_time_histogram: Vec<HistogramEntry>,
}

/// One entry for each period in which something happened, oldest first.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn time_series(
    _store: &dyn Store,
    _query: &TimeSeriesQuery<'_>,
) -> Result<Vec<TimeSeriesEntry>, StoreError> {
    todo!()
}
