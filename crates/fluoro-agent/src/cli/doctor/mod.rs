//! `fluoro doctor`: what is configured, from where, and what is reachable.

mod agent;
mod aws;
mod finding;
mod ports;
mod run;
mod settings;
mod sinks;
mod store;

pub(super) use run::run;
