//! Writing: a batch of arrivals becomes one transaction of the newest bucket.

use std::{collections::HashMap, sync::Arc};

use fluoro_wire::{Field, ReceivedEntity, Rejection, TraceId};
use rusqlite::{Connection, TransactionBehavior};

use super::{
    bucket::Bucket,
    catalog::Catalog,
    connection::FileError,
    extent::Extent,
    forwarding,
    recent_traces::RecentTraces,
    rejected,
    retention::BucketPlan,
    trace_row::{self, RowWriter, Times, TraceRow},
};
use crate::{Arrival, Committed, Rejected, StoreError, facts::TraceFacts};

/// A batch that was read, and not written yet.
struct Batch<'a> {
    documents: Vec<&'a [u8]>,
    traces: Vec<TraceChange>,
    rejected: Vec<(usize, Rejected)>,
    first_arrival: f64,
    last_arrival: f64,
}

/// What a batch adds to a trace.
struct TraceChange {
    id: TraceId,
    facts: TraceFacts,
    /// Places in the batch's documents.
    documents: Vec<usize>,
}

impl<'a> Batch<'a> {
    fn read(arrivals: &'a [Arrival]) -> Self {
        let mut batch = Self {
            documents: Vec::with_capacity(arrivals.len()),
            traces: Vec::new(),
            rejected: Vec::new(),
            first_arrival: f64::INFINITY,
            last_arrival: f64::NEG_INFINITY,
        };
        let mut places = HashMap::new();
        for (place, arrival) in arrivals.iter().enumerate() {
            batch.first_arrival = batch.first_arrival.min(arrival.received_at);
            batch.last_arrival = batch.last_arrival.max(arrival.received_at);
            match read(&arrival.document) {
                Ok((id, facts)) => batch.add(&mut places, id, facts, &arrival.document),
                Err(unread) => batch.rejected.push((place, unread.of(arrival))),
            }
        }
        batch
    }

    fn add(
        &mut self,
        places: &mut HashMap<TraceId, usize>,
        id: TraceId,
        facts: TraceFacts,
        document: &'a [u8],
    ) {
        let place = *places.entry(id).or_insert_with(|| {
            self.traces.push(TraceChange {
                id,
                facts: TraceFacts::default(),
                documents: Vec::new(),
            });
            self.traces.len() - 1
        });
        let change = &mut self.traces[place];
        change.facts.merge(facts);
        change.documents.push(self.documents.len());
        self.documents.push(document);
    }
}

/// A document that is rejected, with the ids that could be read.
struct Unread {
    rejection: Rejection,
    segment_id: Option<String>,
    trace_id: Option<String>,
}

fn read(document: &[u8]) -> Result<(TraceId, TraceFacts), Box<Unread>> {
    let unread = |rejection, segment_id, trace_id| {
        Box::new(Unread {
            rejection,
            segment_id,
            trace_id,
        })
    };
    let document = ReceivedEntity::read_checked(document)
        .map_err(|rejection| unread(rejection, None, None))?;
    match document.check() {
        Ok(id) => Ok((id, TraceFacts::from_document(&document))),
        Err(rejection) => {
            let segment_id = as_spelled(&document.id);
            Err(unread(
                rejection,
                segment_id,
                as_spelled(&document.trace_id),
            ))
        }
    }
}

fn as_spelled(id: &Field<impl ToString>) -> Option<String> {
    match id {
        Field::Absent => None,
        Field::Value(id) => Some(id.to_string()),
        Field::Wrong(value) => Some(value.trim_matches('"').to_owned()),
    }
}

