//! How many datagrams the kernel dropped because a socket's buffer was full.
//!
//! Linux tells it in `/proc/net/udp` and `/proc/net/udp6`, one line per socket: the inode is the
//! tenth word, the count the last one. Control messages (`SO_RXQ_OVFL`) tell it, too, but only with
//! the next datagram that does fit, which may never come.

use std::{fs, io, net::UdpSocket};

/// Follows the count of one socket.
#[derive(Debug)]
pub(super) struct KernelDrops {
    table: &'static str,
    inode: String,
    seen: u32,
}

impl KernelDrops {
    /// None where the system does not tell.
    #[cfg(target_os = "linux")]
    pub(super) fn of(socket: &UdpSocket) -> Option<Self> {
        use std::os::fd::AsRawFd;

        let link = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok()?;
        let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
        let drops = Self {
            table: match socket.local_addr().ok()?.is_ipv6() {
                true => "/proc/net/udp6",
                false => "/proc/net/udp",
            },
            inode: inode.to_owned(),
            // What was dropped since the socket was made counts, too.
            seen: 0,
        };
        drops.total().ok()?;
        Some(drops)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn of(_socket: &UdpSocket) -> Option<Self> {
        None
    }

    /// How many were dropped since the last call; at the first one, since the socket was made.
    pub(super) fn new_ones(&mut self) -> io::Result<u32> {
        let drops = self.total()?;
        // The kernel's counter starts again after 2³².
        Ok(drops.wrapping_sub(std::mem::replace(&mut self.seen, drops)))
    }

    fn total(&self) -> io::Result<u32> {
        let table = fs::read_to_string(self.table)?;
        drops_of(&table, &self.inode)
            .ok_or_else(|| io::Error::other(format!("{} lacks the socket", self.table)))
    }
}

fn drops_of(table: &str, inode: &str) -> Option<u32> {
    let mut rows = table.lines().skip(1).map(str::split_whitespace);
    let mut row = rows.find(|row| row.clone().nth(9) == Some(inode))?;
    row.nth(12)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  271: 0100007F:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0
  300: 0100007F:14E9 00000000:0000 07 00000000:0003A200 00:00000000 00000000  1000        0 815 2 0000000000000000 4294967290
";

    #[test]
    fn the_last_word_of_the_socket_s_line_counts() {
        assert_eq!(drops_of(TABLE, "4711"), Some(0));
        assert_eq!(drops_of(TABLE, "815"), Some(4_294_967_290));
        assert_eq!(drops_of(TABLE, "2"), None);
        assert_eq!(drops_of("", "2"), None);
    }
    #[cfg(target_os = "linux")]
    #[test]
    fn drops_before_the_first_look_count_too() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(socket.local_addr().unwrap()).unwrap();
        for _ in 0..2_000 {
            sender.send(&[b'x'; 1_000]).unwrap();
        }
        let mut drops = KernelDrops::of(&socket).expect("Linux tells");
        let dropped = drops.new_ones().unwrap();
        socket.set_nonblocking(true).unwrap();
        let kept = (0..).take_while(|_| socket.recv(&mut [0]).is_ok()).count();
        assert!(dropped > 0, "all fitted");
        assert_eq!(kept + dropped as usize, 2_000);
        assert_eq!(drops.new_ones().unwrap(), 0);
    }
}
