//! An X-Ray that can be stopped, and that misbehaves when told to. It runs on a runtime of its
//! own, so that stopping it breaks its connections.

use std::{
    collections::{HashSet, VecDeque},
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

/// What happens to the next request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The request is turned away; with a number of seconds after which to come again.
    Status(u16, Option<u64>),
    /// The documents are taken, and the answer breaks off.
    HalfWritten,
    /// Everything goes well, but takes its time.
    Slow(Duration),
    /// A page of another server.
    Html,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) at: Instant,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn documents(&self) -> Vec<String> {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let documents = body["TraceSegmentDocuments"].as_array().unwrap().iter();
        documents
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    }
}

#[derive(Default)]
struct Shared {
    faults: Mutex<VecDeque<Fault>>,
    received: Mutex<Vec<Received>>,
    taken: Mutex<Vec<String>>,
    throttled: Mutex<HashSet<String>>,
}

pub(crate) struct FaultyBackend {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl FaultyBackend {
    pub(crate) fn start() -> Self {
        let mut backend = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            shared: Arc::default(),
            runtime: None,
        };
        backend.start_again();
        backend
    }

    /// Listens again at the same port.
    pub(crate) fn start_again(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let _inside = runtime.enter();
        let listener = bind(self.address);
        listener.set_nonblocking(true).unwrap();
        self.address = listener.local_addr().unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state(self.shared.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        self.runtime = Some(runtime);
    }

    /// Breaks all connections and refuses new ones.
    pub(crate) fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn misbehave(&self, faults: &[Fault]) {
        self.shared.faults.lock().extend(faults);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    /// The requests for a path, once there are at least `count`.
    pub(crate) async fn received_at(&self, path: &str, count: usize) -> Vec<Received> {
        let what = format!("{count} requests for {path}");
        crate::sinks_rig::eventually(&what, || {
            let received = self.received().into_iter();
            let received: Vec<_> = received.filter(|one| one.path == path).collect();
            (received.len() >= count).then_some(received)
        })
        .await
    }

    /// Documents in the order in which they were taken, those that came twice twice.
    pub(crate) fn taken(&self) -> Vec<String> {
        self.shared.taken.lock().clone()
    }

    /// What was taken, once at least `count` different documents were.
    pub(crate) async fn taken_different(&self, count: usize) -> HashSet<String> {
        crate::sinks_rig::eventually(&format!("{count} documents"), || {
            let taken: HashSet<_> = self.taken().into_iter().collect();
            (taken.len() >= count).then_some(taken)
        })
        .await
    }
}

impl Drop for FaultyBackend {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A runtime that was stopped gives its port back only after a moment.
fn bind(address: SocketAddr) -> std::net::TcpListener {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match std::net::TcpListener::bind(address) {
            Ok(listener) => return listener,
            Err(error) => assert!(Instant::now() < deadline, "{address}: {error}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Received {
        at: Instant::now(),
        method,
        path: uri.path_and_query().unwrap().to_string(),
        headers,
        body,
    };
    shared.received.lock().push(request.clone());
    let fault = shared.faults.lock().pop_front();
    match fault {
        Some(Fault::Status(status, retry_after)) => refuse(status, retry_after),
        Some(Fault::Html) => "<html>Please log in</html>".into_response(),
        Some(Fault::HalfWritten) => {
            take(&shared, &request);
            half_written()
        }
        Some(Fault::Slow(time)) => {
            tokio::time::sleep(time).await;
            take(&shared, &request)
        }
        None => take(&shared, &request),
    }
}

fn refuse(status: u16, retry_after: Option<u64>) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let mut response = (status, "{\"message\":\"not now\"}").into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn half_written() -> Response {
    let (parts, body) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        let _ = parts.send(Ok("{\"Unproc")).await;
        // What was sent so far has left by then.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let _ = parts.send(Err(io::Error::other("cut off"))).await;
    });
    let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(body));
    ([(header::CONTENT_LENGTH, 1_000)], body).into_response()
}

/// Takes documents as X-Ray does: one that says "poison" spoils its batch, "invalid" ones are not
/// processed, "throttled" ones not the first time.
fn take(shared: &Shared, request: &Received) -> Response {
    if request.path != "/TraceSegments" {
        return "{}".into_response();
    }
    let documents = request.documents();
    if documents.iter().any(|document| document.contains("poison")) {
        let error = json!({"__type": "InvalidRequestException", "message": "it is poisoned"});
        return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
    }
    let mut unprocessed = Vec::new();
    for document in documents {
        let throttled =
            document.contains("throttled") && shared.throttled.lock().insert(document.clone());
        let code = match (document.contains("invalid"), throttled) {
            (true, _) => "InvalidName",
            (_, true) => "ThrottledException",
            _ => {
                shared.taken.lock().push(document);
                continue;
            }
        };
        let parsed: Value = serde_json::from_str(&document).unwrap();
        let message = format!("Invalid segment. ErrorCode: {code}");
        unprocessed.push(json!({"Id": parsed["id"], "ErrorCode": code, "Message": message}));
    }
    json!({ "UnprocessedTraceSegments": unprocessed })
        .to_string()
        .into_response()
}
