//! Counts of answers and how long they took.

use serde::Serialize;

/// How requests ended.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SummaryStatistics {
    /// Neither error nor fault.
    pub ok_count: u64,
    /// The caller was to blame.
    pub error_statistics: ErrorStatistics,
    /// The callee was to blame.
    pub fault_statistics: FaultStatistics,
    /// All that have ended.
    pub total_count: u64,
    /// Their response times together, in seconds.
    pub total_response_time: f64,
}

/// Requests that the caller was to blame for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ErrorStatistics {
    /// Turned away for load.
    pub throttle_count: u64,
    /// Any other reason.
    pub other_count: u64,
    /// Both.
    pub total_count: u64,
}

/// Requests that the callee was to blame for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FaultStatistics {
    /// All of them; the API knows no finer reason.
    pub other_count: u64,
    /// The same.
    pub total_count: u64,
}

/// One bar of a histogram.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistogramEntry {
    /// Seconds, rounded to two significant digits.
    pub value: f64,
    /// How many took that long.
    pub count: u64,
}
