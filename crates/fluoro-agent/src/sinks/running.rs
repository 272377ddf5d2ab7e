//! All sinks of an agent.

use std::{fmt, sync::Arc, time::Duration};

use fluoro_store::{Queue, StoreError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    backend::Backend,
    checkpoint::Checkpoint,
    delivery::Delivery,
    otlp::{AwsOtlp, EndpointError, OtlpGrpc, OtlpHttp, backend_name, check_not_own},
    reader::Reader,
    state::State,
    status::SinkStatus,
    worker::Worker,
    xray::{Host, Telemetry, XRay},
};
use crate::{
    aws::{AwsError, Client},
    config::{Config, OtlpProtocol, SinkConfig},
    intake::Intake,
    metrics::Metrics,
};

/// How long sinks may take to write down where they stand, when their time is up.
const ABANDON_WITHIN: Duration = Duration::from_secs(1);

/// Why sinks could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SinksError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// AWS is configured wrongly.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// An OTLP backend is configured wrongly.
    #[error(transparent)]
    Otlp(#[from] EndpointError),
}

/// The sinks of a running agent. Dropping them stops them at once; what they had not sent waits in
/// the store.
pub struct Sinks {
    states: Vec<Arc<State>>,
    tasks: Vec<JoinHandle<()>>,
    stopping: CancellationToken,
    abandoning: CancellationToken,
}

/// Tells how the sinks of an agent are doing; clones tell the same.
#[derive(Clone)]
pub struct SinkWatch {
    states: Arc<[Arc<State>]>,
}

impl SinkWatch {
    /// How each sink is doing now.
    pub fn status(&self) -> Vec<SinkStatus> {
        self.states.iter().map(|state| state.status()).collect()
    }
}

impl fmt::Debug for SinkWatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.status()).finish()
    }
}

impl fmt::Debug for Sinks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.watch().fmt(formatter)
    }
}

/// What sinks are made of.
struct Parts<'a> {
    config: &'a Config,
    store: &'a Arc<dyn Queue>,
    intake: &'a Intake,
    metrics: &'a Arc<Metrics>,
    aws: Option<&'a Client>,
}

impl Parts<'_> {
    fn aws(&self) -> Result<Client, AwsError> {
        match self.aws {
            Some(client) => Ok(client.clone()),
            None => Client::new(&self.config.aws),
        }
    }
}

impl Sinks {
    /// Starts a sink for each place that `config` names; must be called inside of a runtime. No
    /// backend is asked anything before there is something to send. Sinks to AWS share `aws`, or
    /// make a client of their own.
    ///
    /// # Errors
    ///
    /// [`SinksError`] if the store cannot be read, or an address is none.
    pub fn start(
        config: &Config,
        store: &Arc<dyn Queue>,
        intake: &Intake,
        metrics: &Arc<Metrics>,
        aws: Option<&Client>,
    ) -> Result<Self, SinksError> {
        let mut sinks = Self {
            states: Vec::new(),
            tasks: Vec::new(),
            stopping: CancellationToken::new(),
            abandoning: CancellationToken::new(),
        };
        let parts = Parts {
            config,
            store,
            intake,
            metrics,
            aws,
        };
        for sink in &config.sinks {
            sinks.add(sink, &parts)?;
        }
        Ok(sinks)
    }

    /// How each sink is doing.
    pub fn status(&self) -> Vec<SinkStatus> {
        self.watch().status()
    }

    /// Something that tells how each sink is doing, even while they shut down.
    pub fn watch(&self) -> SinkWatch {
        SinkWatch {
            states: self.states.clone().into(),
        }
    }

    /// Sends what the store has left, within a time. A backend that is away gets one more attempt;
    /// what it does not take stays in the store for the next start.
    pub async fn shutdown(mut self, within: Duration) {
        self.stopping.cancel();
        if tokio::time::timeout(within, self.ended()).await.is_err() {
            tracing::warn!("sinks were stopped after {} seconds", within.as_secs_f64());
            self.abandoning.cancel();
            // Positions still have to be kept.
            let _ = tokio::time::timeout(ABANDON_WITHIN, self.ended()).await;
        }
        for status in self.status() {
            if status.pending > 0 {
                let SinkStatus { name, pending, .. } = status;
                tracing::warn!("sink {name}: {pending} documents are left for the next start");
            }
        }
    }

    async fn ended(&mut self) {
        while let Some(task) = self.tasks.last_mut() {
            if let Err(failure) = task.await {
                tracing::error!("a sink ended badly: {failure}");
            }
            self.tasks.pop();
        }
    }

    fn add(&mut self, sink: &SinkConfig, parts: &Parts<'_>) -> Result<(), SinksError> {
        let name = name(sink);
        if self.states.iter().any(|state| state.name() == name) {
            // Said twice is meant once.
            return Ok(());
        }
        let state = State::new(&name, parts.metrics);
        let backend: Arc<dyn Backend> = match sink {
            SinkConfig::XRay => self.xray(&state, parts)?,
            SinkConfig::AwsOtlp => Arc::new(AwsOtlp::new(parts.aws()?)),
            SinkConfig::Otlp {
                endpoint,
                protocol,
                headers,
            } => {
                let config = parts.config;
                check_not_own(endpoint, &[config.otlp_http, config.otlp_grpc])?;
                match protocol {
                    OtlpProtocol::Http => Arc::new(OtlpHttp::new(endpoint, headers)?),
                    OtlpProtocol::Grpc => Arc::new(OtlpGrpc::new(endpoint, headers)?),
                }
            }
        };
        self.spawn(&state, backend, parts)
    }

    /// X-Ray, with the telemetry that is sent beside the documents.
    fn xray(&mut self, state: &Arc<State>, parts: &Parts<'_>) -> Result<Arc<XRay>, SinksError> {
        let client = parts.aws()?;
        let host = Host::describe(&parts.config.aws, |name| std::env::var(name).ok());
        let backend = XRay::new(client.clone(), &host);
        let telemetry = Telemetry {
            client,
            host,
            state: state.clone(),
            metrics: parts.metrics.clone(),
            stopping: self.stopping.clone(),
        };
        self.tasks.push(tokio::spawn(telemetry.run()));
        Ok(Arc::new(backend))
    }

    fn spawn(
        &mut self,
        state: &Arc<State>,
        backend: Arc<dyn Backend>,
        parts: &Parts<'_>,
    ) -> Result<(), SinksError> {
        let checkpoint = Checkpoint::open(parts.store.clone(), state.clone())?;
        let reader = Reader::new(
            parts.store.clone(),
            state.clone(),
            backend.batch_limits(),
            checkpoint.reached(),
        )?;
        let worker = Worker {
            reader,
            checkpoint,
            delivery: Arc::new(Delivery::new(backend, state.clone(), self.stopping.clone())),
            state: state.clone(),
            changes: parts.intake.changes(),
            stopping: self.stopping.clone(),
            abandoning: self.abandoning.clone(),
        };
        self.states.push(state.clone());
        self.tasks.push(tokio::spawn(worker.run()));
        Ok(())
    }
}

fn name(sink: &SinkConfig) -> String {
    match sink {
        SinkConfig::XRay => "xray".to_owned(),
        SinkConfig::AwsOtlp => "aws-otlp".to_owned(),
        SinkConfig::Otlp {
            endpoint, protocol, ..
        } => backend_name(endpoint, *protocol),
    }
}

impl Drop for Sinks {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
