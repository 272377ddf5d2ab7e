//! What a bucket keeps of one trace.

use fluoro_wire::TraceId;
use postcard::ser_flavors::Flavor;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::{
    connection::{Damage, FileError},
    document_numbers,
};
use crate::{TimeRange, TimeRangeKind, facts::TraceFacts};

pub(super) const SCHEMA: &str = "
    CREATE TABLE traces (
        number INTEGER PRIMARY KEY, id BLOB NOT NULL,
        start REAL NOT NULL, last REAL NOT NULL, time REAL NOT NULL,
        documents BLOB NOT NULL, facts BLOB NOT NULL
    );
    CREATE UNIQUE INDEX traces_by_id ON traces (id);
    CREATE INDEX traces_by_start ON traces (start, id);
    CREATE TABLE continued (id BLOB PRIMARY KEY) WITHOUT ROWID;";

/// How far the time in a trace's id may be from its start, in seconds.
///
/// Ids that came from W3C are random and hold no time. Traces may be added to for a week.
const PLAUSIBLE_DISTANCE: f64 = 7.0 * 86_400.0;

/// A trace lists about this many documents in each bucket. More are kept and forwarded, but are
/// not found by the trace's id: a program that uses one id for everything makes such traces.
const MAX_DOCUMENTS: usize = 20_000;

/// The times of a trace, in seconds since the epoch.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Times {
    /// Its first start, in whole microseconds.
    pub(super) start: f64,
    /// Its last end or start.
    pub(super) last: f64,
    /// The time in its id; its start if the id is random.
    pub(super) time: f64,
}

impl Times {
    pub(super) fn of(id: TraceId, facts: &TraceFacts) -> Self {
        let (start, last) = facts.span().unwrap_or_default();
        let epoch = f64::from(id.epoch_seconds());
        let is_plausible = (epoch - start).abs() <= PLAUSIBLE_DISTANCE;
        let time = if is_plausible { epoch } else { start };
        Self {
            start: whole_microseconds(start),
            last,
            time,
        }
    }

    /// Whether the trace may lie in the range; for [`TimeRangeKind::Service`] its facts decide.
    pub(super) fn may_match(&self, range: &TimeRange) -> bool {
        match range.kind {
            TimeRangeKind::TraceId => range.start <= self.time && self.time < range.end,
            TimeRangeKind::Event | TimeRangeKind::Service => {
                self.start < range.end && self.last >= range.start
            }
        }
    }
}

/// A time as pages of traces are sorted by.
pub(super) fn whole_microseconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// Whether a trace with these times and facts lies in the range.
pub(super) fn matches(range: &TimeRange, times: &Times, facts: &TraceFacts) -> bool {
    times.may_match(range)
        && (range.kind != TimeRangeKind::Service
            || facts.entities.iter().any(|entity| {
                entity.is_segment && (range.start..range.end).contains(&entity.start_time)
            }))
}

/// One trace of a bucket.
#[derive(Clone, Debug)]
pub(super) struct TraceRow {
    /// Its number in the bucket; zero before it is written.
    pub(super) number: i64,
    /// Its facts from the documents of this bucket.
    pub(super) facts: TraceFacts,
    /// The numbers of its documents.
    pub(super) documents: Vec<u8>,
    /// The number of its last document.
    pub(super) last_document: i64,
    /// How many documents it has.
    pub(super) document_count: usize,
}

impl TraceRow {
    pub(super) const fn new() -> Self {
        Self {
            number: 0,
            facts: TraceFacts {
                entities: Vec::new(),
                revision: 0,
                left_out: 0,
            },
            documents: Vec::new(),
            last_document: 0,
            document_count: 0,
        }
    }

    pub(super) fn push_document(&mut self, number: i64) {
        document_numbers::push(&mut self.documents, self.last_document, number);
        self.last_document = number;
        self.document_count += 1;
    }

    /// Whether the trace takes no more documents: writing its row again and again would hold up
    /// all others.
    pub(super) const fn is_full(&self) -> bool {
        self.document_count >= MAX_DOCUMENTS
    }

    pub(super) fn load(connection: &Connection, id: TraceId) -> Result<Option<Self>, FileError> {
        let sql = "SELECT number, documents, facts FROM traces WHERE id = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([id.as_bytes()])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let documents: Vec<u8> = row.get(1)?;
        let numbers = document_numbers::read(&documents);
        Ok(Some(Self {
            number: row.get(0)?,
            facts: facts(row, 2)?,
            documents,
            last_document: numbers.last().copied().unwrap_or_default(),
            document_count: numbers.len(),
        }))
    }
}

/// The facts of a trace in a bucket.
pub(super) fn load_facts(
    connection: &Connection,
    id: TraceId,
) -> Result<Option<TraceFacts>, FileError> {
    let sql = "SELECT facts FROM traces WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    rows.next()?.map(|row| facts(row, 0)).transpose()
}

/// The numbers of a trace's documents in a bucket.
pub(super) fn load_documents(connection: &Connection, id: TraceId) -> Result<Vec<i64>, FileError> {
    let sql = "SELECT documents FROM traces WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let bytes: Option<Vec<u8>> = statement
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(document_numbers::read(&bytes.unwrap_or_default()))
}

/// The facts in a column of a row.
pub(super) fn facts(row: &Row<'_>, column: usize) -> Result<TraceFacts, FileError> {
    let facts = postcard::from_bytes(facts_bytes(row, column)?)
        .map_err(|error| Damage::new(format!("the facts of a trace are damaged: {error}")))?;
    Ok(facts)
}

/// The same, as they are written.
pub(super) fn facts_bytes<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8], FileError> {
    let bytes = row.get_ref(column)?.as_blob();
    Ok(bytes.map_err(|_| Damage::new("the facts of a trace are no bytes"))?)
}

/// Writes rows of traces.
pub(super) struct RowWriter<'c> {
    insert: CachedStatement<'c>,
    update: CachedStatement<'c>,
    buffer: Vec<u8>,
}

impl<'c> RowWriter<'c> {
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let insert = "INSERT INTO traces (start, last, time, documents, facts, id, number) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let update = "UPDATE traces SET start = ?1, last = ?2, time = ?3, documents = ?4, \
                      facts = ?5 WHERE number = ?6";
        Ok(Self {
            insert: connection.prepare_cached(insert)?,
            update: connection.prepare_cached(update)?,
            buffer: Vec::new(),
        })
    }

    /// Writes a row for the first time, under a new number.
    pub(super) fn insert(
        &mut self,
        id: TraceId,
        row: &TraceRow,
        times: &Times,
    ) -> Result<(), FileError> {
        self.encode(&row.facts)?;
        self.insert.execute(params![
            times.start,
            times.last,
            times.time,
            row.documents,
            self.buffer,
            id.as_bytes(),
            row.number
        ])?;
        Ok(())
    }

    /// Writes a row again.
    pub(super) fn update(&mut self, row: &TraceRow, times: &Times) -> Result<(), FileError> {
        self.encode(&row.facts)?;
        self.update.execute(params![
            times.start,
            times.last,
            times.time,
            row.documents,
            self.buffer,
            row.number
        ])?;
        Ok(())
    }

    fn encode(&mut self, facts: &TraceFacts) -> Result<(), FileError> {
        self.buffer.clear();
        postcard::serialize_with_flavor(facts, Buffer(&mut self.buffer))
            .map_err(|error| Damage::new(format!("facts cannot be written: {error}")))?;
        Ok(())
    }
}

/// A buffer that is used again; postcard's own way to do that copies byte by byte.
struct Buffer<'b>(&'b mut Vec<u8>);

impl Flavor for Buffer<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
