//! What Fluoro's tests, examples and demo share: doubles for the outside world, and tools that
//! make documents comparable and readable.
//!
//! | you need | see |
//! |---|---|
//! | something to send documents to | [`FakeDaemon`] |
//! | something to ask for sampling rules | [`SamplingService`] |
//! | a clock that moves when told | [`FakeClock`] |
//! | documents without random ids and times | [`normalise()`] |

mod fake_clock;
mod fake_daemon;
mod normalise;
mod sampling_service;
pub mod traffic;

pub use fake_clock::FakeClock;
pub use fake_daemon::{Datagram, FakeDaemon, NotReceived};
pub use normalise::normalise;
pub use sampling_service::{Answer, Call, SamplingService};
