//! Counts of answers and how long they took.

use serde::Serialize;

use crate::{facts::EntityFacts, topology::seconds_between};

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

impl SummaryStatistics {
    /// Counts a request that has ended, once: a fault before anything else, an error before ok.
    pub(super) fn add(&mut self, entity: &EntityFacts) {
        let Some(response_time) = entity.response_time() else {
            return;
        };
        self.total_count += 1;
        self.total_response_time += response_time;
        match Outcome::of(entity) {
            Outcome::Fault => {
                self.fault_statistics.other_count += 1;
                self.fault_statistics.total_count += 1;
            }
            Outcome::Throttle => {
                self.error_statistics.throttle_count += 1;
                self.error_statistics.total_count += 1;
            }
            Outcome::Error => {
                self.error_statistics.other_count += 1;
                self.error_statistics.total_count += 1;
            }
            Outcome::Ok => self.ok_count += 1,
        }
    }

    /// The same without the noise of adding many times.
    pub(super) fn rounded(&self) -> Self {
        Self {
            total_response_time: seconds_between(0.0, self.total_response_time),
            ..*self
        }
    }
}

/// How a request ended, the worst that can be said of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Ok,
    Error,
    Throttle,
    Fault,
}

impl Outcome {
    /// How the request of an entity ended.
    pub(super) fn of(entity: &EntityFacts) -> Self {
        if entity.fault {
            Self::Fault
        } else if entity.throttle {
            Self::Throttle
        } else if entity.error {
            Self::Error
        } else {
            Self::Ok
        }
    }
}
