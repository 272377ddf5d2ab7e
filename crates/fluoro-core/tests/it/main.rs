//! The engine from the outside, as a Rust program and as a binding use it.

mod documents;
mod emission;
mod polling;
mod recorder;
mod support;
mod udp;
