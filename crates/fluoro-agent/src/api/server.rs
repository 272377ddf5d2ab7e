//! Serves a router on a port: limits connections and idle time, and lets answers end at shutdown.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Connections at a time; more wait in the system's queue.
const CONNECTIONS: usize = 1_024;

/// How long the head of a request may take, the time between two requests included.
const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// How long a pause follows when the system gives no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The address of this machine that a connection came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalAddress(pub(super) SocketAddr);

/// A port that is served.
#[derive(Debug)]
pub(crate) struct Server {
    task: JoinHandle<GracefulShutdown>,
}

impl Server {
    /// Serves `router` until `stop`.
    pub(crate) fn start(listener: TcpListener, router: Router, stop: CancellationToken) -> Self {
        let task = tokio::spawn(accept(listener, router, stop));
        Self { task }
    }

    /// Waits, after the stop, until open requests are answered, but not beyond `deadline`.
    pub(crate) async fn finish(self, deadline: Instant) {
        let finish = async {
            if let Ok(connections) = self.task.await {
                connections.shutdown().await;
            }
        };
        if tokio::time::timeout_at(deadline.into(), finish)
            .await
            .is_err()
        {
            tracing::warn!("requests were not finished in time");
        }
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> GracefulShutdown {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop.cancelled() => return connections,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = serve(stream, &router, &connections);
                tokio::spawn(async move {
                    let _place = place;
                    connection.await;
                });
            }
            Err(failure) => {
                tracing::warn!("a connection was not accepted: {failure}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The future that answers a connection's requests.
fn serve(
    stream: TcpStream,
    router: &Router,
    connections: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + 'static {
    // A connection that is gone already shows when it is read.
    let _ = stream.set_nodelay(true);
    let local = stream.local_addr();
    let local = local.unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)));
    let router = router.clone().layer(Extension(LocalAddress(local)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let connection = connections.watch(connection);
    async move {
        if let Err(failure) = connection.await {
            tracing::debug!("a connection ended early: {failure}");
        }
    }
}
