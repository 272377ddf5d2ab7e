//! Datagrams in, documents in the store, everything else counted.

use std::{
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::{Duration, Instant},
};

use fluoro_agent::{
    intake::Intake,
    metrics::{Metrics, ReasonLabel},
    sources::udp::UdpSource,
};
use fluoro_store::Source;
use fluoro_wire::datagram::HEADER;
use tokio_util::sync::CancellationToken;

use crate::sources_memory_store::{MemoryStore, Mood};

struct Started {
    store: Arc<MemoryStore>,
    metrics: Arc<Metrics>,
    source: UdpSource,
    stop: CancellationToken,
}

fn start(address: &str, mood: Mood) -> Started {
    let (store, intake, metrics) = MemoryStore::start(mood);
    let stop = CancellationToken::new();
    let source = start_source(address, intake, metrics.clone(), stop.clone());
    Started {
        store,
        metrics,
        source,
        stop,
    }
}

fn start_source(
    address: &str,
    intake: Intake,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> UdpSource {
    let address: SocketAddr = address.parse().expect("an address");
    UdpSource::start(address, intake, metrics, stop).expect("a free port")
}

fn sender_to(source: &UdpSource) -> UdpSocket {
    let any_port = match source.local_address() {
        SocketAddr::V4(_) => "127.0.0.1:0",
        SocketAddr::V6(_) => "[::1]:0",
    };
    let socket = UdpSocket::bind(any_port).expect("a free port");
    socket.connect(source.local_address()).expect("loopback");
    socket
}

fn framed(document: &str) -> Vec<u8> {
    [HEADER, document.as_bytes()].concat()
}

fn lost(metrics: &Metrics, reason: &'static str) -> u64 {
    metrics.lost.get_or_create(&ReasonLabel { reason }).get()
}

#[test]
fn documents_arrive_over_both_families_as_they_were_sent() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let started = start(address, Mood::Keeps);
        let sender = sender_to(&started.source);
        let documents: Vec<String> = (0..200).map(|n| format!("{{\"n\":{n}}}")).collect();
        for document in &documents {
            sender.send(&framed(document)).expect("sent");
        }
        assert_eq!(started.store.documents(200), documents, "{address}");
        for arrival in started.store.arrivals() {
            assert_eq!(arrival.source, Source::Udp);
            let age = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64() - arrival.received_at;
            assert!((0.0..30.0).contains(&age), "received {age} s ago");
        }
        started.stop.cancel();
        started.source.join();
    }
}

#[test]
fn the_unspecified_ipv6_address_takes_ipv4_as_well() {
    let started = start("[::]:0", Mood::Keeps);
    let port = started.source.local_address().port();
    for loopback in ["127.0.0.1", "::1"] {
        let address: std::net::IpAddr = loopback.parse().unwrap();
        let sender = UdpSocket::bind((address, 0)).unwrap();
        sender.send_to(&framed("{}"), (address, port)).unwrap();
    }
    assert_eq!(started.store.documents(2), ["{}", "{}"]);
    started.stop.cancel();
    started.source.join();
}

#[test]
fn malformed_datagrams_are_counted_by_reason_and_stop_nothing() {
    let started = start("127.0.0.1:0", Mood::Keeps);
    let sender = sender_to(&started.source);
    let largest = "x".repeat(65_507 - HEADER.len());
    let malformed: [&[u8]; 7] = [
        b"",
        b"\n",
        b"no newline",
        HEADER,
        b"{\"format\":\"xml\",\"version\":1}\n{}",
        b"\xff\xfe\x00\n\xff",
        &[b'\n'; 9_000],
    ];
    for datagram in malformed {
        sender.send(datagram).expect("sent");
    }
    sender.send(&framed(&largest)).expect("sent");
    sender.send(&framed("\u{1}not json")).expect("sent");
    assert_eq!(
        started.store.documents(2),
        [largest, "\u{1}not json".to_owned()],
        "the store judges documents, not the socket"
    );
    assert_eq!(lost(&started.metrics, "incomplete-datagram"), 5);
    assert_eq!(lost(&started.metrics, "invalid-header"), 2);
    started.stop.cancel();
    started.source.join();
}

#[test]
fn what_is_in_the_socket_when_it_stops_is_handed_over() {
    let started = start("127.0.0.1:0", Mood::Waits);
    let sender = sender_to(&started.source);
    for n in 0..500 {
        sender.send(&framed(&n.to_string())).expect("sent");
    }
    started.stop.cancel();
    let start = Instant::now();
    started.source.join();
    assert!(start.elapsed() < Duration::from_secs(3), "ended promptly");
    started.store.set_mood(Mood::Keeps);
    let expected: Vec<String> = (0..500).map(|n| n.to_string()).collect();
    assert_eq!(started.store.documents(500), expected);
}

#[test]
fn what_the_kernel_drops_is_counted() {
    let started = start("127.0.0.1:0", Mood::Waits);
    let sender = sender_to(&started.source);
    let datagram = framed(&"x".repeat(8_000));
    // More than the socket, the intake's queue and a commit can hold.
    let sent = (started.source.buffer_bytes() + (64 << 20) + (32 << 20)) / 8_000;
    for _ in 0..sent {
        sender.send(&datagram).expect("sent");
    }
    started.store.set_mood(Mood::Keeps);
    started.stop.cancel();
    started.source.join();
    let dropped = lost(&started.metrics, "socket-buffer") as usize;
    assert!(dropped > 0, "all {sent} datagrams fitted");
    // On a machine that is too busy, the rest may not be handed over in time.
    let dropped = dropped + lost(&started.metrics, "shutting-down") as usize;
    assert_eq!(
        started.store.documents(sent - dropped).len(),
        sent - dropped
    );
}
