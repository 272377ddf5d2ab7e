//! The OTLP sinks against receivers of their protocols.

use std::{io::Read, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, response::IntoResponse};
use flate2::read::GzDecoder;
use fluoro_agent::{
    config::{OtlpProtocol, SinkConfig},
    sinks::{Condition, Sinks},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    trace::v1::Span,
};
use parking_lot::Mutex;
use prost::Message;
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, codec::CompressionEncoding};

use crate::sinks_rig::{Rig, documents, eventually, status, with_credentials};

/// A receiver that keeps spans, and rejects those named "reject".
#[derive(Clone, Default)]
struct Receiver {
    spans: Arc<Mutex<Vec<Span>>>,
    keys: Arc<Mutex<Vec<String>>>,
    paths: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    failures: Arc<Mutex<u32>>,
}

impl Receiver {
    async fn http(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(export).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    async fn grpc(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = TraceServiceServer::new(self.clone())
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip);
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let server = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(incoming));
        address
    }

    fn fails(&self) -> bool {
        let mut failures = self.failures.lock();
        let fails = *failures > 0;
        *failures = failures.saturating_sub(1);
        fails
    }

    fn take(&self, request: ExportTraceServiceRequest) -> ExportTraceServiceResponse {
        let scopes = request
            .resource_spans
            .into_iter()
            .flat_map(|one| one.scope_spans);
        let spans: Vec<_> = scopes.flat_map(|scope| scope.spans).collect();
        let says_reject = |span: &Span| span.name == "reject";
        let (rejected, taken): (Vec<_>, Vec<_>) = spans.into_iter().partition(says_reject);
        self.spans.lock().extend(taken);
        ExportTraceServiceResponse {
            partial_success: (!rejected.is_empty()).then(|| ExportTracePartialSuccess {
                rejected_spans: rejected.len() as i64,
                error_message: "they say so".to_owned(),
            }),
        }
    }

    /// The ids of the spans, once there are so many.
    async fn ids(&self, count: usize) -> Vec<u64> {
        let what = format!("{count} spans");
        let ids = eventually(&what, || {
            let spans = self.spans.lock();
            let ids = spans
                .iter()
                .map(|span| span.span_id.clone().try_into().unwrap());
            let ids: Vec<_> = ids.map(u64::from_be_bytes).collect();
            (ids.len() >= count).then_some(ids)
        });
        let mut ids = ids.await;
        ids.sort_unstable();
        ids
    }
}

async fn export(
    State(receiver): State<Receiver>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    receiver.paths.lock().push((uri.path().to_owned(), headers));
    if receiver.fails() {
        return Err((axum::http::StatusCode::SERVICE_UNAVAILABLE, "away"));
    }
    let mut protobuf = Vec::new();
    GzDecoder::new(&body[..])
        .read_to_end(&mut protobuf)
        .unwrap();
    let request = ExportTraceServiceRequest::decode(&protobuf[..]).unwrap();
    let headers = [("content-type", "application/x-protobuf")];
    Ok((headers, receiver.take(request).encode_to_vec()))
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let key = request.metadata().get("x-key").unwrap().to_str().unwrap();
        self.keys.lock().push(key.to_owned());
        if self.fails() {
            return Err(Status::unavailable("away"));
        }
        Ok(Response::new(self.take(request.into_inner())))
    }
}

fn otlp(endpoint: String, protocol: OtlpProtocol) -> Vec<SinkConfig> {
    vec![SinkConfig::Otlp {
        endpoint,
        protocol,
        headers: vec![("x-key".to_owned(), "secret".to_owned())],
    }]
}

/// Ten documents, one of which is named "reject", and one more in progress.
fn mixture() -> Vec<String> {
    let mut mixture = documents(1..11, "hello");
    mixture[9] = mixture[9].replace("shop", "reject");
    let ended = documents(11..12, "hello").remove(0);
    let progress = ended.replace("\"end_time\":1478293361.449", "\"in_progress\":true");
    assert_ne!(progress, ended);
    mixture.push(progress);
    mixture
}

