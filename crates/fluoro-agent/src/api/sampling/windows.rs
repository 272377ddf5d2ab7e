//! What was sampled lately: counts of each minute and rule.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::Report;

/// Seconds that are counted together.
const WINDOW_SECONDS: i64 = 60;

/// Windows that are remembered.
const WINDOWS: usize = 30;

/// What was counted for a rule in one window.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StatisticSummary {
    pub(crate) rule_name: String,
    pub(crate) timestamp: f64,
    pub(crate) request_count: u64,
    pub(crate) borrow_count: u64,
    pub(crate) sampled_count: u64,
}

/// The windows, oldest first; each starts at a full minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(VecDeque<(i64, BTreeMap<String, Counts>)>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    requests: u64,
    borrowed: u64,
    sampled: u64,
}

impl Windows {
    /// Counts a report that came at `now`.
    pub(crate) fn add(&mut self, report: &Report, now: f64) {
        let start = (now as i64).div_euclid(WINDOW_SECONDS) * WINDOW_SECONDS;
        // A clock that was set back goes on counting in the youngest window.
        if self.0.back().is_none_or(|(youngest, _)| *youngest < start) {
            self.0.push_back((start, BTreeMap::new()));
            while self.0.len() > WINDOWS {
                self.0.pop_front();
            }
        }
        let Some((_, rules)) = self.0.back_mut() else {
            return;
        };
        let counts = rules.entry(report.rule_name.clone()).or_default();
        counts.requests = counts.requests.saturating_add(report.request_count);
        counts.borrowed = counts.borrowed.saturating_add(report.borrow_count);
        counts.sampled = counts.sampled.saturating_add(report.sampled_count);
    }

    /// The counts of all windows, newest first.
    pub(crate) fn summaries(&self) -> Vec<StatisticSummary> {
        let windows = self.0.iter().rev();
        windows
            .flat_map(|(start, rules)| {
                rules.iter().map(|(name, counts)| StatisticSummary {
                    rule_name: name.clone(),
                    timestamp: *start as f64,
                    request_count: counts.requests,
                    borrow_count: counts.borrowed,
                    sampled_count: counts.sampled,
                })
            })
            .collect()
    }
}
