use std::time::Duration;

use http::Uri;
use tokio::{net::TcpStream, time::timeout};

use super::{agent::RunningAgent, finding::Finding};
use crate::config::{Config, SinkConfig};

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether each target can be reached, and what the running agent says of its own.
pub(super) async fn findings(config: &Config, agent: &RunningAgent) -> Vec<Finding> {
    let mut findings = Vec::new();
    for sink in &config.sinks {
        if let SinkConfig::Otlp { endpoint, .. } = sink {
            findings.push(reach(endpoint).await);
        }
    }
    let running = agent.status().into_iter().flat_map(|status| &status.sinks);
    for sink in running {
        let text = format!(
            "{} is {}: {} sent, {} waiting",
            sink.name, sink.state, sink.sent, sink.pending
        );
        findings.push(match &sink.last_error {
            Some(error) if sink.state == "failing" => {
                Finding::bad(format!("{text}; {}", error.message))
            }
            _ => Finding::good(text),
        });
    }
    if config.sinks.is_empty() && findings.is_empty() {
        findings.push(Finding::neutral("off: traces are kept and shown here"));
    }
    findings
}

async fn reach(endpoint: &str) -> Finding {
    let Some((host, port)) = place(endpoint) else {
        return Finding::bad(format!("{endpoint} has no host"));
    };
    match timeout(PATIENCE, TcpStream::connect((host.as_str(), port))).await {
        Ok(Ok(_)) => Finding::good(format!("{endpoint} accepts connections")),
        Ok(Err(error)) => Finding::bad(format!("{endpoint} cannot be reached: {error}")),
        Err(_) => Finding::bad(format!(
            "{endpoint} does not answer within {} s",
            PATIENCE.as_secs()
        )),
    }
}

fn place(endpoint: &str) -> Option<(String, u16)> {
    let address: Uri = endpoint.parse().ok()?;
    let host = address.host()?.trim_matches(['[', ']']).to_owned();
    let usual = if address.scheme_str() == Some("https") {
        443
    } else {
        80
    };
    Some((host, address.port_u16().unwrap_or(usual)))
}
