//! Tests of the sampling rules from outside the crate.

mod central;
mod conformance;
mod exchange;
mod local;
mod rule_cache;
mod rules;
mod wildcard;
