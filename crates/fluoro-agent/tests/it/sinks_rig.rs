//! Sinks over a store in memory, with an intake in front of it.

use std::{
    collections::HashSet,
    future::Future,
    path::PathBuf,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use fluoro_agent::{
    aws::Client,
    config::{AwsConfig, Config, SinkConfig},
    intake::Intake,
    metrics::Metrics,
    sinks::{SinkStatus, Sinks},
};
use fluoro_store::{Append, Arrival, Limits, Queue, Source};

use crate::sinks_store::QueueStore;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a test with credentials for AWS in the environment and no other trace of AWS.
pub(crate) fn with_credentials(test: impl Future<Output = ()>) {
    with_environment(
        &[
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ],
        test,
    );
}

/// Runs a test with only these variables of AWS in the environment.
pub(crate) fn with_environment(variables: &[(&str, &str)], test: impl Future<Output = ()>) {
    let mut environment = vec![
        ("HTTPS_PROXY", None),
        ("https_proxy", None),
        ("AWS_REGION", None),
        ("AWS_PROFILE", None),
        ("AWS_SESSION_TOKEN", None),
        ("AWS_ACCESS_KEY_ID", None),
        ("AWS_SECRET_ACCESS_KEY", None),
        ("AWS_CONFIG_FILE", Some("/nonexistent")),
        ("AWS_SHARED_CREDENTIALS_FILE", Some("/nonexistent")),
        ("AWS_EC2_METADATA_DISABLED", Some("true")),
    ];
    environment.extend(variables.iter().map(|(name, value)| (*name, Some(*value))));
    temp_env::with_vars(environment, || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(test);
    });
}

pub(crate) fn aws(endpoint: &str) -> AwsConfig {
    AwsConfig {
        region: Some("eu-west-1".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        role_arn: None,
        resource_arn: Some("arn:aws:ec2:eu-west-1:123456789012:instance/i-1".to_owned()),
        proxy: None,
        verify_tls: true,
        local_mode: true,
    }
}

/// An agent without sources.
pub(crate) struct Rig {
    store: Arc<dyn Queue>,
    intake: Intake,
    metrics: Arc<Metrics>,
    writer: JoinHandle<()>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::over(Arc::new(QueueStore::default()))
    }

    pub(crate) fn over(store: Arc<impl Append + Queue + 'static>) -> Self {
        let metrics = Arc::new(Metrics::default());
        let (intake, writer) = Intake::start(store.clone(), metrics.clone());
        Self {
            store,
            intake,
            metrics,
            writer,
        }
    }

    pub(crate) fn start(&self, sinks: Vec<SinkConfig>, endpoint: &str) -> Sinks {
        let config = Config {
            data_directory: PathBuf::new(),
            limits: Limits {
                age: Duration::MAX,
                bytes: u64::MAX,
            },
            udp: None,
            tcp: None,
            web: None,
            otlp_http: None,
            otlp_grpc: None,
            allowed_hosts: Vec::new(),
            sinks,
            aws: aws(endpoint),
            shutdown: PATIENCE,
        };
        let client = Client::new(&config.aws).unwrap();
        Sinks::start(
            &config,
            &self.store,
            &self.intake,
            &self.metrics,
            Some(&client),
        )
        .unwrap()
    }

    pub(crate) fn start_xray(&self, endpoint: &str) -> Sinks {
        self.start(vec![SinkConfig::XRay], endpoint)
    }

    /// Lets go of the store: nothing arrives any more.
    pub(crate) fn close(self) {
        self.intake.close();
        self.writer.join().unwrap();
    }

    /// Documents arrive and are kept.
    pub(crate) async fn arrive(&self, documents: &[String]) {
        let arrivals = documents.iter().map(|document| Arrival {
            document: document.clone().into_bytes(),
            source: Source::Udp,
            received_at: 0.0,
        });
        self.intake.submit(arrivals.collect()).await.unwrap();
    }
}

/// Documents with numbers, which no two share; `says` is their annotation.
pub(crate) fn documents(numbers: std::ops::Range<u64>, says: &str) -> Vec<String> {
    numbers
        .map(|number| {
            format!(
                "{{\"name\":\"shop\",\"id\":\"{number:016x}\",\
                 \"trace_id\":\"1-5759e988-bd862e3fe1be46a9{number:08x}\",\
                 \"start_time\":1.478293361271E9, \"end_time\":1478293361.449,\
                 \"annotations\":{{\"says\":\"{says}\"}},\
                 \"metadata\":{{\"default\":{{\"text\":\"é \\\"\\u0007\\\\ 😀\"}}}}}}"
            )
        })
        .collect()
}

pub(crate) fn set(documents: &[String]) -> HashSet<String> {
    documents.iter().cloned().collect()
}

/// The status of the only sink.
pub(crate) fn status(sinks: &Sinks) -> SinkStatus {
    let [status] = <[_; 1]>::try_from(sinks.status()).unwrap();
    status
}

/// Asks again and again until there is something.
pub(crate) async fn eventually<T>(what: &str, ask: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
