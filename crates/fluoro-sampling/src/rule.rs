//! One centralized sampling rule.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::request::accepts;
use crate::{
    Decision, EpochSeconds, RequestField, Reservoir, ReservoirDecision, RuleName, SamplingRequest,
    Statistics,
};

/// What the service says about a rule.
///
/// Patterns are those of [`wildcard_match`](crate::wildcard_match). A pattern that is `None`
/// matches only requests in which that property is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDefinition {
    /// The unique name.
    pub name: RuleName,
    /// Rules with a lower number are tried first.
    pub priority: i64,
    /// The part of the requests beyond the reservoir to record, from 0 to 1.
    pub rate: f64,
    /// Requests to record each second in the whole account; 0 means that nothing may be borrowed.
    pub reservoir_size: i64,
    /// Pattern of the `Host` header.
    pub host: Option<Box<str>>,
    /// Pattern of the HTTP method.
    pub method: Option<Box<str>>,
    /// Pattern of the URL path.
    pub path: Option<Box<str>>,
    /// Pattern of the service name.
    pub service: Option<Box<str>>,
    /// Pattern of the service type.
    pub service_type: Option<Box<str>>,
}

impl RuleDefinition {
    /// The first property of `request` that keeps the rule from applying, if any.
    pub fn mismatch(&self, request: &SamplingRequest<'_>) -> Option<RequestField> {
        [
            (RequestField::Host, &self.host, request.host),
            (RequestField::Method, &self.method, request.method),
            (RequestField::Path, &self.path, request.path),
            (RequestField::Service, &self.service, request.service),
            (
                RequestField::ServiceType,
                &self.service_type,
                request.service_type,
            ),
        ]
        .into_iter()
        .find(|(_, pattern, value)| !accepts(pattern.as_deref(), *value))
        .map(|(field, ..)| field)
    }
}

/// A rule in use: its definition, its reservoir and its counters.
///
/// All methods may be called from any thread.
#[derive(Debug)]
pub struct Rule {
    definition: RuleDefinition,
    /// The bits of an `f64`; the service adjusts the rate with every target.
    rate: AtomicU64,
    state: Mutex<State>,
}

/// Shared with the rule this one replaced, so that requests still holding that one count here.
#[derive(Clone, Debug, Default)]
struct State {
    reservoir: Reservoir,
    statistics: Arc<Mutex<Statistics>>,
}

impl Rule {
    /// A rule that has seen no request yet.
    pub fn new(definition: RuleDefinition) -> Self {
        Self {
            rate: AtomicU64::new(definition.rate.to_bits()),
            definition,
            state: Mutex::default(),
        }
    }

    /// What the service said when the rule was fetched.
    pub fn definition(&self) -> &RuleDefinition {
        &self.definition
    }

    /// The rule's name.
    pub fn name(&self) -> &RuleName {
        &self.definition.name
    }

    /// True when the rule applies to `request`.
    pub fn matches(&self, request: &SamplingRequest<'_>) -> bool {
        self.definition.mismatch(request).is_none()
    }

    /// True when one request a second may be recorded while no quota is known.
    pub fn can_borrow(&self) -> bool {
        self.definition.reservoir_size != 0
    }

    /// The part of the requests beyond the reservoir that is recorded.
    pub fn rate(&self) -> f64 {
        f64::from_bits(self.rate.load(Ordering::Relaxed))
    }

    /// Changes the rate.
    pub fn set_rate(&self, rate: f64) {
        self.rate.store(rate.to_bits(), Ordering::Relaxed);
    }

    /// A handle on the reservoir.
    pub fn reservoir(&self) -> Reservoir {
        self.state.lock().reservoir.clone()
    }

    /// Replaces the reservoir.
    pub fn set_reservoir(&self, reservoir: Reservoir) {
        self.state.lock().reservoir = reservoir;
    }

    /// Counts a request and decides about it; `random` is in `[0, 1)`.
    pub fn decide(&self, now: EpochSeconds, random: f64) -> Decision {
        let State {
            reservoir,
            statistics,
        } = self.state.lock().clone();
        let answer = reservoir.borrow_or_take(now, self.can_borrow());
        let mut statistics = statistics.lock();
        statistics.request_count += 1;
        match answer {
            ReservoirDecision::Borrow => statistics.borrow_count += 1,
            ReservoirDecision::Take => statistics.sampled_count += 1,
            _ if random < self.rate() => statistics.sampled_count += 1,
            _ => return Decision::NotSampled,
        }
        Decision::Sampled {
            rule: Some(self.name().clone()),
        }
    }

    /// The counters since the last report.
    pub fn statistics(&self) -> Statistics {
        *self.state.lock().statistics.lock()
    }

    /// Adds to the counters, for example those of a report that did not arrive.
    pub fn add_statistics(&self, statistics: Statistics) {
        *self.state.lock().statistics.lock() += statistics;
    }

    /// Takes the counters for a report and starts them at zero.
    pub fn take_statistics(&self) -> Statistics {
        std::mem::take(&mut *self.state.lock().statistics.lock())
    }

    /// Puts back what [`take_statistics`](Self::take_statistics) took for a report that did not
    /// arrive, and makes the next poll report again.
    pub fn restore_statistics(&self, statistics: Statistics) {
        self.add_statistics(statistics);
        self.reservoir().report_again();
    }

    /// Goes on with the counters and the reservoir of the rule that this one replaces.
    ///
    /// Both rules share them from now on: a request that still holds the old rule decides and
    /// counts as if it held this one.
    pub fn merge(&self, replaced: &Rule) {
        let state = replaced.state.lock().clone();
        *self.state.lock() = state;
    }

    /// Gives up counters and quota, which belong to the process this one was forked from.
    pub fn reset(&self) {
        *self.state.lock().statistics.lock() = Statistics::default();
        self.reservoir().forget_quota();
    }
}
