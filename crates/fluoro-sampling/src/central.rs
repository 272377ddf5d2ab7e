//! Decisions by the rules of the X-Ray service.

use std::sync::Arc;

use crate::{
    Decision, EpochSeconds, LocalSampler, RequestField, RuleCache, RuleName, SamplingRequest,
};

/// Decides by centralized rules, and by local ones while no centralized rule applies.
#[derive(Debug, Default)]
pub struct CentralSampler {
    cache: Arc<RuleCache>,
    local: Arc<LocalSampler>,
}

impl CentralSampler {
    /// A sampler over `cache` that falls back to `local`.
    pub fn new(cache: Arc<RuleCache>, local: Arc<LocalSampler>) -> Self {
        Self { cache, local }
    }

    /// The centralized rules.
    pub fn cache(&self) -> &Arc<RuleCache> {
        &self.cache
    }

    /// The sampler that decides while no centralized rule applies.
    pub fn local(&self) -> &Arc<LocalSampler> {
        &self.local
    }

    /// Decides about `request`; `random` is in `[0, 1)`.
    pub fn decide(
        &self,
        request: &SamplingRequest<'_>,
        now: EpochSeconds,
        random: f64,
    ) -> Decision {
        match self.cache.matched_rule(request, now) {
            Some(rule) => rule.decide(now, random),
            None => self.local.decide(request, now, random),
        }
    }

    /// Tells which rule would decide about `request`, without counting anything.
    pub fn explain(&self, request: &SamplingRequest<'_>, now: EpochSeconds) -> Explanation {
        let rules = self.cache.rules();
        let mut passed_over = Vec::new();
        if self.cache.is_fresh(now) {
            for rule in rules.iter() {
                match rule.definition().mismatch(request) {
                    Some(field) if !rule.name().is_default() => {
                        passed_over.push(PassedOver {
                            rule: rule.name().clone(),
                            field,
                        });
                    }
                    _ => {
                        return Explanation::Central {
                            rule: rule.name().clone(),
                            rate: rule.rate(),
                            passed_over,
                        };
                    }
                }
            }
        }
        let (place, rate) = self.local.explain(request);
        let reason = match (rules.is_empty(), self.cache.is_fresh(now)) {
            (true, _) => "no centralized rules were fetched yet",
            (false, false) => "the centralized rules expired",
            (false, true) => "no centralized rule applies",
        };
        Explanation::Local {
            rule: place.to_string(),
            rate,
            reason,
            passed_over,
        }
    }
}

/// Which rule decides about a request, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Explanation {
    /// A centralized rule decides.
    Central {
        /// Its name.
        rule: RuleName,
        /// The rate in force.
        rate: f64,
        /// Rules tried before it.
        passed_over: Vec<PassedOver>,
    },
    /// A local rule decides.
    Local {
        /// Its place in the local rules, for example `rule 2 ("moves")` or `default`.
        rule: String,
        /// Its rate.
        rate: f64,
        /// Why no centralized rule does.
        reason: &'static str,
        /// Centralized rules that did not apply.
        passed_over: Vec<PassedOver>,
    },
}

/// A centralized rule that did not apply to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The rule.
    pub rule: RuleName,
    /// The first property of the request that its pattern did not accept.
    pub field: RequestField,
}
