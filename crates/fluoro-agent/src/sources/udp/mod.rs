//! X-Ray datagrams over UDP: one segment document each, behind a header line.
//!
//! A thread of its own takes up to 64 datagrams with one system call and hands their documents to
//! the intake. Between calls it lets datagrams gather for up to 5 ms, so that applications need not
//! wake it with each. While the intake's queue is full it waits, and what arrives meanwhile stays
//! in the socket's buffer, which is made large. What does not fit there is dropped by the kernel;
//! its count is asked for every second.

mod kernel_drops;
mod quiet_log;
#[cfg(target_os = "linux")]
mod receive_many;
#[cfg(any(test, not(target_os = "linux")))]
mod receive_one;
mod socket;
mod source;

pub use source::UdpSource;

/// Whether a call may have left datagrams in the socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum More {
    Perhaps,
    No,
}
