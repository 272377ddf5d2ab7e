//! `PutTelemetryRecords`: once a minute X-Ray is told how the agent is doing, as the daemon does.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;

use super::{
    super::state::{State, Troubles},
    Host, request,
};
use crate::{
    aws::Client,
    clock,
    metrics::{Metrics, SourceLabel, source_name},
};

const EVERY: Duration = Duration::from_secs(60);

/// Records that are kept while X-Ray is away.
const KEPT: usize = 30;

/// Records in one request.
const AT_ONCE: usize = 10;

/// The last record must not hold up a shutdown.
const LAST_WITHIN: Duration = Duration::from_secs(2);

/// Sends telemetry about one X-Ray sink.
pub(in super::super) struct Telemetry {
    pub(in super::super) client: Client,
    pub(in super::super) host: Host,
    pub(in super::super) state: Arc<State>,
    pub(in super::super) metrics: Arc<Metrics>,
    pub(in super::super) stopping: CancellationToken,
}

/// Totals since the start of the agent.
#[derive(Clone, Copy, Default)]
struct Totals {
    received: u64,
    sent: u64,
    spilled: u64,
    rejected: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    timestamp: f64,
    segments_received_count: u64,
    segments_sent_count: u64,
    segments_spillover_count: u64,
    segments_rejected_count: u64,
    backend_connection_errors: ConnectionErrors,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConnectionErrors {
    timeout_count: u64,
    connection_refused_count: u64,
    #[serde(rename = "HTTPCode4XXCount")]
    http_code_4xx_count: u64,
    #[serde(rename = "HTTPCode5XXCount")]
    http_code_5xx_count: u64,
    unknown_host_count: u64,
    other_count: u64,
}

impl Telemetry {
    /// Reports every minute until the agent stops, and once more then.
    pub(in super::super) async fn run(self) {
        let user_agent = self.host.user_agent();
        let mut records = VecDeque::with_capacity(KEPT);
        let mut before = Totals::default();
        let mut minute = interval_at(Instant::now() + EVERY, EVERY);
        loop {
            let last = tokio::select! {
                _ = minute.tick() => false,
                () = self.stopping.cancelled() => true,
            };
            let totals = self.totals();
            if totals.received > 0 {
                if records.len() == KEPT {
                    records.pop_front();
                }
                records.push_back(totals.since(before, self.state.take_troubles()));
                before = totals;
            }
            if last {
                let sending = self.send(&user_agent, &mut records);
                let _ = tokio::time::timeout(LAST_WITHIN, sending).await;
                return;
            }
            self.send(&user_agent, &mut records).await;
        }
    }

    /// Sends the newest records; those that cannot be sent wait for the next minute.
    async fn send(&self, user_agent: &HeaderValue, records: &mut VecDeque<Record>) {
        if records.is_empty() {
            return;
        }
        let oldest = records.len().saturating_sub(AT_ONCE);
        let chosen: Vec<&Record> = records.range(oldest..).collect();
        let body = serde_json::json!({
            "EC2InstanceId": self.host.instance_id,
            "Hostname": self.host.hostname,
            "ResourceARN": self.host.resource_arn,
            "TelemetryRecords": chosen,
        });
        let body = Bytes::from(body.to_string());
        match request::post(&self.client, "/TelemetryRecords", user_agent, body).await {
            Ok(_) => records.truncate(oldest),
            Err(failure) => tracing::debug!("telemetry could not be sent: {failure:?}"),
        }
    }

    fn totals(&self) -> Totals {
        use fluoro_store::Source;
        let (sent, refused, expired) = self.state.counts();
        let received = [Source::Udp, Source::Api, Source::Otlp, Source::Import]
            .map(|source| SourceLabel {
                source: source_name(source),
            })
            .map(|label| self.metrics.received.get_or_create(&label).get());
        Totals {
            received: received.iter().sum(),
            sent,
            spilled: expired,
            rejected: refused,
        }
    }
}

impl Totals {
    fn since(self, before: Self, troubles: Troubles) -> Record {
        Record {
            timestamp: clock::now(),
            segments_received_count: self.received - before.received,
            segments_sent_count: self.sent - before.sent,
            segments_spillover_count: self.spilled - before.spilled,
            segments_rejected_count: self.rejected - before.rejected,
            backend_connection_errors: ConnectionErrors {
                timeout_count: troubles.timeout,
                connection_refused_count: troubles.connection_refused,
                http_code_4xx_count: troubles.status_4xx,
                http_code_5xx_count: troubles.status_5xx,
                unknown_host_count: troubles.unknown_host,
                other_count: troubles.other,
            },
        }
    }
}
