//! The agent's parts as their users meet them: over sockets.

mod api;
mod api_agent;
mod api_live;
mod api_sampling;
mod api_security;
mod api_support;
mod aws_client;
mod aws_proxy;
mod cli;
mod cli_packaging;
mod config;
mod otlp_endpoint;
mod otlp_grpc;
mod otlp_http;
mod otlp_round_trip;
mod otlp_to_segment;
mod pages;
mod sinks_backend;
mod sinks_otlp;
mod sinks_outage;
mod sinks_rig;
mod sinks_store;
mod sinks_xray;
mod sources_memory_store;
mod sources_udp;
