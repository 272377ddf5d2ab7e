//! Takes one datagram with one system call, where there is nothing better.

use std::{io, net::UdpSocket};

use super::More;

/// The buffer for a datagram, used again and again.
pub(super) struct Receiver {
    buffer: Vec<u8>,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self {
            buffer: vec![0; 1 << 16],
        }
    }

    /// Waits for a datagram as the socket is set to. There may be more.
    pub(super) fn receive(
        &mut self,
        socket: &UdpSocket,
        mut visit: impl FnMut(&[u8]),
    ) -> io::Result<More> {
        let length = socket.recv(&mut self.buffer)?;
        visit(&self.buffer[..length]);
        Ok(More::Perhaps)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::sources::udp::socket;

    #[test]
    fn the_largest_and_the_empty_datagram_come_whole_and_patience_ends() {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let socket = socket::bind(loopback).unwrap();
        let sender = UdpSocket::bind(loopback).unwrap();
        sender.connect(socket.local_addr().unwrap()).unwrap();
        let mut receiver = Receiver::new();
        for length in [65_507, 0, 3] {
            sender.send(&vec![b'x'; length]).unwrap();
            let mut lengths = Vec::new();
            receiver
                .receive(&socket, |bytes| lengths.push(bytes.len()))
                .unwrap();
            assert_eq!(lengths, [length]);
        }
        let nothing = receiver.receive(&socket, |_| panic!("nothing was sent"));
        assert_eq!(nothing.unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
}
