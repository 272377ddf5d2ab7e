use std::{
    fmt::Display,
    net::SocketAddr,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use fluoro_store::{Queue, SqliteStore, Store};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{AgentError, port::Port, retention, signals::Signals};
use crate::{
    api::{self, Api, ApiParts, Guard, Listener, Server, SinkStatuses},
    aws::{self, Client},
    config::{Config, SinkConfig},
    intake::Intake,
    metrics::Metrics,
    sinks::Sinks,
    sources::{
        otlp::{self, OtlpReceiver},
        udp::UdpSource,
    },
};

/// Runs an agent until SIGTERM or SIGINT, then lets it finish; a second signal ends it at once.
///
/// # Errors
///
/// [`AgentError`] when it cannot start.
pub async fn run(config: Config) -> Result<(), AgentError> {
    let mut signals = Signals::listen().map_err(AgentError::Signals)?;
    let agent = Agent::start(config).await?;
    let signal = signals.next().await;
    tracing::info!("{signal}: what has arrived is finished");
    tokio::select! {
        () = agent.stop() => tracing::info!("the agent has ended"),
        signal = signals.next() => tracing::warn!("{signal} again: the agent ends at once"),
    }
    Ok(())
}

/// An agent that runs.
pub struct Agent {
    listeners: Vec<Listener>,
    stop: CancellationToken,
    udp: Option<UdpSource>,
    servers: Vec<Server>,
    otlp: Vec<tokio::task::JoinHandle<()>>,
    retention: tokio::task::JoinHandle<()>,
    intake: Intake,
    writer: JoinHandle<()>,
    sinks: Arc<Mutex<Option<Sinks>>>,
    shutdown: Duration,
}

impl Agent {
    /// Opens the store, and listens. Must be called inside of a runtime.
    ///
    /// # Errors
    ///
    /// [`AgentError`] when the store cannot be opened or an address is taken; nothing runs then.
    pub async fn start(config: Config) -> Result<Self, AgentError> {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&config.data_directory)?);
        let metrics = Arc::new(Metrics::default());
        let (intake, writer) = Intake::start(store.clone(), Arc::clone(&metrics));
        let stop = CancellationToken::new();
        let sinks = Arc::new(Mutex::new(None));
        let api = Api::new(ApiParts {
            store: Arc::clone(&store),
            intake: intake.clone(),
            metrics: Arc::clone(&metrics),
            guard: Guard::new(&config.allowed_hosts),
            sinks: statuses_of(&sinks),
            stop: stop.clone(),
        })?;
        let keep_to_limits = retention::run(store.clone(), config.limits, stop.clone());
        let mut agent = Self {
            listeners: Vec::new(),
            stop,
            udp: None,
            servers: Vec::new(),
            otlp: Vec::new(),
            retention: tokio::spawn(keep_to_limits),
            intake,
            writer,
            sinks,
            shutdown: config.shutdown,
        };
        let parts = Parts {
            config: &config,
            queue: store,
            metrics: &metrics,
        };
        if let Err(error) = agent.start_parts(&parts, &api).await {
            agent.stop().await;
            return Err(error);
        }
        api.set_listeners(agent.listeners.clone());
        Ok(agent)
    }

    /// Where it listens.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    async fn start_parts(&mut self, parts: &Parts<'_>, api: &Api) -> Result<(), AgentError> {
        let Parts {
            config,
            queue,
            metrics,
        } = parts;
        let aws = match config.sinks.iter().any(is_aws) {
            true => Some(Client::new(&config.aws)?),
            false => None,
        };
        let sinks = Sinks::start(config, queue, &self.intake, metrics, aws.as_ref())?;
        *self.sinks.lock() = Some(sinks);
        self.receive_udp(config, metrics)?;
        self.receive_otlp(config, metrics).await?;
        if let Some(address) = config.tcp {
            let purpose = match aws {
                None => "X-Ray API for SDKs",
                Some(_) => "X-Ray API for SDKs, signed and sent on to AWS",
            };
            let port = Port::new("tcp", "--bind-tcp", purpose, address);
            let proxy = aws.map(aws::proxy::router);
            self.serve(port, api::tcp_router(api.clone(), proxy))
                .await?;
        }
        if let Some(address) = config.web {
            let port = Port::new("web", "--web", "viewer and X-Ray API", address);
            self.serve(port, api::web_router(api.clone())).await?;
        }
        Ok(())
    }

    fn receive_udp(&mut self, config: &Config, metrics: &Arc<Metrics>) -> Result<(), AgentError> {
        let Some(address) = config.udp else {
            return Ok(());
        };
        let port = Port::new("udp", "--bind", "datagrams of X-Ray SDKs", address);
        let source = UdpSource::start(
            address,
            self.intake.clone(),
            Arc::clone(metrics),
            self.stop.clone(),
        );
        let source = source.map_err(|reason| port.refused(reason))?;
        self.listens(port, source.local_address());
        self.udp = Some(source);
        Ok(())
    }

    async fn receive_otlp(
        &mut self,
        config: &Config,
        metrics: &Arc<Metrics>,
    ) -> Result<(), AgentError> {
        let receiver = OtlpReceiver::new(self.intake.clone(), Arc::clone(metrics));
        if let Some(address) = config.otlp_http {
            let port = Port::new("otlp-http", "--otlp-http", "OTLP over HTTP", address);
            let listener = self.bind(port).await?;
            let serve = otlp::serve_http(listener, receiver.clone(), self.stop.clone());
            self.otlp.push(tokio::spawn(until_it_ends(port, serve)));
        }
        if let Some(address) = config.otlp_grpc {
            let port = Port::new("otlp-grpc", "--otlp-grpc", "OTLP over gRPC", address);
            let listener = self.bind(port).await?;
            let serve = otlp::serve_grpc(listener, receiver, self.stop.clone());
            self.otlp.push(tokio::spawn(until_it_ends(port, serve)));
        }
        Ok(())
    }

    async fn bind(&mut self, port: Port) -> Result<TcpListener, AgentError> {
        let bound = TcpListener::bind(port.address).await;
        let bound = bound.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|reason| port.refused(reason))?;
        self.listens(port, address);
        Ok(listener)
    }

    async fn serve(&mut self, port: Port, router: axum::Router) -> Result<(), AgentError> {
        let listener = self.bind(port).await?;
        self.servers
            .push(Server::start(listener, router, self.stop.clone()));
        Ok(())
    }

    fn listens(&mut self, port: Port, address: SocketAddr) {
        match port.name {
            "web" => tracing::info!("{}: http://{address}", port.purpose),
            _ => tracing::info!("{}: {address}", port.purpose),
        }
        if port.name == "web" && !address.ip().is_loopback() {
            tracing::warn!(
                "whoever reaches {address} over the network can read and change what is kept"
            );
        }
        self.listeners.push(Listener {
            name: port.name,
            address,
            purpose: port.purpose,
        });
    }

    /// Stops listening, keeps what has arrived, and lets sinks send what is left, all within the
    /// time that the configuration gives.
    pub async fn stop(self) {
        let deadline = Instant::now() + self.shutdown;
        self.stop.cancel();
        if let Some(udp) = self.udp {
            join(move || udp.join()).await;
        }
        for server in self.servers {
            server.finish(deadline).await;
        }
        for task in self.otlp.into_iter().chain([self.retention]) {
            if let Err(failure) = task.await {
                tracing::error!("a part of the agent ended badly: {failure}");
            }
        }
        self.intake.close();
        let writer = self.writer;
        join(move || {
            if writer.join().is_err() {
                tracing::error!("the thread that writes to the store ended unexpectedly");
            }
        })
        .await;
        let sinks = self.sinks.lock().take();
        if let Some(sinks) = sinks {
            let left = deadline.saturating_duration_since(Instant::now());
            sinks.shutdown(left).await;
        }
    }
}

async fn until_it_ends<E: Display>(port: Port, serve: impl Future<Output = Result<(), E>>) {
    if let Err(failure) = serve.await {
        tracing::error!("{} ended: {failure}", port.purpose);
    }
}

fn is_aws(sink: &SinkConfig) -> bool {
    matches!(sink, SinkConfig::XRay | SinkConfig::AwsOtlp)
}

/// Tells how the sinks are doing, while there are any.
fn statuses_of(sinks: &Arc<Mutex<Option<Sinks>>>) -> SinkStatuses {
    let sinks = Arc::clone(sinks);
    Arc::new(move || {
        let sinks = sinks.lock();
        sinks.as_ref().map(Sinks::status).unwrap_or_default()
    })
}

async fn join(wait: impl FnOnce() + Send + 'static) {
    if tokio::task::spawn_blocking(wait).await.is_err() {
        tracing::error!("a part of the agent could not be waited for");
    }
}

/// What parts of an agent are made of.
struct Parts<'a> {
    config: &'a Config,
    queue: Arc<dyn Queue>,
    metrics: &'a Arc<Metrics>,
}
