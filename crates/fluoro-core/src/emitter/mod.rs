//! Emitters take finished documents away from the process.

mod udp;

pub use udp::{Connecting, Opened, SendError, Statistics, UdpEmitter};

/// Takes datagrams away.
pub trait Emitter: Send + Sync {
    /// Hands over one datagram, header included. It never blocks.
    ///
    /// # Errors
    /// [`SendError`] when the datagram was dropped; the emitter has counted it.
    fn send(&self, datagram: &[u8]) -> Result<(), SendError>;
}
