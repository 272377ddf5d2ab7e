//! The socket and its buffer.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};

/// How much the kernel shall keep while nobody reads: some thousand documents.
const WANTED_BUFFER_BYTES: usize = 8 << 20;

/// How long a receiving call waits before it looks whether it shall end.
const PATIENCE: Duration = Duration::from_millis(100);

/// Binds the socket, with as large a buffer as the kernel gives.
///
/// The unspecified IPv6 address takes IPv4 datagrams, too.
pub(super) fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    enlarge_buffer(&socket)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

/// What the kernel says the buffer's size is; it counts its own bookkeeping, too.
pub(super) fn buffer_bytes(socket: &UdpSocket) -> io::Result<usize> {
    socket2::SockRef::from(socket).recv_buffer_size()
}

fn enlarge_buffer(socket: &Socket) -> io::Result<()> {
    if force_buffer(socket) {
        return Ok(());
    }
    // Where the size is over a limit, some systems give the limit and others refuse.
    let mut wanted = WANTED_BUFFER_BYTES;
    while let Err(refused) = socket.set_recv_buffer_size(wanted) {
        wanted /= 2;
        if wanted < 64 << 10 {
            return Err(refused);
        }
    }
    Ok(())
}

/// Goes beyond the system's limit, which takes the right to administrate the network.
#[cfg(target_os = "linux")]
fn force_buffer(socket: &Socket) -> bool {
    use nix::sys::socket::{setsockopt, sockopt::RcvBufForce};

    setsockopt(socket, RcvBufForce, &WANTED_BUFFER_BYTES).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn force_buffer(_socket: &Socket) -> bool {
    false
}
