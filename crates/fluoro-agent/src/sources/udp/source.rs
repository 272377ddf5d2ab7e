//! The thread that reads.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use fluoro_store::{Arrival, Source};
use fluoro_wire::datagram::{self, DatagramError};
use tokio_util::sync::CancellationToken;

#[cfg(target_os = "linux")]
use super::receive_many::Receiver;
#[cfg(not(target_os = "linux"))]
use super::receive_one::Receiver;
use super::{More, kernel_drops::KernelDrops, quiet_log::QuietLog, socket};
use crate::{clock, intake::Intake, metrics::Metrics};

/// How often the kernel is asked what it dropped.
const DROPS_INTERVAL: Duration = Duration::from_secs(1);

/// How long a kind of trouble keeps quiet after a line in the log.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// How long datagrams gather at most before they are taken.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// How fast the socket's buffer may fill during a pause, the kernel's bookkeeping included. More
/// than any sender's rate: what comes while a pause ends late must fit as well.
const BUFFER_BYTES_PER_SECOND: u32 = 1_000_000_000;

/// How long what is in the socket is handed over when the agent ends; then it is only counted.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Receives X-Ray datagrams until it is told to stop.
#[derive(Debug)]
pub struct UdpSource {
    local_address: SocketAddr,
    buffer_bytes: usize,
    thread: JoinHandle<()>,
}

impl UdpSource {
    /// Binds `address` and starts the thread, which ends soon after `stop` is cancelled, with
    /// what was in the socket handed over.
    ///
    /// # Errors
    ///
    /// When the address is taken or not of this machine.
    pub fn start(
        address: SocketAddr,
        intake: Intake,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) -> io::Result<Self> {
        let socket = socket::bind(address)?;
        let local_address = socket.local_addr()?;
        let buffer_bytes = socket::buffer_bytes(&socket)?;
        let pause = pause(buffer_bytes);
        let read = move || Reader::new(socket, pause, intake, metrics).run(&stop);
        let thread = std::thread::Builder::new()
            .name("udp".to_owned())
            .spawn(read)?;
        tracing::info!(%local_address, buffer_bytes, "X-Ray datagrams are received");
        Ok(Self {
            local_address,
            buffer_bytes,
            thread,
        })
    }

    /// Where it listens; tells the port if that was left to the system.
    pub fn local_address(&self) -> SocketAddr {
        self.local_address
    }

    /// The size of the socket's buffer as the kernel counts it, its bookkeeping included.
    pub fn buffer_bytes(&self) -> usize {
        self.buffer_bytes
    }

    /// Waits until the thread has ended.
    pub fn join(self) {
        if self.thread.join().is_err() {
            tracing::error!("the thread that receives datagrams ended unexpectedly");
        }
    }
}

/// What one call took from the socket.
struct Received {
    arrivals: Vec<Arrival>,
    bytes: usize,
    more: More,
}

struct Reader {
    socket: UdpSocket,
    receiver: Receiver,
    pause: Duration,
    drops: Option<KernelDrops>,
    log: QuietLog,
    intake: Intake,
    metrics: Arc<Metrics>,
}

impl Reader {
    fn new(socket: UdpSocket, pause: Duration, intake: Intake, metrics: Arc<Metrics>) -> Self {
        Self {
            drops: KernelDrops::of(&socket),
            receiver: Receiver::new(),
            pause,
            log: QuietLog::new(LOG_INTERVAL),
            socket,
            intake,
            metrics,
        }
    }

    fn run(mut self, stop: &CancellationToken) {
        let mut drops_asked = Instant::now();
        while !stop.is_cancelled() {
            if let Err(failure) = self.read()
                && !is_harmless(&failure)
            {
                tracing::error!("receiving datagrams failed: {failure}");
                // Trouble that lasts must not keep a core busy.
                std::thread::sleep(DROPS_INTERVAL);
            }
            if drops_asked.elapsed() >= DROPS_INTERVAL {
                drops_asked = Instant::now();
                self.count_drops();
            }
        }
        self.drain();
        self.count_drops();
    }

