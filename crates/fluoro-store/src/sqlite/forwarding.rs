//! Documents, by number: in the order of arrival for sinks, and those of one trace.

use fluoro_wire::TraceId;
use rusqlite::{Connection, Row, params};

use super::{
    block::{Block, BlockBuilder},
    bucket::Bucket,
    catalog::Catalog,
    connection::{Damage, FileError},
    trace_row,
};
use crate::{Cursor, Forwarded, StoreError};

pub(super) const SCHEMA: &str = "
    CREATE TABLE blocks (
        first INTEGER PRIMARY KEY, count INTEGER NOT NULL, block BLOB NOT NULL
    );";

/// Writes documents under numbers from `first` on.
pub(super) fn insert<'d>(
    connection: &Connection,
    mut first: i64,
    documents: impl Iterator<Item = &'d [u8]>,
) -> Result<(), FileError> {
    let sql = "INSERT INTO blocks VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut builder = BlockBuilder::default();
    let mut documents = documents.peekable();
    while let Some(document) = documents.next() {
        builder.push(document);
        if builder.is_full() || documents.peek().is_none() {
            let count = builder.count();
            statement.execute(params![first, count, builder.finish()])?;
            first += i64::from(count);
        }
    }
    Ok(())
}

fn block(row: &Row<'_>) -> Result<(i64, Block), FileError> {
    let block = row.get_ref(2)?.as_blob();
    let block = block.map_err(|_| Damage::new("a block of documents is no bytes"))?;
    Ok((row.get(0)?, Block::read(block, row.get(1)?)?))
}

/// Up to `limit` documents with their numbers, from a number on.
fn page(
    connection: &Connection,
    from: i64,
    limit: usize,
) -> Result<Vec<(i64, Vec<u8>)>, FileError> {
    let sql = "SELECT first, count, block FROM blocks WHERE first >= \
               ifnull((SELECT max(first) FROM blocks WHERE first <= ?1), ?1) ORDER BY first";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([from])?;
    let mut page = Vec::new();
    while page.len() < limit
        && let Some(row) = rows.next()?
    {
        let (first, block) = block(row)?;
        let numbered = (first..).zip(block.documents());
        let wanted = numbered.filter(|(number, _)| *number >= from);
        let wanted = wanted.take(limit - page.len());
        page.extend(wanted.map(|(number, document)| (number, document.to_vec())));
    }
    Ok(page)
}

/// The documents with these numbers, which ascend.
fn numbered(connection: &Connection, numbers: &[i64]) -> Result<Vec<Vec<u8>>, FileError> {
    let sql = "SELECT first, count, block FROM blocks WHERE first <= ?1 \
               ORDER BY first DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut numbers = numbers.iter().copied().peekable();
    let mut documents = Vec::with_capacity(numbers.len());
    while let Some(number) = numbers.peek().copied() {
        let mut rows = statement.query([number])?;
        let missing = || Damage::new(format!("document {number} is missing"));
        let (first, block) = block(rows.next()?.ok_or_else(missing)?)?;
        let before = documents.len();
        for (number, document) in (first..).zip(block.documents()) {
            if numbers.next_if_eq(&number).is_some() {
                documents.push(document.to_vec());
            }
        }
        if documents.len() == before {
            return Err(missing().into());
        }
    }
    Ok(documents)
}

impl Bucket {
    /// The number of the bucket's first document after the cursor.
    fn first_after(&self, cursor: Cursor) -> i64 {
        let first = self.extent().first_number;
        if self.start == cursor.bucket {
            first.max(cursor.number.saturating_add(1))
        } else {
            first
        }
    }
}

impl Catalog {
    /// Up to `limit` documents after `cursor`, in the order of arrival.
    pub(super) fn read_after(
        &self,
        cursor: Cursor,
        limit: usize,
    ) -> Result<Vec<Forwarded>, StoreError> {
        let mut forwarded = Vec::new();
        for bucket in self.buckets().iter() {
            let from = bucket.first_after(cursor);
            if bucket.start < cursor.bucket || bucket.extent().next_number <= from {
                continue;
            }
            let room = limit - forwarded.len();
            let page = self.read(bucket, |connection| page(connection, from, room))?;
            let page = page.unwrap_or_default().into_iter();
            forwarded.extend(page.map(|(number, document)| Forwarded {
                cursor: Cursor {
                    bucket: bucket.start,
                    number,
                },
                document,
            }));
            if forwarded.len() == limit {
                break;
            }
        }
        Ok(forwarded)
    }

    /// How many documents stand after `cursor`.
    pub(super) fn count_after(&self, cursor: Cursor) -> u64 {
        let buckets = self.buckets();
        let later = buckets
            .iter()
            .filter(|bucket| bucket.start >= cursor.bucket);
        let counts = later.map(|bucket| {
            let count = bucket.extent().next_number - bucket.first_after(cursor);
            count.max(0) as u64
        });
        counts.sum()
    }

    /// The cursor after the newest document.
    pub(super) fn newest_cursor(&self) -> Cursor {
        self.newest().map_or_else(Cursor::default, |bucket| Cursor {
            bucket: bucket.start,
            number: bucket.extent().next_number - 1,
        })
    }

    /// The documents of a trace, in the order of arrival.
    pub(super) fn documents(&self, id: TraceId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut documents = Vec::new();
        for bucket in &*self.buckets() {
            if bucket.filter.may_contain(id) {
                let part = self.read(bucket, |connection| {
                    numbered(connection, &trace_row::load_documents(connection, id)?)
                })?;
                documents.extend(part.unwrap_or_default());
            }
        }
        Ok(documents)
    }
}
