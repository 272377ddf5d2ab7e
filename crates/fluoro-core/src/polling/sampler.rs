//! The sampler that services use by default.

use std::sync::Arc;

use fluoro_sampling::{
    CentralSampler, Decision, EpochSeconds, Explanation, LocalSampler, SamplingRequest,
};

use super::{Connector, Poller, PollerHost};
use crate::{clock, random};

/// Decides by centralized rules, which it keeps up to date itself, and by local ones while there
/// are none.
///
/// The first decision starts the [`Poller`]; creating a sampler starts nothing.
pub struct PolledSampler {
    sampler: CentralSampler,
    poller: Arc<Poller>,
}

impl PolledSampler {
    /// A sampler that talks to the service through `connector` and falls back to `local`.
    pub fn new(
        local: Arc<LocalSampler>,
        connector: Arc<Connector>,
        host: Arc<dyn PollerHost>,
    ) -> Self {
        let poller = Poller::new(Arc::default(), connector, host);
        Self::with_poller(local, Arc::new(poller))
    }

    /// A sampler over the rules that `poller` keeps up to date.
    pub fn with_poller(local: Arc<LocalSampler>, poller: Arc<Poller>) -> Self {
        let sampler = CentralSampler::new(poller.cache().clone(), local);
        Self { sampler, poller }
    }

    /// Decides about `request`, now.
    pub fn decide(&self, request: &SamplingRequest<'_>) -> Decision {
        self.poller.start();
        self.decide_by_known_rules(request)
    }

    /// Decides about `request`, now, without starting the poller.
    pub fn decide_by_known_rules(&self, request: &SamplingRequest<'_>) -> Decision {
        self.sampler.decide(request, now(), random::next_f64())
    }

    /// Tells which rule would decide about `request`, without starting or counting anything.
    pub fn explain(&self, request: &SamplingRequest<'_>) -> Explanation {
        self.sampler.explain(request, now())
    }

    /// The poller.
    pub fn poller(&self) -> &Arc<Poller> {
        &self.poller
    }

    /// The sampler that decides while no centralized rule applies.
    pub fn local(&self) -> &Arc<LocalSampler> {
        self.sampler.local()
    }
}

fn now() -> EpochSeconds {
    EpochSeconds::containing(clock::now())
}
