//! Writing what a batch says about traces.

use std::sync::Arc;

use fluoro_wire::TraceId;
use rusqlite::Connection;

use super::{
    batch::TraceChange,
    bucket::Bucket,
    catalog::Catalog,
    connection::FileError,
    extent::Extent,
    recent_traces::RecentTraces,
    trace_row::{self, RowWriter, Times, TraceRow},
};
use crate::facts::TraceFacts;

/// Writes the traces of a batch.
pub(super) struct TraceWriter<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) bucket: &'a Arc<Bucket>,
    pub(super) connection: &'a Connection,
    pub(super) rows: RowWriter<'a>,
    pub(super) extent: &'a mut Extent,
    pub(super) recent: &'a mut RecentTraces,
}

impl TraceWriter<'_> {
    /// Adds what a batch says about a trace to what the bucket knows of it.
    pub(super) fn write(&mut self, change: TraceChange) -> Result<TraceRow, FileError> {
        let id = change.id;
        let mut row = match self.recent.take(id) {
            Some(row) => row,
            None => self.load(id)?.unwrap_or_else(TraceRow::new),
        };
        if row.is_full() {
            return Ok(row);
        }
        row.facts.merge(change.facts);
        for place in change.documents {
            row.push_document(self.extent.next_number + place as i64);
        }
        if row.is_full() {
            tracing::warn!(trace = %id, "a trace has so many documents that it takes no more");
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
