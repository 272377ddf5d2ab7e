//! What goes into a store, and what becomes of it.

use fluoro_wire::TraceId;

use crate::StoreError;

/// Where a document came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A datagram of an X-Ray SDK.
    Udp,
    /// `PutTraceSegments` of the X-Ray API.
    Api,
    /// An OTLP exporter.
    Otlp,
    /// A file given to `fluoro import`.
    Import,
}

/// A document as it arrived, not looked at yet.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrival {
    /// The segment document's bytes, without the datagram's header.
    pub document: Vec<u8>,
    /// Where it came from.
    pub source: Source,
    /// When it came, in seconds since the epoch.
    pub received_at: f64,
}

/// What became of a batch of arrivals.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Committed {
    /// Traces that changed, each once.
    pub traces: Vec<TraceId>,
    /// How many documents were kept.
    pub kept: usize,
    /// What was wrong with the others, with their place in the batch.
    pub rejected: Vec<(usize, Rejected)>,
}

/// A document that AWS X-Ray would reject, kept aside with the reason.
#[derive(Clone, PartialEq, Debug)]
pub struct Rejected {
    /// Its number in the store; zero before it is kept.
    pub number: i64,
    /// When it came, in seconds since the epoch.
    pub received_at: f64,
    /// Where it came from.
    pub source: Source,
    /// The segment's id, if it could be read.
    pub segment_id: Option<String>,
    /// The trace's id, as the document spells it, if it could be read.
    pub trace_id: Option<String>,
    /// AWS's code, say `InvalidTraceId`.
    pub code: &'static str,
    /// What is wrong, where, and what is allowed.
    pub message: String,
    /// The bytes, cut if they are many.
    pub document: Vec<u8>,
}

/// Keeps documents. One thread at a time appends.
pub trait Append: Send + Sync {
    /// Keeps a batch: when this returns, it survives the end of the process.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then nothing of the batch was kept.
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError>;
}
