//! Writing: a batch of arrivals becomes one transaction of the newest bucket.

use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

use super::{
    batch::Batch, bucket::Bucket, catalog::Catalog, connection::FileError, directory,
    extent::Extent, forwarding, recent_traces::RecentTraces, rejected, retention::BucketPlan,
    trace_row::RowWriter, trace_writer::TraceWriter,
};
use crate::{Arrival, Committed, StoreError};

/// The newest bucket, open for writing.
#[derive(Debug)]
struct OpenBucket {
    bucket: Arc<Bucket>,
    connection: Connection,
    extent: Extent,
    recent: RecentTraces,
}

/// Writes batches; there is one for each store.
#[derive(Debug)]
pub(super) struct Appender {
    catalog: Arc<Catalog>,
    open: Option<OpenBucket>,
    next_rejected: i64,
    plan: BucketPlan,
}

impl Appender {
    pub(super) fn new(catalog: Arc<Catalog>, last_rejected: i64) -> Self {
        Self {
            catalog,
            open: None,
            next_rejected: last_rejected + 1,
            plan: BucketPlan::default(),
        }
    }

    /// How large and how old buckets become from now on.
    pub(super) const fn set_plan(&mut self, plan: BucketPlan) {
        self.plan = plan;
    }

    /// Keeps a batch, or nothing of it.
    pub(super) fn append(&mut self, arrivals: &[Arrival]) -> Result<Committed, StoreError> {
        if arrivals.is_empty() {
            return Ok(Committed::default());
        }
        let (bucket, error) = match self.try_append(arrivals)? {
            Ok(committed) => return Ok(committed),
            Err(failure) => failure,
        };
        if !error.is_damage() {
            return Err(error.at(bucket.path()));
        }
        self.catalog.set_aside(&bucket, &error);
        match self.try_append(arrivals)? {
            Ok(committed) => Ok(committed),
            Err((bucket, error)) => Err(error.at(bucket.path())),
        }
    }

    /// The inner error is about the bucket itself. After it nothing in memory is trusted: the
    /// bucket is opened anew with the next batch.
    fn try_append(
        &mut self,
        arrivals: &[Arrival],
    ) -> Result<Result<Committed, (Arc<Bucket>, FileError)>, StoreError> {
        let batch = Batch::read(arrivals);
        let mut open = self.take_open(batch.last_arrival)?;
        match open.write(&self.catalog, batch, self.next_rejected) {
            Ok(committed) => {
                self.next_rejected += committed.rejected.len() as i64;
                self.open = Some(open);
                Ok(Ok(committed))
            }
            Err(error) => Ok(Err((open.bucket, error))),
        }
    }

    /// A bucket that may take documents now.
    fn take_open(&mut self, now: f64) -> Result<OpenBucket, StoreError> {
        let open = match self.open.take().filter(|open| !open.bucket.is_gone()) {
            Some(open) => Some(open),
            None => self.open_newest()?,
        };
        let Some(open) = open else {
            return self.begin_bucket(now);
        };
        let bytes = open.bytes().map_err(|error| error.at(open.bucket.path()))?;
        let age = now - open.bucket.start as f64;
        if open.extent.documents() == 0 || !self.plan.is_over(bytes, age) {
            return Ok(open);
        }
        let next = self.begin_bucket(now)?;
        open.close();
        Ok(next)
    }

    fn open_newest(&self) -> Result<Option<OpenBucket>, StoreError> {
        while let Some(bucket) = self.catalog.newest() {
            match OpenBucket::new(Arc::clone(&bucket)) {
                Ok(open) => return Ok(Some(open)),
                Err(error) => self.catalog.forgive(&bucket, error)?,
            }
        }
        Ok(None)
    }

    /// Closes the newest bucket and begins another.
    pub(super) fn roll(&mut self, now: f64) -> Result<(), StoreError> {
        let next = self.begin_bucket(now)?;
        if let Some(closed) = self.open.replace(next) {
            closed.close();
        }
        Ok(())
    }

    fn begin_bucket(&self, now: f64) -> Result<OpenBucket, StoreError> {
        let newest = self.catalog.newest();
        let (start, first_number) = newest.map_or((0, 1), |bucket| {
            (bucket.start + 1, bucket.extent().next_number)
        });
        let start = start.max(now as i64);
        let path = self.catalog.directory.bucket_path(start);
        let begun = Bucket::create(path.clone(), start, first_number, self.plan.bytes)
            .and_then(|bucket| OpenBucket::new(Arc::new(bucket)));
        let open = begun.map_err(|error| {
            // Half a bucket is of no use, and there may be no room for it.
            let _ = directory::remove(&path);
            error.at(&path)
        })?;
        self.catalog.push(Arc::clone(&open.bucket));
        Ok(open)
    }
}

impl OpenBucket {
    fn new(bucket: Arc<Bucket>) -> Result<Self, FileError> {
        let connection = bucket.writer()?;
        Ok(Self {
            extent: bucket.extent(),
            connection,
            bucket,
            recent: RecentTraces::default(),
        })
    }

    fn bytes(&self) -> Result<u64, FileError> {
        let mut statement = self.connection.prepare_cached("PRAGMA page_count")?;
        let pages: u32 = statement.query_row([], |row| row.get(0))?;
        Ok(u64::from(pages) * u64::from(super::connection::PAGE_BYTES))
    }

    fn close(self) {
        drop(self.connection);
        self.bucket.fold_journal();
    }

    fn write(
        &mut self,
        catalog: &Catalog,
        batch: Batch<'_>,
        next_rejected: i64,
    ) -> Result<Committed, FileError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut extent = self.extent;
        forwarding::insert(
            &transaction,
            extent.next_number,
            batch.documents.iter().copied(),
        )?;
        let mut traces = TraceWriter {
            catalog,
            bucket: &self.bucket,
            connection: &transaction,
            rows: RowWriter::new(&transaction)?,
            extent: &mut extent,
            recent: &mut self.recent,
        };
        let mut changed = Vec::with_capacity(batch.traces.len());
        for change in batch.traces {
            changed.push((change.id, traces.write(change)?));
        }
        drop(traces);
        rejected::insert(&transaction, next_rejected, &batch.rejected)?;
        extent.next_number += batch.documents.len() as i64;
        if !batch.documents.is_empty() {
            extent.oldest_arrival = extent.oldest_arrival.min(batch.first_arrival);
            extent.youngest_arrival = extent.youngest_arrival.max(batch.last_arrival);
        }
        extent.save(&transaction)?;
        transaction.commit()?;
        self.extent = extent;
        self.bucket.publish(extent);
        let ids = changed.iter().map(|(id, _)| *id).collect();
        for (id, row) in changed {
            self.recent.put(id, row);
        }
        Ok(Committed {
            traces: ids,
            kept: batch.documents.len(),
            rejected: batch.rejected,
        })
    }
}
