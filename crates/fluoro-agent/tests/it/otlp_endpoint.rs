//! An agent's OTLP endpoints on free ports, and requests to send there.

use std::{io::Write as _, sync::Arc};

use fluoro_agent::{
    metrics::{Metrics, RequestLabel},
    sources::otlp::{OtlpReceiver, serve_grpc, serve_http},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::sources_memory_store::{MemoryStore, Mood};

pub(crate) struct Endpoint {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) http: String,
    pub(crate) grpc: String,
    pub(crate) stop: CancellationToken,
    pub(crate) servers: [JoinHandle<()>; 2],
}

impl Endpoint {
    pub(crate) async fn start(mood: Mood) -> Self {
        let (store, intake, metrics) = MemoryStore::start(mood);
        let receiver = OtlpReceiver::new(intake, metrics.clone());
        let stop = CancellationToken::new();
        let (http_listener, http) = listen().await;
        let (grpc_listener, grpc) = listen().await;
        let http_server = serve_http(http_listener, receiver.clone(), stop.clone());
        let grpc_server = serve_grpc(grpc_listener, receiver, stop.clone());
        Self {
            store,
            metrics,
            http: format!("{http}/v1/traces"),
            grpc,
            stop,
            servers: [
                tokio::spawn(async { http_server.await.expect("served") }),
                tokio::spawn(async { grpc_server.await.expect("served") }),
            ],
        }
    }

    pub(crate) fn answered(&self, operation: &'static str, status: u16) -> u64 {
        let label = RequestLabel { operation, status };
        self.metrics.requests.get_or_create(&label).get()
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    (listener, format!("http://{address}"))
}

/// A request of internal spans with these names.
pub(crate) fn request(names: &[&str]) -> ExportTraceServiceRequest {
    let span = |(index, name): (usize, &&str)| Span {
        trace_id: vec![1; 16],
        span_id: (index as u64 + 1).to_be_bytes().to_vec(),
        parent_span_id: vec![9; 8],
        name: (*name).to_owned(),
        start_time_unix_nano: 1_500_000_000,
        end_time_unix_nano: 1_750_000_001,
        ..Span::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![ScopeSpans {
                spans: names.iter().enumerate().map(span).collect(),
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    }
}

/// The document of the first span of [`request`].
pub(crate) fn document(name: &str) -> String {
    format!(
        "{{\"name\":\"{name}\",\"id\":\"0000000000000001\",\"type\":\"subsegment\",\
         \"trace_id\":\"1-01010101-010101010101010101010101\",\"parent_id\":\"0909090909090909\",\
         \"start_time\":1.5,\"end_time\":1.750000001}}"
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}
