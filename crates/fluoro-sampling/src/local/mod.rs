//! Decisions by rules that the application brings itself.

mod error;
mod manifest;
mod reservoir;
mod rule;
mod sampler;

pub use error::{ManifestError, RulePlace};
pub use manifest::{Manifest, ManifestVersion};
pub use reservoir::LocalReservoir;
pub use rule::LocalRule;
pub use sampler::LocalSampler;