    /// Takes what is in the socket, but does not wait for more. As many bytes as the buffer holds
    /// are all that was there at the beginning; who sends on does not keep the agent.
    fn drain(&mut self) {
        let start = Instant::now();
        let mut left = socket::buffer_bytes(&self.socket).unwrap_or_default();
        if self.socket.set_nonblocking(true).is_err() {
            return;
        }
        while left > 0 {
            match self.receive() {
                Ok(Received {
                    arrivals, bytes, ..
                }) => {
                    left = left.saturating_sub(bytes);
                    if start.elapsed() < DRAIN_TIME {
                        self.hand_over(arrivals);
                    } else {
                        self.lose("shutting-down", arrivals.len() as u64);
                    }
                }
                Err(failure) if failure.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// Takes what is in the socket, and lets some more gather if that was little.
    ///
    /// Whoever sends to a thread that waits pays for waking it, which costs more than sending.
    /// After a pause the next datagrams are there already and nobody waits; a socket without
    /// traffic is waited for without pauses.
    fn read(&mut self) -> io::Result<()> {
        let Received { arrivals, more, .. } = self.receive()?;
        self.hand_over(arrivals);
        if more == More::No {
            std::thread::sleep(self.pause);
        }
        Ok(())
    }

    fn receive(&mut self) -> io::Result<Received> {
        let mut arrivals = Vec::new();
        let mut total = 0;
        let mut incomplete = 0;
        let mut unsupported = 0;
        // The clock is read once there is something, and once for all of it.
        let mut received_at = None;
        let more = self.receiver.receive(&self.socket, |bytes| {
            // An empty datagram takes room, too.
            total += bytes.len() + 1;
            match datagram::split(bytes) {
                Ok(document) => arrivals.push(Arrival {
                    document: document.to_vec(),
                    source: Source::Udp,
                    received_at: *received_at.get_or_insert_with(clock::now),
                }),
                Err(DatagramError::Incomplete) => incomplete += 1,
                Err(DatagramError::UnsupportedHeader) => unsupported += 1,
            };
        })?;
        self.lose("incomplete-datagram", incomplete);
        self.lose("invalid-header", unsupported);
        Ok(Received {
            arrivals,
            bytes: total,
            more,
        })
    }

    fn hand_over(&mut self, arrivals: Vec<Arrival>) {
        let count = arrivals.len() as u64;
        if count > 0 && self.intake.push(arrivals).is_err() {
            self.lose("shutting-down", count);
        }
    }

    fn count_drops(&mut self) {
        let Some(drops) = &mut self.drops else { return };
        match drops.new_ones() {
            Ok(count) => self.lose("socket-buffer", u64::from(count)),
            Err(failure) => {
                tracing::warn!("what the kernel drops is not counted any more: {failure}");
                self.drops = None;
            }
        }
    }

    /// Counts datagrams that hold no document for us, and says so now and then.
    fn lose(&mut self, reason: &'static str, count: u64) {
        if count > 0 {
            self.metrics.lost(reason, count);
        }
        if let Some(datagrams) = self.log.note(reason, count, Instant::now()) {
            tracing::warn!(datagrams, reason, "datagrams were lost");
        }
    }
}

/// How long datagrams may gather in a buffer without filling it.
fn pause(buffer_bytes: usize) -> Duration {
    let buffer_bytes = u32::try_from(buffer_bytes).unwrap_or(u32::MAX);
    (Duration::from_secs(1) * buffer_bytes / BUFFER_BYTES_PER_SECOND).min(LONGEST_PAUSE)
}

/// Nothing came in time, a signal came, or an earlier datagram of ours found nobody.
fn is_harmless(failure: &io::Error) -> bool {
    matches!(
        failure.kind(),
        io::ErrorKind::WouldBlock
            | io::ErrorKind::TimedOut
            | io::ErrorKind::Interrupted
            | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_buffer_is_emptied_more_often() {
        // What Linux gives to a process without rights, and what it gives to root.
        assert_eq!(pause(425_984), Duration::from_nanos(425_984));
        assert_eq!(pause(16 << 20), LONGEST_PAUSE);
        assert_eq!(pause(0), Duration::ZERO);
        assert_eq!(pause(usize::MAX), LONGEST_PAUSE);
    }
}
