use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Deserialize;

use super::finding::Finding;
use crate::{
    cli::client::{AgentClient, ClientError},
    config::Config,
};

/// What answers on the web port.
pub(super) enum RunningAgent {
    /// An agent.
    Answers { address: String, status: Status },
    /// Nobody.
    Silent { address: String },
    /// Somebody else.
    Foreign { reason: String },
    /// There is no web port to ask.
    Unasked,
}

/// The parts of `/api/agent` that are told.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Status {
    version: String,
    uptime_seconds: f64,
    listeners: Vec<Listener>,
    pub(super) store: Store,
    lost: Vec<Loss>,
    pub(super) sinks: Vec<Sink>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listener {
    name: String,
    address: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Store {
    pub(super) bytes: u64,
    pub(super) documents: u64,
    pub(super) rejected: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Loss {
    reason: String,
    count: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Sink {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) sent: u64,
    pub(super) pending: u64,
    pub(super) last_error: Option<LastError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct LastError {
    pub(super) message: String,
}

impl RunningAgent {
    pub(super) async fn find(config: &Config) -> Self {
        let Some(web) = config.web else {
            return Self::Unasked;
        };
        let address = format!("http://{}", from_here(web));
        let status = match AgentClient::new(&address) {
            Ok(client) => client.get("/api/agent").await,
            Err(error) => Err(error),
        };
        match status {
            Ok(status) => Self::Answers { address, status },
            Err(ClientError::NoAgent { .. }) => Self::Silent { address },
            Err(error) => Self::Foreign {
                reason: error.to_string(),
            },
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Answers { address, status } => {
                let up = uptime(status.uptime_seconds);
                let version = &status.version;
                let answers = format!("fluoro {version} answers at {address}, up {up}");
                let lost = status.lost.iter().filter(|loss| loss.count > 0);
                let lost = lost.map(|loss| {
                    let Loss { reason, count } = loss;
                    Finding::neutral(format!("lost since then: {count}, {reason}"))
                });
                std::iter::once(Finding::good(answers))
                    .chain(lost)
                    .collect()
            }
            Self::Silent { address } => vec![Finding::neutral(format!(
                "none runs at {address}; `fluoro agent` starts one"
            ))],
            Self::Foreign { reason } => vec![Finding::bad(reason)],
            Self::Unasked => vec![Finding::neutral("has no web port, so none is asked")],
        }
    }

    /// The status, if an agent runs.
    pub(super) const fn status(&self) -> Option<&Status> {
        match self {
            Self::Answers { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Whether the running agent listens there.
    pub(super) fn has_port(&self, kind: &str, address: SocketAddr) -> bool {
        let listeners = self
            .status()
            .into_iter()
            .flat_map(|status| &status.listeners);
        let mut same = listeners.filter(|listener| {
            (listener.name == "udp") == (kind == "UDP")
                && listener.address.parse::<SocketAddr>().is_ok_and(|listens| {
                    listens.port() == address.port()
                        && (listens.ip() == address.ip() || listens.ip().is_unspecified())
                })
        });
        same.next().is_some()
    }
}

/// An address that listens on every interface, as this machine reaches it.
fn from_here(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

fn uptime(seconds: f64) -> String {
    let minutes = seconds as u64 / 60;
    match (minutes / 1_440, minutes / 60, minutes) {
        (0, 0, 0) => format!("{} s", seconds as u64),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}
