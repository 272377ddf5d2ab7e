use std::{
    io,
    net::{SocketAddr, TcpListener, UdpSocket},
};

use super::{agent::RunningAgent, finding::Finding};
use crate::config::{Config, Key, Setting};

/// Whether each port could be opened, or already is the agent's.
pub(super) fn findings(config: &Config, agent: &RunningAgent) -> Vec<Finding> {
    [
        (Key::Udp, "UDP", config.udp),
        (Key::Tcp, "TCP", config.tcp),
        (Key::Web, "TCP", config.web),
        (Key::OtlpHttp, "TCP", config.otlp_http),
        (Key::OtlpGrpc, "TCP", config.otlp_grpc),
    ]
    .into_iter()
    .filter_map(|(key, kind, address)| Some(finding(key, kind, address?, agent)))
    .collect()
}

fn finding(key: Key, kind: &str, address: SocketAddr, agent: &RunningAgent) -> Finding {
    let flag = Setting::of(key).spelling();
    let port = format!("{kind} {address} for {flag}");
    let reach = if address.ip().is_loopback() {
        ""
    } else {
        "; reachable from other machines"
    };
    let outcome = match kind {
        "UDP" => UdpSocket::bind(address).map(drop),
        _ => TcpListener::bind(address).map(drop),
    };
    match outcome {
        Ok(()) => Finding::good(format!("{port} is free{reach}")),
        Err(_) if agent.has_port(kind, address) => {
            Finding::good(format!("{port} is the running agent's{reach}"))
        }
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Finding::bad(format!("{port} is taken by another program"))
        }
        Err(error) => Finding::bad(format!("{port} cannot be opened: {error}")),
    }
}
