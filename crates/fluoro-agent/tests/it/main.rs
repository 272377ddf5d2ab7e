//! The agent's parts as their users meet them: over sockets.

mod config;
mod sources_memory_store;
mod sources_udp;
