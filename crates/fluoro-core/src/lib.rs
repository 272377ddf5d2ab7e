//! The engine of Fluoro: records requests as segments and sends them to an X-Ray daemon.
//!
//! ```text
//! request ─▶ recorder ─▶ tree of nodes ─▶ streaming, splitting ─▶ document ─▶ datagram
//!            sampler      segment           emission                encode      emitter
//!            context      tree, details     streaming
//! ```
//!
//! Rust programs start at [`recorder::Recorder`]. Bindings for other languages bring their own
//! [`host::Host`] and use the parts below it.

pub mod active;
pub mod clock;
pub mod context;
pub mod details;
pub mod emission;
pub mod emitter;
pub mod encode;
pub mod fork;
pub mod host;
pub mod polling;
pub mod random;
pub mod recorder;
pub mod request;
pub mod sampler;
pub mod segment;
pub mod streaming;
pub mod tree;
mod value;

pub use value::{Native, Value};
