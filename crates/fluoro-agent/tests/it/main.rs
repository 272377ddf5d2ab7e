//! The agent's parts as their users meet them: over sockets.

mod api;
mod api_agent;
mod api_live;
mod api_sampling;
mod api_security;
mod api_support;
mod aws_proxy;
mod config;
mod otlp_round_trip;
mod sinks_backend;
mod sinks_otlp;
mod sinks_outage;
mod sinks_rig;
mod sinks_store;
mod sinks_xray;
mod sources_memory_store;
mod sources_udp;
