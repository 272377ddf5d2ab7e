//! One local rule.

use std::sync::Arc;

use super::{LocalReservoir, RulePlace};
use crate::request::accepts;
use crate::{Decision, EpochSeconds, SamplingRequest};

/// A rule for requests whose host, method and path match its patterns.
#[derive(Clone, Debug)]
pub struct LocalRule {
    place: RulePlace,
    host: Option<Box<str>>,
    method: Option<Box<str>>,
    path: Option<Box<str>>,
    rate: f64,
    reservoir: Arc<LocalReservoir>,
}

impl LocalRule {
    pub(super) fn new(
        place: RulePlace,
        [host, method, path]: [Option<Box<str>>; 3],
        fixed_target: u64,
        rate: f64,
    ) -> Self {
        let reservoir = Arc::new(LocalReservoir::new(fixed_target));
        Self {
            place,
            host,
            method,
            path,
            rate,
            reservoir,
        }
    }

    /// True when the patterns accept what is known of host, method and path.
    pub fn matches(&self, request: &SamplingRequest<'_>) -> bool {
        accepts(self.host(), request.host)
            && accepts(self.method(), request.method)
            && accepts(self.path(), request.path)
    }

    /// Decides about a request of the second `now`; `random` is in `[0, 1)`.
    pub fn decide(&self, now: EpochSeconds, random: f64) -> Decision {
        if self.reservoir.take(now) || random < self.rate {
            Decision::Sampled { rule: None }
        } else {
            Decision::NotSampled
        }
    }

    /// Where the rule stands in its file.
    pub fn place(&self) -> &RulePlace {
        &self.place
    }

    /// Pattern of the host; `None` in the default rule.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Pattern of the HTTP method; `None` in the default rule.
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// Pattern of the URL path; `None` in the default rule.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The part of the requests beyond the fixed target that is recorded.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The reservoir that holds the fixed target.
    pub fn reservoir(&self) -> &Arc<LocalReservoir> {
        &self.reservoir
    }
}

impl Default for LocalRule {
    /// The default rule of an application that brings none: one request a second, and 5 %.
    fn default() -> Self {
        Self::new(RulePlace::Default, [None, None, None], 1, 0.05)
    }
}
