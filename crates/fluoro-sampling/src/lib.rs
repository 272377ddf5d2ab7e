//! Sampling rules, reservoirs and decisions of AWS X-Ray.
//!
//! Everything here is pure: the clock ([`EpochSeconds`]) and the randomness (a number in `[0, 1)`)
//! are arguments, and nothing opens a socket, a file or a thread. Fetching rules and reporting
//! statistics is the business of whoever owns a [`CentralSampler`]; the documents exchanged with
//! the service are in [`exchange`].
//!
//! ```
//! use fluoro_sampling::{Decision, EpochSeconds, LocalSampler, Manifest, SamplingRequest};
//!
//! let manifest = Manifest::parse(
//!     r#"{"version": 2,
//!         "rules": [{"host": "*", "http_method": "GET", "url_path": "/health",
//!                    "fixed_target": 0, "rate": 0}],
//!         "default": {"fixed_target": 1, "rate": 0.05}}"#,
//! )?;
//! let sampler = LocalSampler::new(manifest);
//! let request = SamplingRequest { method: Some("GET"), path: Some("/health"), ..Default::default() };
//! assert_eq!(sampler.decide(&request, EpochSeconds(1_700_000_000), 0.5), Decision::NotSampled);
//! # Ok::<(), fluoro_sampling::ManifestError>(())
//! ```

mod central;
mod decision;
mod epoch_seconds;
pub mod exchange;
mod local;
mod request;
mod reservoir;
mod rule;
mod rule_cache;
mod rule_name;
mod statistics;
mod wildcard;

pub use central::{CentralSampler, Explanation, PassedOver};
pub use decision::Decision;
pub use epoch_seconds::EpochSeconds;
pub use local::{
    LocalReservoir, LocalRule, LocalSampler, Manifest, ManifestError, ManifestVersion, RulePlace,
};
pub use request::{RequestField, SamplingRequest};
pub use reservoir::{Quota, Reservoir, ReservoirDecision};
pub use rule::{Rule, RuleDefinition};
pub use rule_cache::{RuleCache, TIME_TO_LIVE_SECONDS};
pub use rule_name::RuleName;
pub use statistics::Statistics;
pub use wildcard::{Case, wildcard_match};
