//! When buckets begin, and when they leave.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{append::Appender, bucket::Bucket, catalog::Catalog, connection::FileError};
use crate::{Limits, StoreError};

/// Into how many buckets the limits are divided: retention is that precise.
const BUCKETS: u64 = 16;

/// When a bucket is closed and the next one begins.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct BucketPlan {
    /// Bytes after which a bucket is closed.
    pub(super) bytes: u64,
    /// Age in seconds after which a bucket is closed.
    seconds: f64,
}

/// Until limits are known.
impl Default for BucketPlan {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            seconds: 3_600.0,
        }
    }
}

impl BucketPlan {
    /// The plan that makes the limits precise enough.
    pub(super) fn for_limits(limits: Limits) -> Self {
        Self {
            bytes: (limits.bytes / BUCKETS).clamp(256 << 10, 512 << 20),
            seconds: (limits.age.as_secs_f64() / BUCKETS as f64).clamp(1.0, 86_400.0),
        }
    }

    pub(super) fn is_over(&self, bytes: u64, age: f64) -> bool {
        bytes >= self.bytes || age >= self.seconds
    }
}

/// Drops what the limits do not allow any more; returns how many documents left.
pub(super) fn expire(
    catalog: &Catalog,
    appender: &Mutex<Appender>,
    limits: Limits,
    now: f64,
) -> Result<u64, StoreError> {
    let oldest_allowed = now - limits.age.as_secs_f64();
    let is_old = |bucket: &Arc<Bucket>| {
        let extent = bucket.extent();
        extent.documents() > 0 && extent.youngest_arrival < oldest_allowed
    };
    prepare(&mut appender.lock(), catalog, limits, now, is_old)?;
    closed(catalog)
        .iter()
        .for_each(|bucket| bucket.fold_journal());
    let mut left: Vec<_> = closed(catalog).into_iter().filter(is_old).collect();
    let mut documents = 0;
    for bucket in &left {
        documents += catalog.expire(bucket)?;
    }
    if catalog.bytes()? > limits.bytes {
        let removed = catalog.directory.remove_damaged();
        removed.map_err(|error| FileError::from(error).at(catalog.directory.path()))?;
    }
    while catalog.bytes()? > limits.bytes
        && let Some(oldest) = closed(catalog).into_iter().next()
    {
        documents += catalog.expire(&oldest)?;
        left.push(oldest);
    }
    catalog.review_continued(&left)?;
    Ok(documents)
}

/// What must not happen while a batch is written.
fn prepare(
    appender: &mut Appender,
    catalog: &Catalog,
    limits: Limits,
    now: f64,
    is_old: impl Fn(&Arc<Bucket>) -> bool,
) -> Result<(), StoreError> {
    appender.set_plan(BucketPlan::for_limits(limits));
    if catalog.newest().is_some_and(|newest| is_old(&newest)) {
        // The numbers of documents go on in the new one.
        appender.roll(now)?;
    }
    Ok(())
}

/// The buckets that nothing is written to any more.
fn closed(catalog: &Catalog) -> Vec<Arc<Bucket>> {
    let mut buckets = catalog.buckets().to_vec();
    buckets.pop();
    buckets
}
