//! Fetches centralized sampling rules and reports statistics, through the X-Ray daemon.
//!
//! ```text
//! PolledSampler ── decides by ──▶ RuleCache ◀── fills ── Poller ── talks through ── Connector
//!                                                         │                            │
//!                                                    Schedule (when)           SamplingService (HTTP)
//! ```
//!
//! Nothing starts before the first decision. That starts one thread, which belongs to the process:
//! a forked child starts its own with a client id of its own, and gives up the counters and quotas
//! it inherited. While the service cannot be reached, counters are kept, calls back off
//! exponentially, and one log line says so; another one tells when it is back.
//!
//! The HTTP client here is the engine's own, so no instrumentation ever sees these calls.

mod calls;
mod connector;
mod host;
mod http;
mod http_service;
mod outage;
mod poller;
mod sampler;
mod schedule;
mod service;
mod signal;

pub use calls::{Report, RuleStatistics, fetch_rules, report, restore_statistics, take_statistics};
pub use connector::Connector;
pub use host::{LogLevel, PollerHost, Silent};
pub use http::{HttpClient, HttpError};
pub use http_service::HttpSamplingService;
pub use poller::Poller;
pub use sampler::PolledSampler;
pub use service::{SamplingService, ServiceError};
