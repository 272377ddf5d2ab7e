use std::{net::UdpSocket, time::Duration};

use fluoro_testkit::FakeDaemon;
use fluoro_wire::{DocumentError, datagram};

const LONG: Duration = Duration::from_secs(10);

fn sender(daemon: &FakeDaemon) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(daemon.socket_address()).unwrap();
    socket
}

#[test]
fn datagrams_are_kept_in_order_raw_and_parsed() {
    let daemon = FakeDaemon::start().unwrap();
    let socket = sender(&daemon);
    for index in 0..50 {
        let document = format!("{{\"name\":\"n{index}\"}}");
        socket
            .send(&[datagram::HEADER, document.as_bytes()].concat())
            .unwrap();
    }
    socket.send(b"junk").unwrap();
    let datagrams = daemon.receive(51, LONG).unwrap();
    for (index, datagram) in datagrams[..50].iter().enumerate() {
        assert_eq!(datagram.document().unwrap().name, format!("n{index}"));
    }
    assert_eq!(datagrams[50].0, b"junk");
    assert!(matches!(
        datagrams[50].document(),
        Err(DocumentError::Datagram(_))
    ));
}

#[test]
fn waiting_in_vain_tells_what_came() {
    let daemon = FakeDaemon::start().unwrap();
    sender(&daemon).send(b"one").unwrap();
    assert_eq!(daemon.receive(1, LONG).unwrap().len(), 1);
    sender(&daemon).send(b"two").unwrap();
    let error = daemon.receive(2, Duration::from_millis(200)).unwrap_err();
    assert_eq!(error.received.len(), 1);
    assert_eq!(
        error.to_string(),
        "expected 2 datagrams within 200ms, received 1"
    );
}

#[test]
fn both_protocols_share_the_port() {
    let daemon = FakeDaemon::start().unwrap();
    assert_eq!(daemon.sampling().address(), daemon.socket_address());
    assert_eq!(daemon.address().tcp.port, daemon.socket_address().port());
}
