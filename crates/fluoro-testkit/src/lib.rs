//! What Fluoro's tests, examples and demo share: doubles for the outside world, and tools that
//! make documents comparable and readable.
//!
//! | you need | see |
//! |---|---|
//! | something to send documents to | [`FakeDaemon`] |
//! | something to ask for sampling rules | [`SamplingService`] |
//! | a clock that moves when told | [`FakeClock`] |
//! | documents without random ids and times | [`normalise()`] |
//! | documents of one request put together | [`Trace`] |
//! | a trace as text | [`render`] |
//!
//! The binary `fluoro-trace-printer` listens like a daemon and prints every trace as a tree.

mod fake_clock;
mod fake_daemon;
mod normalise;
mod sampling_service;
mod trace;
mod trace_collector;
pub mod traffic;
mod tree;

pub use fake_clock::FakeClock;
pub use fake_daemon::{Datagram, FakeDaemon, NotReceived};
pub use normalise::normalise;
pub use sampling_service::{Answer, Call, SamplingService};
pub use trace::{Node, Trace, assemble};
pub use trace_collector::TraceCollector;
pub use tree::{Style, render};
