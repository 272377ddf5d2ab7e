//! How full a store is, and what it lets go.

use std::time::Duration;

use crate::{Rejected, StoreError};

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
    /// Files that could not be read any more and were set aside since the store was opened.
    pub damaged: u64,
}

/// Tells whoever looks after a store what it holds, and lets old documents leave.
pub trait Upkeep: Send + Sync {
    /// How full the store is.
    fn statistics(&self) -> Result<Statistics, StoreError>;

    /// Up to `limit` rejected documents with a number below `before`, newest first.
    fn rejected(&self, before: Option<i64>, limit: usize) -> Result<Vec<Rejected>, StoreError>;

    /// Drops what the limits do not allow any more; returns how many documents left.
    fn expire(&self, limits: Limits, now: f64) -> Result<u64, StoreError>;
}
