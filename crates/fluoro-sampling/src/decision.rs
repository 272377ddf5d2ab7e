//! The outcome of a sampling decision.

use crate::RuleName;

/// Whether a request is recorded, and which centralized rule said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The request is recorded.
    Sampled {
        /// The centralized rule that decided; `None` when a local rule did.
        rule: Option<RuleName>,
    },
    /// The request is not recorded.
    NotSampled,
}

impl Decision {
    /// True when the request is recorded.
    pub fn is_sampled(&self) -> bool {
        matches!(self, Self::Sampled { .. })
    }
}
