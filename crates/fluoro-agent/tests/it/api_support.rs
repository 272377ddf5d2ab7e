//! An agent on free ports with a store of its own, and a client.

use std::{net::SocketAddr, path::Path, sync::Once, time::Duration};

use fluoro_agent::{
    agent::Agent,
    config::{AwsConfig, Config},
};
use fluoro_store::Limits;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a test waits for what should come at once.
pub(crate) const SOON: Duration = Duration::from_secs(20);

static TLS: Once = Once::new();

/// A running agent. Its store goes with it.
pub(crate) struct Running {
    pub(crate) agent: Agent,
    pub(crate) client: Client,
    pub(crate) directory: TempDir,
}

/// The configuration of an agent on free loopback ports.
pub(crate) fn config(directory: &Path) -> Config {
    let free = || Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    Config {
        data_directory: directory.to_owned(),
        limits: Limits {
            age: Duration::from_secs(3_600),
            bytes: 1 << 30,
        },
        udp: free(),
        tcp: free(),
        web: free(),
        otlp_http: None,
        otlp_grpc: None,
        allowed_hosts: vec!["traces.example".to_owned()],
        sinks: Vec::new(),
        aws: AwsConfig {
            region: None,
            endpoint: None,
            role_arn: None,
            resource_arn: None,
            proxy: None,
            verify_tls: true,
            local_mode: true,
        },
        shutdown: Duration::from_secs(10),
    }
}

pub(crate) fn client() -> Client {
    TLS.call_once(|| {
        // Another test of the process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let client = Client::builder().no_proxy().timeout(SOON);
    client.build().expect("a client without a proxy")
}

impl Running {
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let agent = Agent::start(config(directory.path())).await;
        Self {
            agent: agent.expect("free ports and an empty store"),
            client: client(),
            directory,
        }
    }

    /// Stops the agent and starts another one on the same store.
    pub(crate) async fn restart(self) -> Self {
        self.agent.stop().await;
        let agent = Agent::start(config(self.directory.path())).await;
        Self {
            agent: agent.expect("free ports and a closed store"),
            ..self
        }
    }

    pub(crate) fn address(&self, name: &str) -> SocketAddr {
        let mut listeners = self.agent.listeners().iter();
        let listener = listeners.find(|listener| listener.name == name);
        listener.expect("the agent listens there").address
    }

    pub(crate) fn web(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address("web"));
        self.client.request(method, url)
    }

    pub(crate) fn tcp(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address("tcp"));
        self.client.request(method, url)
    }

    /// Calls an operation; returns status and answer.
    pub(crate) async fn call(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.web(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let response = self.web(Method::GET, path).send().await;
        response.expect("an answer")
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.expect("JSON")
    }

    pub(crate) async fn put(&self, documents: &[String]) -> Value {
        let body = json!({"TraceSegmentDocuments": documents});
        let (status, answer) = self.call("/TraceSegments", body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    let answer = serde_json::from_str(&text);
    (status, answer.unwrap_or_else(|_| panic!("{status} {text}")))
}

/// A segment document of a trace that began now; `number` makes its ids.
pub(crate) fn segment(number: u64) -> String {
    let now = fluoro_agent::clock::now();
    json!({
        "trace_id": format!("1-{:08x}-{number:024x}", now as u64),
        "id": format!("{:016x}", number + 1),
        "name": "checkout",
        "start_time": now - 0.25,
        "end_time": now,
    })
    .to_string()
}
