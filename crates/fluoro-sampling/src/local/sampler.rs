//! Decides by local rules.

use std::sync::Arc;

use parking_lot::RwLock;

use super::{LocalRule, Manifest, RulePlace};
use crate::{Decision, EpochSeconds, SamplingRequest};

/// Decides by the first local rule that matches, else by the default rule.
#[derive(Debug, Default)]
pub struct LocalSampler(RwLock<Arc<Manifest>>);

impl LocalSampler {
    /// A sampler that follows `manifest`.
    pub fn new(manifest: Manifest) -> Self {
        Self(RwLock::new(Arc::new(manifest)))
    }

    /// Replaces the rules.
    pub fn load(&self, manifest: Manifest) {
        *self.0.write() = Arc::new(manifest);
    }

    /// Decides about `request`; `random` is in `[0, 1)`.
    pub fn decide(
        &self,
        request: &SamplingRequest<'_>,
        now: EpochSeconds,
        random: f64,
    ) -> Decision {
        self.0.read().rule_for(request).decide(now, random)
    }

    /// Decides by the default rule, about work that is no request.
    pub fn decide_by_default(&self, now: EpochSeconds, random: f64) -> Decision {
        self.0.read().default.decide(now, random)
    }

    /// The place of the rule that decides about `request`, and its rate.
    pub fn explain(&self, request: &SamplingRequest<'_>) -> (RulePlace, f64) {
        let manifest = self.0.read();
        let rule = manifest.rule_for(request);
        (rule.place().clone(), rule.rate())
    }

    /// The rules in the order in which they are tried.
    pub fn rules(&self) -> Vec<LocalRule> {
        self.0.read().rules.clone()
    }

    /// The rule for requests that match no other.
    pub fn default_rule(&self) -> LocalRule {
        self.0.read().default.clone()
    }
}

impl Manifest {
    /// The rule that decides about `request`.
    fn rule_for(&self, request: &SamplingRequest<'_>) -> &LocalRule {
        self.rules
            .iter()
            .find(|rule| rule.matches(request))
            .unwrap_or(&self.default)
    }
}
