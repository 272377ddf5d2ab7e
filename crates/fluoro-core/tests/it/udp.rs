//! Sending over real sockets.

use std::net::UdpSocket;
use std::time::Duration;

use fluoro_core::emitter::{Emitter, SendError, UdpEmitter};
use fluoro_wire::daemon_address::Endpoint;

fn daemon(address: &str) -> (UdpSocket, u16) {
    let socket = UdpSocket::bind(address).expect("loopback can be bound");
    socket
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("a timeout can be set");
    let port = socket.local_addr().expect("it is bound").port();
    (socket, port)
}

fn emitter(host: &str, port: u16) -> UdpEmitter {
    UdpEmitter::new(Endpoint {
        host: host.to_owned(),
        port,
    })
}

#[test]
fn datagrams_arrive_over_ipv4_ipv6_and_by_name() {
    for (bind, host) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1")] {
        let (socket, port) = daemon(bind);
        let emitter = emitter(host, port);
        emitter.send(b"hello").expect("it is sent");
        let mut buffer = [0; 16];
        assert_eq!(socket.recv(&mut buffer).expect("it arrives"), 5);
        assert_eq!(emitter.statistics().sent, 1);
    }
    let (socket, port) = daemon("127.0.0.1:0");
    let destination = emitter("localhost", port);
    if destination.send(b"hello").is_ok() {
        // `localhost` may mean ::1 first, where nobody listens: then it is not delivered here.
        let _ = socket.recv(&mut [0; 16]);
    }
    assert_eq!(destination.statistics().sent, 1);
}

#[test]
fn an_absent_daemon_is_no_failure_and_is_found_again() {
    let (socket, port) = daemon("127.0.0.1:0");
    let emitter = emitter("127.0.0.1", port);
    emitter.send(b"first").expect("it is sent");
    let mut buffer = [0; 16];
    socket.recv(&mut buffer).expect("it arrives");
    drop(socket);
    for _ in 0..5 {
        emitter
            .send(b"nobody listens")
            .expect("it is handed to the system");
    }
    assert!(
        emitter.statistics().refused > 0,
        "the host says that nobody listens"
    );
    let socket = UdpSocket::bind(("127.0.0.1", port)).expect("the port is free again");
    socket
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("a timeout can be set");
    emitter.send(b"back").expect("it is sent");
    let length = socket.recv(&mut buffer).expect("it arrives");
    assert_eq!(&buffer[..length], b"back");
}

#[test]
fn what_cannot_be_sent_is_counted_and_reported_once() {
    let nowhere = emitter("no-such-host.invalid", 2000);
    let error = nowhere.send(b"lost").expect_err("there is no such host");
    assert!(matches!(error, SendError::Unreachable { .. }), "{error}");
    assert!(nowhere.should_log(&error));
    let error = nowhere.send(b"lost").expect_err("there is no such host");
    assert!(!nowhere.should_log(&error), "one line per kind and minute");
    assert_eq!(nowhere.statistics().dropped_unreachable, 2);

    let (_socket, port) = daemon("127.0.0.1:0");
    let emitter = emitter("127.0.0.1", port);
    let error = emitter
        .send(&vec![0; 70_000])
        .expect_err("no datagram is that large");
    assert!(
        matches!(error, SendError::TooLarge { bytes: 70_000 }),
        "{error}"
    );
    assert_eq!(emitter.statistics().dropped_too_large, 1);
}
