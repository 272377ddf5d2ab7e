//! What every store can do; [`SqliteStore`](crate::SqliteStore) is the one that is built in.

use std::{ops::ControlFlow, time::Duration};

use fluoro_wire::TraceId;

use crate::facts::Trace;

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

/// A place in the order of arrival. Cursors of one store compare in that order; the default one
/// stands before everything.
///
/// Documents are numbered through all buckets without gaps, so a gap between a cursor and the
/// next document that is read tells how many have left the store meanwhile:
/// [`missed_before`](Self::missed_before).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Cursor {
    /// The bucket's first second.
    pub bucket: i64,
    /// The document's number; zero before the first.
    pub number: i64,
}

impl Cursor {
    /// How many documents between this place and the document at `next` have left the store.
    ///
    /// ```
    /// use fluoro_store::Cursor;
    /// let reached = Cursor { bucket: 100, number: 5 };
    /// assert_eq!(reached.missed_before(Cursor { bucket: 100, number: 6 }), 0);
    /// assert_eq!(reached.missed_before(Cursor { bucket: 300, number: 16 }), 10);
    /// ```
    pub const fn missed_before(self, next: Self) -> u64 {
        let between = next.number.saturating_sub(self.number).saturating_sub(1);
        if between > 0 { between as u64 } else { 0 }
    }
}

/// A document on its way to a sink.
#[derive(Clone, PartialEq, Debug)]
pub struct Forwarded {
    /// Where to go on after this document.
    pub cursor: Cursor,
    /// The bytes, exactly as they came.
    pub document: Vec<u8>,
}

/// Which time of a trace must lie in a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeRangeKind {
    /// The time in the trace's id.
    #[default]
    TraceId,
    /// Any time between the trace's first start and last end.
    Event,
    /// The start of any segment of a service.
    Service,
}

/// A range of time, in seconds since the epoch, its end excluded.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimeRange {
    /// Which time must lie in it.
    pub kind: TimeRangeKind,
    /// The first moment.
    pub start: f64,
    /// The moment after the last.
    pub end: f64,
}

/// When old buckets leave.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// Buckets whose youngest document is older than this leave.
    pub age: Duration,
    /// While the store's files are larger than this, the oldest bucket leaves.
    pub bytes: u64,
}

/// How full a store is.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Statistics {
    /// Size of all files, in bytes.
    pub bytes: u64,
    /// Buckets of time.
    pub buckets: u64,
    /// Documents kept.
    pub documents: u64,
    /// Traces kept; one that spans two buckets may count twice.
    pub traces: u64,
    /// Documents kept aside.
    pub rejected: u64,
    /// Arrival of the oldest document, in seconds since the epoch.
    pub oldest: Option<f64>,
    /// Documents that left with their bucket since the store was opened.
    pub expired: u64,
}

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed: no space, no permission, a damaged file.
    #[error("the store at {path} failed: {reason}")]
    Database {
        /// The file or directory.
        path: String,
        /// What the database says.
        reason: String,
    },
    /// Another process has the store open for writing.
    #[error("the store at {path} is in use by another process")]
    InUse {
        /// The directory.
        path: String,
    },
}

/// Keeps documents and answers with them. All methods may be called from any thread; one thread
/// at a time appends.
pub trait Store: Send + Sync {
    /// Keeps a batch: when this returns, it survives the end of the process.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then nothing of the batch was kept.
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError>;

    /// The documents of a trace, in the order of arrival, exactly as they came.
    fn documents(&self, trace: TraceId) -> Result<Vec<Vec<u8>>, StoreError>;

    /// The facts of one trace; none if it is not there.
    fn trace(&self, trace: TraceId) -> Result<Option<Trace>, StoreError>;

    /// Hands the traces of a time range to `visit` until it breaks: newest start first, by whole
    /// microseconds, then by id, highest first. With `latest_start`, those that start later are
    /// left out, so that a page can go on where the one before it ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when reading fails; traces seen before stay seen.
    fn scan(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        visit: &mut dyn FnMut(&Trace) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Up to `limit` documents after `cursor`, in the order of arrival.
    fn read_after(&self, cursor: Cursor, limit: usize) -> Result<Vec<Forwarded>, StoreError>;

    /// How many documents stand after `cursor`.
    fn count_after(&self, cursor: Cursor) -> Result<u64, StoreError>;

    /// The cursor after the newest document.
    fn newest(&self) -> Result<Cursor, StoreError>;

    /// Up to `limit` rejected documents with a number below `before`, newest first.
    fn rejected(&self, before: Option<i64>, limit: usize) -> Result<Vec<Rejected>, StoreError>;

    /// A small value that was set under a name: rules, groups, cursors of sinks.
    fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a small value under a name, or removes it.
    fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError>;

    /// How full the store is.
    fn statistics(&self) -> Result<Statistics, StoreError>;

    /// Drops what the limits do not allow any more; returns how many documents left.
    fn expire(&self, limits: Limits, now: f64) -> Result<u64, StoreError>;
}
