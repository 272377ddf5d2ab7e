//! Takes many datagrams with one system call.

use std::{
    io::{self, IoSliceMut},
    net::UdpSocket,
    os::fd::AsRawFd,
};

use nix::sys::socket::{MsgFlags, MultiHeaders, recvmmsg};

use super::More;

/// Datagrams that one call takes at most.
const DATAGRAMS: usize = 64;

/// Room for any datagram: their length has 16 bits.
const DATAGRAM_BYTES: usize = 1 << 16;

/// Buffers for the datagrams of one call, used again and again. Memory that no datagram was long
/// enough to touch is only reserved.
pub(super) struct Receiver {
    buffers: Vec<u8>,
    headers: MultiHeaders<()>,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self {
            buffers: vec![0; DATAGRAMS * DATAGRAM_BYTES],
            headers: MultiHeaders::preallocate(DATAGRAMS, None),
        }
    }

    /// Waits for a datagram as the socket is set to, then takes what else is there.
    pub(super) fn receive(
        &mut self,
        socket: &UdpSocket,
        mut visit: impl FnMut(&[u8]),
    ) -> io::Result<More> {
        let mut slices: Vec<[IoSliceMut<'_>; 1]> = self
            .buffers
            .chunks_exact_mut(DATAGRAM_BYTES)
            .map(|buffer| [IoSliceMut::new(buffer)])
            .collect();
        let datagrams = recvmmsg(
            socket.as_raw_fd(),
            &mut self.headers,
            &mut slices,
            MsgFlags::MSG_WAITFORONE,
            None,
        )?;
        let mut taken = 0;
        for datagram in datagrams {
            taken += 1;
            // A datagram has one buffer; an empty one has none that is filled.
            visit(datagram.iovs().next().unwrap_or_default());
        }
        Ok(match taken {
            DATAGRAMS => More::Perhaps,
            _ => More::No,
        })
    }
}
