//! Who may ask, over real connections.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::api_support::{Running, SOON, answer};

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn names_that_point_here_from_outside_get_nothing() {
    let agent = Running::start().await;
    for (host, expected) in [
        ("localhost:2080", 200),
        ("traces.example", 200),
        ("attacker.example", 403),
        ("attacker.example:2080", 403),
    ] {
        for path in ["/", "/health", "/api/agent", "/metrics", "/api/live"] {
            let request = agent.web(Method::GET, path).header("host", host);
            assert_eq!(status(request).await, expected, "{host} {path}");
        }
        let rules = agent.web(Method::POST, "/GetSamplingRules");
        assert_eq!(status(rules.header("host", host)).await, expected, "{host}");
    }
}

#[tokio::test]
async fn pages_of_others_get_nothing_and_no_permission() {
    let agent = Running::start().await;
    let own = format!("http://{}", agent.address("web"));
    let ask = |origin: &str| {
        let request = agent.web(Method::POST, "/GetSamplingRules");
        request.header("origin", origin).json(&())
    };
    let mine = agent
        .web(Method::POST, "/GetSamplingRules")
        .json(&serde_json::json!({}));
    assert_eq!(status(mine.header("origin", &own)).await, 200);
    for origin in ["http://attacker.example", "null", "http://localhost:1"] {
        assert_eq!(status(ask(origin)).await, 403, "{origin}");
    }
    let preflight = agent
        .web(Method::OPTIONS, "/GetSamplingRules")
        .header("origin", "http://attacker.example")
        .header("access-control-request-method", "POST");
    let response = preflight.send().await.unwrap();
    assert_eq!(response.status(), 403);
    let permissions = response.headers().keys();
    let permission = permissions
        .map(|name| name.as_str())
        .find(|name| name.starts_with("access-control-"));
    assert_eq!(permission, None);
}

#[tokio::test]
async fn forms_are_refused() {
    let agent = Running::start().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = agent.web(Method::POST, "/DeleteSamplingRule");
        let request = request.header("content-type", kind).body("{}");
        let (status, error) = answer(request).await;
        assert_eq!(status, 403, "{error}");
        assert!(error["message"].as_str().unwrap().contains(kind));
    }
}

#[tokio::test]
async fn the_tcp_port_serves_sdks_under_any_name_but_shows_nothing_to_browsers() {
    let agent = Running::start().await;
    let ask = |path: &str, header: &str, value: &str| {
        let request = agent.tcp(Method::POST, path).body("{}");
        status(request.header(header, value))
    };
    let container = "xray-daemon:2000";
    assert_eq!(ask("/GetSamplingRules", "host", container).await, 200);
    assert_eq!(ask("/Groups", "host", container).await, 403);
    assert_eq!(ask("/Groups", "host", "localhost:2000").await, 200);
    let origin = "http://localhost:2000";
    assert_eq!(ask("/GetSamplingRules", "origin", origin).await, 403);
    assert_eq!(ask("/Groups", "sec-fetch-site", "none").await, 403);
    assert_eq!(status(agent.tcp(Method::GET, "/")).await, 405);
}

#[tokio::test]
async fn the_viewer_has_strict_headers() {
    let agent = Running::start().await;
    let response = agent.get("/traces").await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(header("cache-control"), "no-cache");
    assert!(header("content-type").starts_with("text/html"));
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    for path in ["/api/nothing", "/assets/nothing.js", "/../Cargo.toml.ico"] {
        assert_eq!(agent.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_request_with_two_hosts_or_none_is_refused() {
    let agent = Running::start().await;
    for hosts in ["", "Host: localhost\r\nHost: attacker.example\r\n"] {
        let mut stream = TcpStream::connect(agent.address("web")).await.unwrap();
        let request = format!("GET /health HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        let read = stream.read_to_string(&mut response);
        tokio::time::timeout(SOON, read).await.unwrap().unwrap();
        assert!(response.starts_with("HTTP/1.1 403"), "{response}");
    }
}

#[tokio::test]
async fn silent_connections_do_not_keep_others_out() {
    let agent = Running::start().await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(agent.address("web")).await.unwrap());
    }
    let answered = tokio::time::timeout(Duration::from_secs(5), agent.get_json("/health"));
    assert_eq!(answered.await.unwrap()["status"], "ok");
}
