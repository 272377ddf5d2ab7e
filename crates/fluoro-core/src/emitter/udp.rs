//! Non-blocking UDP from the thread that ends the segment.
//!
//! Nothing is opened before the first send. The destination is resolved then, once; a host name is
//! looked up again in the background every minute, so that a restarted daemon with a new address
//! is found without ever waiting for a name server on a request.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use fluoro_wire::daemon_address::Endpoint;
use parking_lot::{Mutex, RwLock};

use super::Emitter;

/// How long a looked-up host name is trusted.
const LOOKUP_INTERVAL: Duration = Duration::from_secs(60);

/// How long sending is given up after the destination could not be resolved.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// One log line per kind of failure and interval.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// A datagram that was dropped, and why.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The name of the daemon's host is not known, or no socket could be opened.
    #[error("cannot reach {address}: {source}")]
    Unreachable {
        /// Where the datagram was to go.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The socket's send buffer is full.
    #[error("the socket's buffer is full, {bytes} bytes dropped")]
    BufferFull {
        /// Size of the datagram.
        bytes: usize,
    },
    /// The system takes no datagram this large.
    #[error("a datagram of {bytes} bytes is too large for this system")]
    TooLarge {
        /// Size of the datagram.
        bytes: usize,
    },
    /// Any other failure.
    #[error("{0}")]
    Failed(io::Error),
}

/// What happened to the datagrams of an emitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Handed to the system.
    pub sent: u64,
    /// Nobody listened at the destination when an earlier datagram arrived there.
    pub refused: u64,
    /// Dropped: destination unknown.
    pub dropped_unreachable: u64,
    /// Dropped: socket buffer full.
    pub dropped_buffer_full: u64,
    /// Dropped: too large for the system.
    pub dropped_too_large: u64,
    /// Dropped: anything else.
    pub dropped_failed: u64,
}

#[derive(Default)]
struct Counters {
    sent: AtomicU64,
    refused: AtomicU64,
    dropped: [AtomicU64; 4],
}

struct Connection {
    socket: UdpSocket,
    peer: SocketAddr,
    /// None for a literal address, which never changes.
    look_up_again: Option<Instant>,
}

impl Connection {
    fn is_old(&self) -> bool {
        self.look_up_again.is_some_and(|due| Instant::now() >= due)
    }

    /// The same, to be used for another while.
    fn keep(&self) -> io::Result<Self> {
        Ok(Connection {
            socket: self.socket.try_clone()?,
            peer: self.peer,
            look_up_again: Some(Instant::now() + LOOKUP_INTERVAL),
        })
    }
}

/// A look-up in the background. Its thread takes no lock: a fork would copy it locked.
struct LookUp {
    /// The process that it runs in; a thread stays with the parent.
    generation: u64,
    /// Set once, to none when the name was not found.
    found: Arc<OnceLock<Option<Arc<Connection>>>>,
}

/// A destination that is to be looked up and connected to.
#[derive(Debug)]
pub struct Connecting(Endpoint);

/// A destination that was looked up and connected to, or could not be.
pub struct Opened {
    destination: Endpoint,
    result: io::Result<Connection>,
}

impl Connecting {
    /// Looks the destination up and opens a socket; this may wait for a name server.
    pub fn open(self) -> Opened {
        Opened {
            result: open(&self.0),
            destination: self.0,
        }
    }
}

/// Sends datagrams to the daemon or agent.
pub struct UdpEmitter {
    destination: RwLock<Endpoint>,
    connection: RwLock<Option<Arc<Connection>>>,
    look_up: Mutex<Option<LookUp>>,
    /// When to try again after a failure to connect, and why it failed.
    retry_after: Mutex<Option<(Instant, String)>>,
    logged: Mutex<[Option<Instant>; 4]>,
    counters: Counters,
}

impl UdpEmitter {
    /// An emitter to `destination`; nothing is opened or looked up yet.
    pub fn new(destination: Endpoint) -> Self {
        UdpEmitter {
            destination: RwLock::new(destination),
            connection: RwLock::new(None),
            look_up: Mutex::new(None),
            retry_after: Mutex::new(None),
            logged: Mutex::new([None; 4]),
            counters: Counters::default(),
        }
    }

    /// Where datagrams go.
    pub fn destination(&self) -> Endpoint {
        self.destination.read().clone()
    }

    /// Sends to another place from now on.
    pub fn set_destination(&self, destination: Endpoint) {
        *self.destination.write() = destination;
        *self.connection.write() = None;
        *self.look_up.lock() = None;
        *self.retry_after.lock() = None;
    }

    /// True when the destination has been looked up and a socket is open.
    pub fn is_connected(&self) -> bool {
        self.connection.read().is_some()
    }