async fn all_is_settled(sinks: &Sinks) {
    let status = eventually("the counts", || {
        Some(status(sinks)).filter(|status| status.pending == 0 && status.sent == 9)
    });
    let status = status.await;
    assert_eq!((status.refused, status.retries), (1, 2));
    assert_eq!(status.state, Condition::Working);
    let refusal = status.last_refusal.unwrap().message;
    assert_eq!(refusal, "PartialSuccess: 1 spans: they say so");
}

#[test]
fn spans_go_over_http() {
    with_credentials(async {
        let (receiver, rig) = (Receiver::default(), Rig::new());
        *receiver.failures.lock() = 2;
        let endpoint = format!("http://{}", receiver.http().await);
        let sinks = rig.start(otlp(endpoint.clone(), OtlpProtocol::Http), "");
        rig.arrive(&mixture()).await;
        assert_eq!(receiver.ids(9).await, (1..10).collect::<Vec<_>>());
        all_is_settled(&sinks).await;
        assert_eq!(status(&sinks).name, format!("otlp={endpoint}"));
        for (path, headers) in &*receiver.paths.lock() {
            assert_eq!(path, "/v1/traces");
            assert_eq!(headers["x-key"], "secret");
            assert_eq!(headers["content-type"], "application/x-protobuf");
        }
    });
}

#[test]
fn spans_go_over_grpc() {
    with_credentials(async {
        let (receiver, rig) = (Receiver::default(), Rig::new());
        *receiver.failures.lock() = 2;
        let endpoint = format!("http://{}", receiver.grpc().await);
        let sinks = rig.start(otlp(endpoint.clone(), OtlpProtocol::Grpc), "");
        rig.arrive(&mixture()).await;
        assert_eq!(receiver.ids(9).await, (1..10).collect::<Vec<_>>());
        all_is_settled(&sinks).await;
        assert_eq!(status(&sinks).name, format!("otlp-grpc={endpoint}"));
        assert_eq!(*receiver.keys.lock(), ["secret"; 3]);
    });
}

#[test]
fn awss_own_endpoint_gets_signed_requests_with_what_it_takes() {
    with_credentials(async {
        let (receiver, rig) = (Receiver::default(), Rig::new());
        let endpoint = format!("http://{}", receiver.http().await);
        let sinks = rig.start(vec![SinkConfig::AwsOtlp], &endpoint);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.unwrap().as_secs();
        let recent = documents(1..4, "hello").into_iter().map(|document| {
            let document = document.replace("1.478293361271E9", &format!("{now}.25"));
            document.replace("1478293361.449", &format!("{now}.5"))
        });
        let too_old = documents(4..5, "of 2016");
        rig.arrive(&recent.chain(too_old).collect::<Vec<_>>()).await;
        assert_eq!(receiver.ids(3).await, [1, 2, 3]);
        let status = eventually("the counts", || {
            Some(status(&sinks)).filter(|status| status.sent == 3 && status.pending == 0)
        })
        .await;
        assert_eq!(status.refused, 1);
        assert_eq!(
            status.last_refusal.unwrap().message,
            "TooOld: a span may be 14 days old"
        );
        for (path, headers) in &*receiver.paths.lock() {
            assert_eq!(path, "/v1/traces");
            let authorization = headers["authorization"].to_str().unwrap();
            assert!(authorization.contains("/eu-west-1/xray/aws4_request"));
        }
    });
}

#[test]
fn several_sinks_each_have_their_own_queue() {
    with_credentials(async {
        let (receiver, rig) = (Receiver::default(), Rig::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let mut both = otlp(dead, OtlpProtocol::Http);
        both.extend(otlp(
            format!("http://{}", receiver.http().await),
            OtlpProtocol::Http,
        ));
        let sinks = rig.start(both, "");
        rig.arrive(&documents(1..101, "hello")).await;
        receiver.ids(100).await;
        let settled = eventually("the counts", || {
            let [dead, alive] = <[_; 2]>::try_from(sinks.status()).unwrap();
            let settled = alive.sent == 100 && alive.pending == 0;
            (settled && dead.state == Condition::Failing).then_some(dead)
        });
        let dead = settled.await;
        assert_eq!((dead.pending, dead.sent), (100, 0));
        tokio::time::timeout(
            Duration::from_secs(5),
            sinks.shutdown(Duration::from_secs(20)),
        )
        .await
        .expect("a dead backend is not waited for");
    });
}
