//! Statistics of services or calls over time.

use std::{collections::BTreeMap, ops::ControlFlow};

use serde::Serialize;

use super::{HistogramEntry, SummaryStatistics, histogram::Histogram};
use crate::{
    StoreError, TimeRange, Traces,
    facts::EntityFacts,
    filter::{EntitySelector, Filter},
    topology::Topology,
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

/// One entry for each period in which something happened, oldest first. A call or request counts
/// for the period in which it began.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn time_series(
    store: &dyn Traces,
    query: &TimeSeriesQuery<'_>,
) -> Result<Vec<TimeSeriesEntry>, StoreError> {
    let every_call = EntitySelector::all_calls();
    let selector = query.selector.unwrap_or(&every_call);
    let mut periods = Periods {
        range: query.range,
        length: f64::from(query.period.max(1)),
        counts: BTreeMap::new(),
    };
    store.search(query.range, None, &query.filter.needs(), &mut |trace| {
        if let Some(trace) = trace.filter(|trace| query.filter.matches(trace)) {
            let topology = Topology::new(&trace.facts.entities);
            for entity in selected(&topology, selector) {
                periods.add(entity);
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(periods.entries(selector.selects_calls()))
}

/// The entities that tell about what is selected.
fn selected<'a>(topology: &Topology<'a>, selector: &EntitySelector) -> Vec<&'a EntityFacts> {
    if selector.selects_calls() {
        let calls = topology.calls().filter(|call| {
            let callee = topology.node(call.callee);
            selector.selects_call(&topology.caller_node(call), &callee)
        });
        return calls.map(|call| topology.observed(&call)).collect();
    }
    let services = topology.services();
    let services = services.filter(|&place| selector.selects_service(&topology.node(place)));
    services.map(|place| topology.entity(place)).collect()
}

/// Statistics by period.
struct Periods {
    range: TimeRange,
    length: f64,
    counts: BTreeMap<i64, (SummaryStatistics, Histogram)>,
}

impl Periods {
    fn add(&mut self, entity: &EntityFacts) {
        let is_within = (self.range.start..self.range.end).contains(&entity.start_time);
        let Some(response_time) = entity.response_time().filter(|_| is_within) else {
            return;
        };
        let period = (entity.start_time / self.length).floor() as i64;
        let (statistics, histogram) = self.counts.entry(period).or_default();
        statistics.add(entity);
        histogram.add(response_time);
    }

    fn entries(&self, are_calls: bool) -> Vec<TimeSeriesEntry> {
        let counts = self.counts.iter();
        counts
            .map(|(&period, (statistics, histogram))| TimeSeriesEntry {
                timestamp: period as f64 * self.length,
                edge_summary_statistics: are_calls.then(|| statistics.rounded()),
                service_summary_statistics: (!are_calls).then(|| statistics.rounded()),
                response_time_histogram: histogram.entries(),
            })
            .collect()
    }
}
