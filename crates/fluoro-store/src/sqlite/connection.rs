//! How the files are opened, and what their errors mean.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::StoreError;

/// How long a writer waits for the file; only another writer holds it, and there is none.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of the journal after which its pages are written to their places.
const JOURNAL_BYTES: u32 = 32 << 20;

/// Pages that a writer keeps in memory; SQLite takes a negative number as kibibytes.
const WRITER_CACHE: i32 = -16_384;

/// The same for a reader: little, because there are many, and the system caches files anyway.
const READER_CACHE: i32 = -512;

/// Bytes of a page.
pub(super) const PAGE_BYTES: u32 = 8_192;

/// Why a file could not be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Damage(#[from] Damage),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What is in a file cannot have been written by this store.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Damage(String);

impl Damage {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl FileError {
    /// Whether the file will never be readable again, as opposed to a lack of space or permission.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Damage(_) => true,
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => matches!(
                error.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
            ),
            // A column with another type than was written.
            Self::Sqlite(
                rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..),
            ) => true,
            Self::Sqlite(_) | Self::Io(_) => false,
        }
    }

    pub(super) fn at(self, path: &Path) -> StoreError {
        StoreError::Database {
            path: path.display().to_string(),
            reason: self.to_string(),
        }
    }
}

/// Opens a file for writing; it is made if it is not there.
pub(super) fn open_writer(path: &Path) -> Result<Connection, FileError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE)?;
    connection.pragma_update(None, "wal_autocheckpoint", JOURNAL_BYTES / PAGE_BYTES)?;
    connection.pragma_update(None, "journal_size_limit", JOURNAL_BYTES)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Opens a file that is there for reading.
///
/// Reading a file in WAL mode needs write access to its index of the journal; `query_only` sees
/// to it that nothing else is written.
pub(super) fn open_reader(path: &Path) -> Result<Connection, FileError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", READER_CACHE)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Moves the journal of a file that nobody writes to into the file, unless it is being read.
///
/// It does not wait: what a reader needs stays until the next attempt.
pub(super) fn fold_journal(path: &Path) -> Result<(), FileError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}
