//! When buckets begin, and when they leave.

use std::sync::Arc;

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
    appender: &mut Appender,
    limits: Limits,
    now: f64,
) -> Result<u64, StoreError> {
    appender.set_plan(BucketPlan::for_limits(limits));
    let oldest_allowed = now - limits.age.as_secs_f64();
    let is_old = |bucket: &Arc<Bucket>| {
        let extent = bucket.extent();
        extent.documents() > 0 && extent.youngest_arrival < oldest_allowed
    };
    if catalog.newest().is_some_and(|newest| is_old(&newest)) {
        // The numbers of documents go on in the new one.
        appender.roll(now)?;
    }
    let mut left = 0;
    for bucket in closed(catalog).iter().filter(|bucket| is_old(bucket)) {
        left += catalog.expire(bucket)?;
    }
    let bytes = || {
        let bytes = catalog.directory.bytes();
        bytes.map_err(|error| FileError::from(error).at(catalog.directory.path()))
    };
    if bytes()? > limits.bytes {
        let removed = catalog.directory.remove_damaged();
        removed.map_err(|error| FileError::from(error).at(catalog.directory.path()))?;
    }
    while bytes()? > limits.bytes
        && let Some(oldest) = closed(catalog).first()
    {
        left += catalog.expire(oldest)?;
    }
    catalog.prune_continued();
    Ok(left)
}

/// The buckets that nothing is written to any more.
fn closed(catalog: &Catalog) -> Vec<Arc<Bucket>> {
    let mut buckets = catalog.buckets().to_vec();
    buckets.pop();
    buckets
}