impl Unread {
    fn of(self, arrival: &Arrival) -> Rejected {
        let kept = arrival.document.len().min(rejected::KEPT_BYTES);
        Rejected {
            number: 0,
            received_at: arrival.received_at,
            source: arrival.source,
            segment_id: self.segment_id,
            trace_id: self.trace_id,
            code: self.rejection.code.as_str(),
            message: self.rejection.message,
            document: arrival.document[..kept].to_vec(),
        }
    }
}

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
        let batch = Batch::read(arrivals);
        self.open_for(batch.last_arrival)?;
        let Some(open) = &mut self.open else {
            return Ok(Committed::default());
        };
        match open.write(&self.catalog, batch, self.next_rejected) {
            Ok(committed) => {
                self.next_rejected += committed.rejected.len() as i64;
                Ok(committed)
            }
            Err(error) => {
                let open = self.open.take();
                let bucket = open.map(|open| open.bucket);
                self.recover(bucket, error, arrivals)
            }
        }
    }

    /// After a failure nothing in memory is trusted: the bucket is opened anew with the next batch.
    fn recover(
        &mut self,
        bucket: Option<Arc<Bucket>>,
        error: FileError,
        arrivals: &[Arrival],
    ) -> Result<Committed, StoreError> {
        match bucket {
            Some(bucket) if error.is_damage() => {
                // The next attempt has a new bucket.
                self.catalog.set_aside(&bucket, &error);
                self.append(arrivals)
            }
            Some(bucket) => Err(error.at(bucket.path())),
            None => Err(error.at(self.catalog.directory.path())),
        }
    }

    /// Sees to it that a bucket is open that may take documents now.
    fn open_for(&mut self, now: f64) -> Result<(), StoreError> {
        if self.open.as_ref().is_some_and(|open| open.bucket.is_gone()) {
            self.open = None;
        }
        if self.open.is_none() {
            self.open_newest()?;
        }
        let is_due = match &self.open {
            None => true,
            Some(open) => {
                let bytes = open.bytes().map_err(|error| error.at(open.bucket.path()))?;
                let age = now - open.bucket.start as f64;
                open.extent.documents() > 0 && self.plan.is_over(bytes, age)
            }
        };
        if is_due { self.roll(now) } else { Ok(()) }
    }

    fn open_newest(&mut self) -> Result<(), StoreError> {
        while let Some(bucket) = self.catalog.newest() {
            match OpenBucket::new(Arc::clone(&bucket)) {
                Ok(open) => {
                    self.open = Some(open);
                    break;
                }
                Err(error) => self.catalog.forgive(&bucket, error)?,
            }
        }
        Ok(())
    }

    /// Closes the newest bucket and begins another.
    pub(super) fn roll(&mut self, now: f64) -> Result<(), StoreError> {
        let newest = self.catalog.newest();
        let (start, first_number) = newest.map_or((0, 1), |bucket| {
            (bucket.start + 1, bucket.extent().next_number)
        });
        let start = start.max(now as i64);
        let path = self.catalog.directory.bucket_path(start);
        let bucket = Bucket::create(path.clone(), start, first_number, self.plan.bytes)
            .map_err(|error| error.at(&path))?;
        let bucket = Arc::new(bucket);
        let open = OpenBucket::new(Arc::clone(&bucket)).map_err(|error| error.at(&path))?;
        self.catalog.push(bucket);
        if let Some(closed) = self.open.replace(open) {
            closed.close();
        }
        Ok(())
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

    /// Writes the journal's pages to their places, so that it needs no room any more.
    fn close(self) {
        let checkpoint = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = checkpoint {
            // SQLite does the same when the last reader leaves, or with the next start.
            tracing::debug!(
                bucket = self.bucket.start,
                "the journal stays for now: {error}"
            );
        }
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

/// Writes the traces of a batch.
struct TraceWriter<'a> {
    catalog: &'a Catalog,
    bucket: &'a Arc<Bucket>,
    connection: &'a Connection,
    rows: RowWriter<'a>,
    extent: &'a mut Extent,
    recent: &'a mut RecentTraces,
}

impl TraceWriter<'_> {
    fn write(&mut self, change: TraceChange) -> Result<TraceRow, FileError> {
        let id = change.id;
        let mut row = match self.recent.take(id) {
            Some(row) => row,
            None => self.load(id)?.unwrap_or_else(TraceRow::new),
        };
        row.facts.merge(change.facts);
        for place in change.documents {
            row.push_document(self.extent.next_number + place as i64);
        }
        let times = Times::of(id, &row.facts);
        self.extent.include(&times);
        if row.number == 0 {
            self.extent.traces += 1;
            row.number = self.extent.traces;
            self.bucket.filter.insert(id);
            self.rows.insert(id, &row, &times)?;
            self.note_continued(id, &row.facts)?;
        } else {
            self.rows.update(&row, &times)?;
            if self.catalog.continued().contains_key(&id) {
                self.note_continued(id, &row.facts)?;
            }
        }
        Ok(row)
    }

    fn load(&self, id: TraceId) -> Result<Option<TraceRow>, FileError> {
        if self.bucket.filter.may_contain(id) {
            TraceRow::load(self.connection, id)
        } else {
            Ok(None)
        }
    }

    /// Notes a trace that older buckets have parts of. Readers must know before the commit: one
    /// that sees both parts must see that they belong together.
    fn note_continued(&self, id: TraceId, facts: &TraceFacts) -> Result<(), FileError> {
        let mut older = TraceFacts::default();
        for bucket in &*self.catalog.buckets() {
            if Arc::ptr_eq(bucket, self.bucket) || !bucket.filter.may_contain(id) {
                continue;
            }
            let part = bucket
                .reader()
                .and_then(|reader| trace_row::load_facts(&reader, id));
            match part {
                Ok(part) => part.into_iter().for_each(|part| older.merge(part)),
                Err(error) if bucket.is_gone() => {
                    tracing::debug!(bucket = bucket.start, "it left meanwhile: {error}");
                }
                Err(error) if error.is_damage() => self.catalog.set_aside(bucket, &error),
                Err(error) => return Err(error),
            }
        }
        // The older parts of a continued trace may have left; its times still change.
        if older.revision > 0 || self.catalog.continued().contains_key(&id) {
            older.merge(facts.clone());
            self.catalog.continue_trace(id, Times::of(id, &older));
            let sql = "INSERT OR IGNORE INTO continued VALUES (?1)";
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.execute([id.as_bytes()])?;
        }
        Ok(())
    }
}