    /// What has to be opened before the next send; none when that was done, or failed lately.
    ///
    /// For callers that must hold no lock while they wait: between this and
    /// [`UdpEmitter::finish_connecting`], [`Connecting::open`] holds none.
    pub fn begin_connecting(&self) -> Option<Connecting> {
        let is_due = !self.is_connected() && self.recent_failure().is_none();
        is_due.then(|| Connecting(self.destination()))
    }

    /// Sends through what was opened from now on, unless the destination has changed. A failure is
    /// reported by the next send, which counts it.
    pub fn finish_connecting(&self, opened: Opened) {
        let Opened {
            destination,
            result,
        } = opened;
        if self.destination() == destination {
            // Whether it failed is kept.
            let _ = self.install(result);
        }
    }

    /// What happened so far.
    pub fn statistics(&self) -> Statistics {
        let dropped = |kind: usize| self.counters.dropped[kind].load(Ordering::Relaxed);
        Statistics {
            sent: self.counters.sent.load(Ordering::Relaxed),
            refused: self.counters.refused.load(Ordering::Relaxed),
            dropped_unreachable: dropped(0),
            dropped_buffer_full: dropped(1),
            dropped_too_large: dropped(2),
            dropped_failed: dropped(3),
        }
    }

    /// True when a failure of this kind was not logged lately; the caller should log it now.
    pub fn should_log(&self, error: &SendError) -> bool {
        let slot = &mut self.logged.lock()[kind(error)];
        let now = Instant::now();
        let due = slot.is_none_or(|last| now.duration_since(last) >= LOG_INTERVAL);
        if due {
            *slot = Some(now);
        }
        due
    }

    fn transmit(&self, datagram: &[u8]) -> Result<(), SendError> {
        let connection = self.connection()?;
        let mut result = connection.socket.send(datagram);
        if matches!(&result, Err(error) if error.kind() == ErrorKind::ConnectionRefused) {
            // The system reports an earlier datagram that found no listener, and did not send
            // this one. The daemon may be back by now.
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
            result = connection.socket.send(datagram);
        }
        let bytes = datagram.len();
        match result {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(SendError::BufferFull { bytes })
            }
            Err(error) if error.raw_os_error() == Some(libc::EMSGSIZE) => {
                Err(SendError::TooLarge { bytes })
            }
            Err(error) => {
                *self.connection.write() = None; // look up and connect anew next time
                Err(SendError::Failed(error))
            }
        }
    }

    fn connection(&self) -> Result<Arc<Connection>, SendError> {
        let connection = self.connection.read().clone();
        match connection {
            Some(connection) if connection.is_old() => Ok(self.renew(connection)),
            Some(connection) => Ok(connection),
            None => self.connect(),
        }
    }

    #[cold]
    fn connect(&self) -> Result<Arc<Connection>, SendError> {
        let destination = self.destination();
        let result = match self.recent_failure() {
            Some(cause) => Err(io::Error::other(cause)),
            None => self.install(open(&destination)),
        };
        result.map_err(|source| SendError::Unreachable {
            address: format!("{}:{}", destination.host, destination.port),
            source,
        })
    }

    /// Why connecting failed, if that was lately.
    fn recent_failure(&self) -> Option<String> {
        let retry_after = self.retry_after.lock();
        let (instant, cause) = retry_after.as_ref()?;
        (Instant::now() < *instant).then(|| cause.clone())
    }

    fn install(&self, opened: io::Result<Connection>) -> io::Result<Arc<Connection>> {
        let failure = opened.as_ref().err().map(ToString::to_string);
        *self.retry_after.lock() = failure.map(|cause| (Instant::now() + RETRY_INTERVAL, cause));
        let connection = Arc::new(opened?);
        *self.connection.write() = Some(connection.clone());
        Ok(connection)
    }

    /// Has the host's name looked up without making anybody wait: goes on with the old connection
    /// until there is a new one.
    #[cold]
    fn renew(&self, old: Arc<Connection>) -> Arc<Connection> {
        let generation = crate::fork::generation();
        let mut look_up = self.look_up.lock();
        let running = look_up
            .as_ref()
            .filter(|look_up| look_up.generation == generation);
        let Some(running) = running else {
            let found = Arc::default();
            if look_up_in_background(self.destination(), Arc::clone(&found)).is_ok() {
                *look_up = Some(LookUp { generation, found });
            }
            return old;
        };
        let Some(found) = running.found.get().cloned() else {
            return old;
        };
        *look_up = None;
        let new = found.or_else(|| old.keep().ok().map(Arc::new));
        let mut current = self.connection.write();
        // Another thread may have set another destination meanwhile.
        if current
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, &old))
        {
            current.clone_from(&new);
        }
        new.unwrap_or(old)
    }
}

impl Emitter for UdpEmitter {
    fn send(&self, datagram: &[u8]) -> Result<(), SendError> {
        let result = self.transmit(datagram);
        match &result {
            Ok(()) => self.counters.sent.fetch_add(1, Ordering::Relaxed),
            Err(error) => self.counters.dropped[kind(error)].fetch_add(1, Ordering::Relaxed),
        };
        result
    }
}

