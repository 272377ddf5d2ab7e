//! The engine of Fluoro: records segments and subsegments and sends them to an X-Ray daemon.

pub mod clock;
pub mod details;
pub mod emission;
pub mod emitter;
pub mod encode;
pub mod fork;
pub mod host;
pub mod polling;
pub mod random;
pub mod segment;
pub mod streaming;
pub mod tree;
mod value;

pub use value::{Native, Value};
