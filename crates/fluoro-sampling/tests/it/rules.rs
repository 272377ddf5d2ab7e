//! Rules that tests decide by.

use fluoro_sampling::{EpochSeconds, RuleDefinition};

pub(crate) const NOW: EpochSeconds = EpochSeconds(1_700_000_000);
/// A random number that no rate below 1 beats.
pub(crate) const UNLUCKY: f64 = 0.999_999;

/// A rule for every request, with a reservoir and the rate 0.
pub(crate) fn definition(name: &str, priority: i64) -> RuleDefinition {
    RuleDefinition {
        name: name.into(),
        priority,
        rate: 0.0,
        reservoir_size: 1,
        host: Some("*".into()),
        method: Some("*".into()),
        path: Some("*".into()),
        service: Some("*".into()),
        service_type: Some("*".into()),
    }
}
