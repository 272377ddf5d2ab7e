//! What the agent counts. Everything that is lost has a counter here.

use std::{collections::BTreeSet, sync::atomic::AtomicU64};

use fluoro_store::Source;
use parking_lot::Mutex;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

/// The label of counters per source: `udp`, `api`, `otlp` or `import`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct SourceLabel {
    /// The source's name.
    pub source: &'static str,
}

/// The labels of documents that were rejected.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct RejectedLabel {
    /// The source's name.
    pub source: &'static str,
    /// AWS's code.
    pub code: &'static str,
}

/// The label of losses: why.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct ReasonLabel {
    /// `socket-buffer`, `invalid-header`, `store-failed`, …
    pub reason: &'static str,
}

/// The label of counters per sink.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct SinkLabel {
    /// The sink's name.
    pub sink: String,
}

/// The labels of answered requests.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct RequestLabel {
    /// The operation of the X-Ray API, or the path of the agent's own endpoint.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
}

/// How long something took; from 0.1 ms to 13 s in steps of two.
#[derive(Clone, Debug)]
pub struct Seconds(Histogram);

impl Default for Seconds {
    fn default() -> Self {
        Self(Histogram::new(exponential_buckets(0.000_1, 2.0, 18)))
    }
}

impl Seconds {
    /// Counts one that took `seconds`.
    pub fn observe(&self, seconds: f64) {
        self.0.observe(seconds);
    }
}

/// Counters and gauges of one agent; cheap to share behind an [`std::sync::Arc`].
#[derive(Debug, Default)]
pub struct Metrics {
    /// Documents that arrived.
    pub received: Family<SourceLabel, Counter>,
    /// Documents that were kept.
    pub kept: Family<SourceLabel, Counter>,
    /// Documents that were kept aside, because AWS would reject them.
    pub rejected: Family<RejectedLabel, Counter>,
    /// Datagrams and documents that were lost; [`lost`](Self::lost) counts them.
    pub lost: Family<ReasonLabel, Counter>,
    /// Reasons that occurred.
    reasons: Mutex<BTreeSet<&'static str>>,
    /// Codes that occurred, by source.
    codes: Mutex<BTreeSet<(&'static str, &'static str)>>,
    /// Documents that a sink's backend has taken.
    pub sent: Family<SinkLabel, Counter>,
    /// Documents that a sink's backend refused for good.
    pub refused: Family<SinkLabel, Counter>,
    /// Documents that left the store before a sink could send them.
    pub expired_unsent: Family<SinkLabel, Counter>,
    /// Requests of a sink that failed and are tried again.
    pub retries: Family<SinkLabel, Counter>,
    /// Documents that wait for a sink.
    pub pending: Family<SinkLabel, Gauge<i64, std::sync::atomic::AtomicI64>>,
    /// From arrival until it was kept, of the first document of each commit.
    pub intake_seconds: Seconds,
    /// How long commits took.
    pub commit_seconds: Seconds,
    /// Requests that were answered.
    pub requests: Family<RequestLabel, Counter>,
    /// Size of the store's files, in bytes.
    pub store_bytes: Gauge<u64, AtomicU64>,
}

/// The name of a source in counters and answers.
pub fn source_name(source: Source) -> &'static str {
    match source {
        Source::Udp => "udp",
        Source::Api => "api",
        Source::Otlp => "otlp",
        Source::Import => "import",
    }
}

impl Metrics {
    /// Counts a document that was kept aside.
    pub fn rejected(&self, source: Source, code: &'static str) {
        let source = source_name(source);
        self.codes.lock().insert((source, code));
        let label = RejectedLabel { source, code };
        self.rejected.get_or_create(&label).inc();
    }

    /// How many documents of a source were kept aside.
    pub fn rejected_of(&self, source: Source) -> u64 {
        let codes = self.codes.lock();
        let of_source = codes
            .iter()
            .filter(|(name, _)| *name == source_name(source));
        of_source
            .map(|&(source, code)| {
                let label = RejectedLabel { source, code };
                self.rejected.get_or_create(&label).get()
            })
            .sum()
    }

    /// What was lost, by reason.
    pub fn losses(&self) -> Vec<(&'static str, u64)> {
        let reasons = self.reasons.lock();
        let count = |&reason| {
            let count = self.lost.get_or_create(&ReasonLabel { reason }).get();
            (reason, count)
        };
        let losses = reasons.iter().map(count);
        losses.filter(|(_, count)| *count > 0).collect()
    }

    /// Counts documents that were lost for a reason.
    pub fn lost(&self, reason: &'static str, count: u64) {
        self.reasons.lock().insert(reason);
        self.lost
            .get_or_create(&ReasonLabel { reason })
            .inc_by(count);
    }

    /// A registry with everything, for `/metrics`.
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix("fluoro");
        registry.register(
            "documents_received",
            "Documents that arrived",
            self.received.clone(),
        );
        registry.register(
            "documents_kept",
            "Documents that were kept",
            self.kept.clone(),
        );
        registry.register(
            "documents_rejected",
            "Documents kept aside, because AWS X-Ray would reject them",
            self.rejected.clone(),
        );
        registry.register(
            "documents_lost",
            "Datagrams and documents that were lost",
            self.lost.clone(),
        );
        registry.register(
            "sink_sent",
            "Documents that a sink's backend has taken",
            self.sent.clone(),
        );
        registry.register(
            "sink_refused",
            "Documents that a sink's backend refused for good",
            self.refused.clone(),
        );
        registry.register(
            "sink_expired",
            "Documents that left the store before a sink could send them",
            self.expired_unsent.clone(),
        );
        registry.register(
            "sink_retries",
            "Requests of a sink that failed",
            self.retries.clone(),
        );
        registry.register(
            "sink_pending",
            "Documents that wait for a sink",
            self.pending.clone(),
        );
        registry.register(
            "intake_seconds",
            "Time from arrival until kept, of the first document of each commit",
            self.intake_seconds.0.clone(),
        );
        registry.register(
            "commit_seconds",
            "Time that commits took",
            self.commit_seconds.0.clone(),
        );
        registry.register(
            "http_requests",
            "Requests that were answered",
            self.requests.clone(),
        );
        registry.register(
            "store_bytes",
            "Size of the store's files",
            self.store_bytes.clone(),
        );
        registry
    }
}
