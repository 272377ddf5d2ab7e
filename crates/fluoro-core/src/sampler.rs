//! Who decides which requests are recorded.

use fluoro_sampling::{Decision, EpochSeconds, LocalSampler, SamplingRequest};

use crate::polling::PolledSampler;
use crate::{clock, random};

/// Decides which requests are recorded.
pub trait Sampler: Send + Sync {
    /// Decides about a request.
    fn decide(&self, request: &SamplingRequest<'_>) -> Decision;
}

/// Records every request.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlwaysSampled;

impl Sampler for AlwaysSampled {
    fn decide(&self, _request: &SamplingRequest<'_>) -> Decision {
        Decision::Sampled { rule: None }
    }
}

impl Sampler for LocalSampler {
    fn decide(&self, request: &SamplingRequest<'_>) -> Decision {
        LocalSampler::decide(
            self,
            request,
            EpochSeconds::containing(clock::now()),
            random::next_f64(),
        )
    }
}

impl Sampler for PolledSampler {
    fn decide(&self, request: &SamplingRequest<'_>) -> Decision {
        PolledSampler::decide(self, request)
    }
}
