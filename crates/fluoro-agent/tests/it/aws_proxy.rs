//! The signing proxy between an SDK and X-Ray.

use std::{net::SocketAddr, time::Duration};

use axum::http::Method;
use fluoro_agent::aws::{Client, proxy};
use tokio::net::TcpListener;

use crate::{
    sinks_backend::{Fault, FaultyBackend},
    sinks_rig::{aws, with_credentials, with_environment},
};

async fn proxy_to(endpoint: &str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = proxy::router(Client::new(&aws(endpoint)).unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn sdk() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

#[test]
fn every_method_and_path_is_signed_and_forwarded() {
    with_credentials(async {
        let backend = FaultyBackend::start();
        let address = proxy_to(&backend.url()).await;
        let requests = [
            (Method::POST, "/GetSamplingRules"),
            (Method::PUT, "/some/path?with=a%20query&b=2"),
            (Method::GET, "/"),
        ];
        for (method, path) in &requests {
            let request = sdk().request(method.clone(), format!("http://{address}{path}"));
            let response = request
                .header("authorization", "of the caller")
                .header("connection", "close, x-private")
                .header("x-private", "1")
                .header(
                    "x-amzn-trace-id",
                    "Root=1-5759e988-bd862e3fe1be46a994272793",
                )
                .body("{\"NextToken\":null}")
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.text().await.unwrap(), "{}");
        }
        let received = backend.received();
        assert_eq!(received.len(), requests.len());
        for (received, (method, path)) in received.iter().zip(&requests) {
            assert_eq!((&received.method, received.path.as_str()), (method, *path));
            let authorization = received.header("authorization");
            let scope = "/eu-west-1/xray/aws4_request, SignedHeaders=host;x-amz-date,";
            assert!(authorization.contains(scope), "{authorization}");
            assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"));
            assert_eq!(received.header("host"), &backend.url()["http://".len()..]);
            assert_eq!(received.header("x-private"), "");
            assert_eq!(
                received.header("x-amzn-trace-id"),
                "Root=1-5759e988-bd862e3fe1be46a994272793"
            );
            assert_eq!(&received.body[..], b"{\"NextToken\":null}");
        }
    });
}

#[test]
fn answers_come_back_as_they_are() {
    with_credentials(async {
        let backend = FaultyBackend::start();
        backend.misbehave(&[Fault::Status(429, Some(7)), Fault::HalfWritten]);
        let address = proxy_to(&backend.url()).await;
        let ask = || {
            sdk()
                .post(format!("http://{address}/SamplingTargets"))
                .send()
        };
        let throttled = ask().await.unwrap();
        assert_eq!(throttled.status(), 429);
        assert_eq!(throttled.headers()["retry-after"], "7");
        assert_eq!(throttled.text().await.unwrap(), "{\"message\":\"not now\"}");
        let broken = ask().await.unwrap();
        assert!(
            broken.bytes().await.is_err(),
            "half an answer must not look whole"
        );
    });
}

#[test]
fn without_credentials_requests_go_on_unsigned() {
    with_environment(&[], async {
        let backend = FaultyBackend::start();
        let address = proxy_to(&backend.url()).await;
        let request = sdk().post(format!("http://{address}/GetSamplingRules"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let received = backend.received();
        assert_eq!(
            (received.len(), received[0].header("authorization")),
            (1, "")
        );
    });
}

#[test]
fn what_cannot_be_forwarded_says_why() {
    with_credentials(async {
        let mut backend = FaultyBackend::start();
        let address = proxy_to(&backend.url()).await;
        let request = sdk().post(format!("http://{address}/TraceSegments"));
        let response = request.body(vec![b'x'; 9 << 20]).send().await.unwrap();
        assert_eq!(response.status(), 413);
        assert!(backend.received().is_empty());
        backend.stop();
        let request = sdk().post(format!("http://{address}/TraceSegments"));
        let response = request.body("{}").send().await.unwrap();
        assert_eq!(response.status(), 502);
        let text = response.text().await.unwrap();
        assert!(text.contains("\"message\""), "{text}");
    });
}
