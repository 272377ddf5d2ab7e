//! The HTTP client.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use fluoro_core::polling::{HttpClient, HttpError};
use fluoro_wire::Endpoint;

use super::server::{Server, ok};

fn post(answer: &[u8]) -> Result<String, HttpError> {
    let answer = answer.to_vec();
    let server = Server::start(move |_| answer.clone());
    let body = HttpClient::new(server.endpoint.clone()).post_json("/GetSamplingRules", b"{}")?;
    Ok(String::from_utf8(body).unwrap())
}

#[test]
fn sends_one_plain_request() {
    let server = Server::start(|_| ok("{}"));
    let client = HttpClient::new(server.endpoint.clone());
    client
        .post_json("/SamplingTargets", br#"{"a":"\u00e9"}"#)
        .unwrap();
    let request = server.requests("/SamplingTargets").remove(0);
    let lines: Vec<_> = request.head.lines().collect();
    assert_eq!(lines[0], "POST /SamplingTargets HTTP/1.1");
    assert!(
        lines.contains(&&*format!("Host: 127.0.0.1:{}", server.endpoint.port)),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"Content-Type: application/json"),
        "{lines:?}"
    );
    assert!(!request.head.to_lowercase().contains("trace"), "{lines:?}");
    assert_eq!(request.body, r#"{"a":"\u00e9"}"#);
}

#[test]
fn reads_every_kind_of_body() {
    let length = b"HTTP/1.1 200 OK\r\ncontent-length:  4 \r\n\r\nbodyand more";
    assert_eq!(post(length).unwrap(), "body");
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n\
        2;name=value\r\nbo\r\n02\r\ndy\r\n0\r\nTrailer: x\r\n\r\n";
    assert_eq!(post(chunked).unwrap(), "body");
    assert_eq!(post(b"HTTP/1.0 200 OK\n\nbody").unwrap(), "body");
    assert_eq!(post(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(), "");
    let informed = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody";
    assert_eq!(post(informed).unwrap(), "body");
}

#[test]
fn an_error_status_is_an_error_with_the_start_of_the_body() {
    let body = "no\tcredentials\n".repeat(100);
    let answer = format!(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    match post(answer.as_bytes()) {
        Err(HttpError::Status {
            status: 403,
            excerpt,
        }) => {
            assert_eq!(excerpt.len(), 200);
            assert!(
                excerpt.starts_with("no credentials no credentials"),
                "{excerpt}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_http_is_an_error() {
    let answers: [&[u8]; 10] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbodyx\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbo",
        b"HTTP/1.1 200 OK\r\nX: \xff\r\n\r\n",
    ];
    for answer in answers {
        let result = post(answer);
        assert!(
            matches!(result, Err(HttpError::Malformed(_))),
            "{answer:?}: {result:?}"
        );
    }
}

#[test]
fn an_answer_beyond_the_limits_is_refused_before_it_is_read() {
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    assert!(matches!(post(announced), Err(HttpError::TooLong)));
    let chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\n";
    assert!(matches!(post(chunk), Err(HttpError::TooLong)));
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(5 * 1024 * 1024, b'x');
    assert!(matches!(post(&endless), Err(HttpError::TooLong)));
    let mut head = b"HTTP/1.1 200 OK\r\nX: ".to_vec();
    head.resize(100 * 1024, b'x');
    assert!(matches!(post(&head), Err(HttpError::Malformed(_))));
}

#[test]
fn a_server_that_does_not_answer_costs_no_more_than_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoint = Endpoint {
        host: "127.0.0.1".to_owned(),
        port,
    };
    let client = HttpClient::new(endpoint).with_call_timeout(Duration::from_millis(200));
    let started = Instant::now();
    assert!(matches!(
        client.post_json("/", b"{}"),
        Err(HttpError::Transfer(_))
    ));
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_server_that_drips_cannot_prolong_the_call() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while std::io::Write::write_all(&mut stream, b"H").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let endpoint = Endpoint {
        host: "localhost".to_owned(),
        port,
    };
    let client = HttpClient::new(endpoint).with_call_timeout(Duration::from_millis(300));
    let started = Instant::now();
    assert!(matches!(
        client.post_json("/", b"{}"),
        Err(HttpError::Transfer(_))
    ));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_closed_port_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = HttpClient::new(Endpoint {
        host: "127.0.0.1".to_owned(),
        port,
    });
    let result = client.post_json("/", b"{}");
    assert!(matches!(result, Err(HttpError::Connect(_))), "{result:?}");
}

#[test]
fn speaks_ipv6() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answered = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 1024];
        let length = std::io::Read::read(&mut stream, &mut head).unwrap();
        std::io::Write::write_all(&mut stream, &ok("{}")).unwrap();
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    let client = HttpClient::new(Endpoint {
        host: "::1".to_owned(),
        port,
    });
    assert_eq!(client.post_json("/", b"{}").unwrap(), b"{}");
    assert!(
        answered
            .join()
            .unwrap()
            .contains(&format!("Host: [::1]:{port}\r\n"))
    );
}
