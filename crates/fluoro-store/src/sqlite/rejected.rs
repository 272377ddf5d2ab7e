//! Documents that AWS would reject, kept aside beside the others.

use fluoro_wire::RejectionCode;
use rusqlite::{Connection, Row, params};

use super::{catalog::Catalog, connection::FileError};
use crate::{Rejected, Source, StoreError};

pub(super) const SCHEMA: &str = "
    CREATE TABLE rejected (
        number INTEGER PRIMARY KEY, received_at REAL NOT NULL, source INTEGER NOT NULL,
        segment_id TEXT, trace_id TEXT, code TEXT NOT NULL, message TEXT NOT NULL,
        document BLOB NOT NULL
    );";

/// How many rejected documents are kept; older ones leave.
pub(super) const KEPT: i64 = 10_000;

/// How many bytes are kept of each.
pub(super) const KEPT_BYTES: usize = 4_096;

/// Keeps rejected documents under numbers from `first` on, and lets old ones go.
pub(super) fn insert(
    connection: &Connection,
    first: i64,
    rejected: &[(usize, Rejected)],
) -> Result<(), FileError> {
    if rejected.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO rejected VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut statement = connection.prepare_cached(sql)?;
    for (number, (_, rejected)) in (first..).zip(rejected) {
        statement.execute(params![
            number,
            rejected.received_at,
            source_number(rejected.source),
            rejected.segment_id,
            rejected.trace_id,
            rejected.code,
            rejected.message,
            rejected.document,
        ])?;
    }
    let last = first + rejected.len() as i64 - 1;
    let sql = "DELETE FROM rejected WHERE number <= ?1";
    connection.prepare_cached(sql)?.execute([last - KEPT])?;
    Ok(())
}

/// The first and the last number in a bucket.
pub(super) fn numbers(connection: &Connection) -> Result<Option<(i64, i64)>, FileError> {
    let sql = "SELECT (SELECT min(number) FROM rejected), (SELECT max(number) FROM rejected)";
    let mut statement = connection.prepare_cached(sql)?;
    let (first, last): (Option<i64>, Option<i64>) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(first.zip(last))
}

fn page(connection: &Connection, before: i64, limit: usize) -> Result<Vec<Rejected>, FileError> {
    let sql = "SELECT number, received_at, source, segment_id, trace_id, code, message, document \
               FROM rejected WHERE number < ?1 ORDER BY number DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rejected = statement.query_map(params![before, limit as i64], read)?;
    Ok(rejected.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Rejected> {
    let code: String = row.get(5)?;
    let known = RejectionCode::ALL.map(RejectionCode::as_str);
    Ok(Rejected {
        number: row.get(0)?,
        received_at: row.get(1)?,
        source: source(row.get(2)?),
        segment_id: row.get(3)?,
        trace_id: row.get(4)?,
        code: known
            .into_iter()
            .find(|known| *known == code)
            .unwrap_or("Unknown"),
        message: row.get(6)?,
        document: row.get(7)?,
    })
}

const fn source_number(source: Source) -> i64 {
    match source {
        Source::Udp => 0,
        Source::Api => 1,
        Source::Otlp => 2,
        Source::Import => 3,
    }
}

const fn source(number: i64) -> Source {
    match number {
        0 => Source::Udp,
        1 => Source::Api,
        2 => Source::Otlp,
        _ => Source::Import,
    }
}

impl Catalog {
    /// Up to `limit` rejected documents with a number below `before`, newest first.
    pub(super) fn rejected(
        &self,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Rejected>, StoreError> {
        let mut rejected = Vec::new();
        let mut newest = None;
        for bucket in self.buckets().iter().rev() {
            let Some(Some((first, last))) = self.read(bucket, numbers)? else {
                continue;
            };
            let newest = *newest.get_or_insert(last);
            let before = before.unwrap_or(i64::MAX);
            if first < before && rejected.len() < limit {
                let limit = limit - rejected.len();
                let page = self.read(bucket, |connection| page(connection, before, limit))?;
                let page = page.unwrap_or_default().into_iter();
                rejected.extend(page.filter(|rejected| rejected.number > newest - KEPT));
            }
        }
        Ok(rejected)
    }

    /// The last number of a rejected document, or zero, and how many there are.
    pub(super) fn count_rejected(&self) -> Result<(i64, u64), StoreError> {
        let (mut last_number, mut count) = (0, 0);
        for bucket in self.buckets().iter().rev() {
            if let Some(Some((first, last))) = self.read(bucket, numbers)? {
                last_number = last.max(last_number);
                count += last - first + 1;
            }
        }
        Ok((last_number, count.min(KEPT) as u64))
    }
}