fn kind(error: &SendError) -> usize {
    match error {
        SendError::Unreachable { .. } => 0,
        SendError::BufferFull { .. } => 1,
        SendError::TooLarge { .. } => 2,
        SendError::Failed(_) => 3,
    }
}

fn look_up_in_background(
    destination: Endpoint,
    found: Arc<OnceLock<Option<Arc<Connection>>>>,
) -> io::Result<()> {
    let look_up = move || found.set(open(&destination).ok().map(Arc::new));
    let thread = std::thread::Builder::new().name("fluoro-lookup".into());
    thread.spawn(look_up).map(drop)
}

fn open(destination: &Endpoint) -> io::Result<Connection> {
    let mut failure = io::Error::other("the name has no address");
    for peer in (destination.host.as_str(), destination.port).to_socket_addrs()? {
        match connect_to(peer) {
            Ok(socket) => {
                let literal = destination.host.parse::<std::net::IpAddr>().is_ok();
                let look_up_again = (!literal).then(|| Instant::now() + LOOKUP_INTERVAL);
                return Ok(Connection {
                    socket,
                    peer,
                    look_up_again,
                });
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn connect_to(peer: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = if peer.is_ipv4() {
        ([0, 0, 0, 0], 0).into()
    } else {
        ([0u16; 8], 0).into()
    };
    let socket = UdpSocket::bind(any)?;
    socket.set_nonblocking(true)?;
    socket.connect(peer)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An emitter to `host` whose connection was looked up too long ago.
    fn with_old_connection(host: &str, daemon: &UdpSocket) -> UdpEmitter {
        let peer = daemon.local_addr().unwrap();
        let emitter = UdpEmitter::new(Endpoint {
            host: host.to_owned(),
            port: peer.port(),
        });
        let old = Connection {
            socket: connect_to(peer).unwrap(),
            peer,
            look_up_again: Some(Instant::now()),
        };
        *emitter.connection.write() = Some(Arc::new(old));
        emitter
    }

    fn receive(daemon: &UdpSocket) -> Vec<u8> {
        let mut buffer = [0; 16];
        let length = daemon.recv(&mut buffer).unwrap();
        buffer[..length].to_vec()
    }

    #[test]
    fn a_name_is_looked_up_again_while_datagrams_go_on() {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        daemon
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        // The second one is a name that nobody has: then the old address is used for another while.
        for host in ["127.0.0.1", "nobody.invalid"] {
            let emitter = with_old_connection(host, &daemon);
            let old = emitter.connection.read().clone().unwrap();
            let deadline = Instant::now() + Duration::from_secs(60);
            while Arc::ptr_eq(&emitter.connection().unwrap(), &old) {
                assert!(Instant::now() < deadline, "{host} was not looked up");
                emitter.send(b"meanwhile").unwrap();
                assert_eq!(receive(&daemon), b"meanwhile");
            }
            let new = emitter.connection().unwrap();
            assert_eq!(new.peer, old.peer);
            assert!(!new.is_old());
            assert!(emitter.look_up.lock().is_none());
            emitter.send(b"afterwards").unwrap();
            assert_eq!(receive(&daemon), b"afterwards");
        }
    }

    #[test]
    fn a_look_up_that_stayed_with_the_parent_is_begun_again() {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        let emitter = with_old_connection("127.0.0.1", &daemon);
        let old = emitter.connection.read().clone().unwrap();
        *emitter.look_up.lock() = Some(LookUp {
            generation: crate::fork::generation().wrapping_sub(1),
            found: Arc::default(),
        });
        let deadline = Instant::now() + Duration::from_secs(60);
        while Arc::ptr_eq(&emitter.connection().unwrap(), &old) {
            assert!(Instant::now() < deadline, "nothing was looked up");
        }
    }

    #[test]
    fn what_was_found_takes_the_place_of_the_old_connection_only() {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        let emitter = with_old_connection("127.0.0.1", &daemon);
        let old = emitter.connection.write().take().unwrap();
        let found = Some(Arc::new(old.keep().unwrap()));
        *emitter.look_up.lock() = Some(LookUp {
            generation: crate::fork::generation(),
            found: Arc::new(OnceLock::from(found)),
        });
        emitter.renew(old);
        assert!(!emitter.is_connected());
    }

    #[test]
    fn what_was_looked_up_for_another_destination_is_forgotten() {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        let emitter = with_old_connection("127.0.0.1", &daemon);
        emitter.connection().unwrap();
        assert!(emitter.look_up.lock().is_some());
        emitter.set_destination(Endpoint {
            host: "127.0.0.1".to_owned(),
            port: 9,
        });
        assert!(emitter.look_up.lock().is_none());
        assert_eq!(emitter.connection().unwrap().peer.port(), 9);
    }
}
