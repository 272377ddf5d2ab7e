use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use fluoro_wire::{DaemonAddress, Document, DocumentError, Endpoint};

use crate::sampling_service::SamplingService;

/// A daemon for tests: keeps every datagram, and answers sampling calls on the same port.
///
/// A thread empties the socket, so that bursts are not lost in the kernel's buffer while the test
/// is busy. It ends when the daemon is dropped.
///
/// ```
/// use std::{net::UdpSocket, time::Duration};
/// let daemon = fluoro_testkit::FakeDaemon::start()?;
/// let sender = UdpSocket::bind("127.0.0.1:0")?;
/// sender.send_to(b"{\"format\":\"json\",\"version\":1}\n{\"name\":\"shop\"}", daemon.socket_address())?;
/// let datagrams = daemon.receive(1, Duration::from_secs(5))?;
/// assert_eq!(datagrams[0].document()?.name, "shop");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FakeDaemon {
    address: SocketAddr,
    datagrams: Receiver<Datagram>,
    sampling: SamplingService,
    stops: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

/// The payload of one datagram, as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Datagram(
    /// The bytes, header included.
    pub Vec<u8>,
);

/// Fewer datagrams came than were waited for.
#[derive(Debug, thiserror::Error)]
#[error("expected {expected} datagrams within {timeout:?}, received {}", received.len())]
pub struct NotReceived {
    /// How many were waited for.
    pub expected: usize,
    /// How long.
    pub timeout: Duration,
    /// What came.
    pub received: Vec<Datagram>,
}

impl Datagram {
    /// The segment document in the datagram.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] if there is none.
    pub fn document(&self) -> Result<Document, DocumentError> {
        Document::parse_datagram(&self.0)
    }
}

impl FakeDaemon {
    /// Listens on a free port of the loopback interface, over UDP and TCP.
    ///
    /// # Errors
    ///
    /// When no port is free for both.
    pub fn start() -> io::Result<Self> {
        let (socket, listener) = bind_both()?;
        let address = socket.local_addr()?;
        let stops = Arc::new(AtomicBool::new(false));
        let (sender, datagrams) = channel();
        let reader_stops = Arc::clone(&stops);
        let reader = thread::Builder::new()
            .name("fake-daemon".to_owned())
            .spawn(move || read_all(&socket, &sender, &reader_stops))?;
        let sampling = SamplingService::start_on(listener)?;
        Ok(Self {
            address,
            datagrams,
            sampling,
            stops,
            reader: Some(reader),
        })
    }

    /// The address for [`UdpSocket::send_to`].
    pub const fn socket_address(&self) -> SocketAddr {
        self.address
    }

    /// The address to configure an SDK with.
    pub fn address(&self) -> DaemonAddress {
        let endpoint = Endpoint {
            host: self.address.ip().to_string(),
            port: self.address.port(),
        };
        DaemonAddress {
            udp: endpoint.clone(),
            tcp: endpoint,
        }
    }

    /// What answers sampling calls.
    pub const fn sampling(&self) -> &SamplingService {
        &self.sampling
    }

    /// Waits for `count` datagrams and returns them in the order they came.
    ///
    /// # Errors
    ///
    /// [`NotReceived`] with those that did come when `timeout` is over.
    pub fn receive(&self, count: usize, timeout: Duration) -> Result<Vec<Datagram>, NotReceived> {
        let deadline = Instant::now() + timeout;
        let mut received = Vec::with_capacity(count);
        while received.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.datagrams.recv_timeout(left) {
                Ok(datagram) => received.push(datagram),
                Err(_) => {
                    return Err(NotReceived {
                        expected: count,
                        timeout,
                        received,
                    });
                }
            }
        }
        Ok(received)
    }

    /// Everything that comes until nothing came for as long as `quiet`.
    pub fn receive_until_quiet(&self, quiet: Duration) -> Vec<Datagram> {
        std::iter::from_fn(|| self.datagrams.recv_timeout(quiet).ok()).collect()
    }
}

impl Drop for FakeDaemon {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::SeqCst);
        // An empty datagram wakes the reader, which then sees that it should stop.
        let woken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|socket| socket.send_to(&[], self.address));
        if let (Ok(_), Some(reader)) = (woken, self.reader.take()) {
            let _ = reader.join();
        }
    }
}

fn bind_both() -> io::Result<(UdpSocket, TcpListener)> {
    let mut attempts = 20;
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        match UdpSocket::bind(listener.local_addr()?) {
            Ok(socket) => return Ok((socket, listener)),
            // Another process has this port over UDP: take another one.
            Err(_) if attempts > 0 => attempts -= 1,
            Err(error) => return Err(error),
        }
    }
}

fn read_all(socket: &UdpSocket, sender: &Sender<Datagram>, stops: &AtomicBool) {
    let mut buffer = vec![0; 65_536];
    while let Ok((length, _)) = socket.recv_from(&mut buffer) {
        if stops.load(Ordering::SeqCst) {
            return;
        }
        if sender.send(Datagram(buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}
