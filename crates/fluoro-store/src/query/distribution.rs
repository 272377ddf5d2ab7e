//! How latencies and outcomes are spread: the plots above the list of traces.

use std::{ops::ControlFlow, time::Instant};

use serde::Serialize;

use super::{HistogramEntry, histogram::Histogram, statistics::Outcome};
use crate::{
    StoreError, TimeRange, Traces,
    filter::Filter,
    topology::{self, seconds_between},
};

/// How latencies and outcomes are spread.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Distribution {
    /// Durations of traces, in ascending order.
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
    store: &dyn Traces,
    range: TimeRange,
    filter: &Filter,
    deadline: Instant,
) -> Result<Distribution, StoreError> {
    let mut durations = Histogram::default();
    let mut slices = Slices::new(range);
    let mut distribution = Distribution {
        is_complete: true,
        ..Distribution::default()
    };
    store.search(range, None, &filter.needs(), &mut |trace| {
        let is_time_to_look = distribution
            .traces_processed_count
            .is_multiple_of(LOOKS_AT_CLOCK_EVERY);
        if is_time_to_look && Instant::now() >= deadline {
            distribution.is_complete = false;
            return ControlFlow::Break(());
        }
        distribution.traces_processed_count += 1;
        if let Some(trace) = trace.filter(|trace| filter.matches(trace))
            && let Some((start, end)) = trace.facts.span()
        {
            durations.add(seconds_between(start, end));
            let root = topology::root(&trace.facts.entities);
            let root = root.map(|place| &trace.facts.entities[place]);
            slices.add(start, root.map_or(Outcome::Ok, Outcome::of));
        }
        ControlFlow::Continue(())
    })?;
    distribution.durations = durations.entries();
    distribution.times = slices.slices;
    Ok(distribution)
}

/// A scan looks at the clock after this many traces.
const LOOKS_AT_CLOCK_EVERY: u64 = 256;

/// Most slices of a range.
const MAX_SLICES: f64 = 120.0;

/// Lengths of a slice, in seconds.
const LENGTHS: [f64; 17] = [
    0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0,
    7_200.0, 21_600.0, 86_400.0,
];

/// Slices of equal length; a trace outside counts for the first or the last.
struct Slices {
    length: f64,
    slices: Vec<TimeSlice>,
}

impl Slices {
    fn new(range: TimeRange) -> Self {
        let span = (range.end - range.start).clamp(0.0, f64::MAX);
        let fits = |length: &f64| span / length <= MAX_SLICES - 1.0;
        let length = LENGTHS
            .into_iter()
            .find(fits)
            .unwrap_or(span / (MAX_SLICES - 1.0));
        let first = (range.start / length).floor() * length;
        let count = ((range.end - first) / length).ceil().clamp(1.0, MAX_SLICES) as usize;
        let slices = (0..count).map(|index| TimeSlice {
            time: first + index as f64 * length,
            ..TimeSlice::default()
        });
        Self {
            length,
            slices: slices.collect(),
        }
    }

    fn add(&mut self, start: f64, outcome: Outcome) {
        let index = ((start - self.slices[0].time) / self.length).max(0.0) as usize;
        let last = self.slices.len() - 1;
        let slice = &mut self.slices[index.min(last)];
        match outcome {
            Outcome::Ok => slice.ok_count += 1,
            Outcome::Error => slice.error_count += 1,
            Outcome::Throttle => slice.throttle_count += 1,
            Outcome::Fault => slice.fault_count += 1,
        }
    }
}
