//! The agent of Fluoro: receives traces, keeps them, shows them and forwards them.
//!
//! ```text
//! sources ──▶ intake ──▶ store ──▶ sinks (each reads the store behind a cursor of its own)
//! (UDP, X-Ray API, OTLP)    │        └──▶ X-Ray API, viewer
//!                           └──▶ live feed
//! ```
//! A document counts as received when it is in the store; what a sink has not sent yet stays
//! there, so an outage or a restart needs no second queue.

pub mod agent;
pub mod api;
pub mod aws;
pub mod cli;
pub mod clock;
pub mod config;
pub mod intake;
pub mod metrics;
pub mod otlp;
pub mod sinks;
pub mod sources;
