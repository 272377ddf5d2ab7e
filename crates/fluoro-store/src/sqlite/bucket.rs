//! One bucket: its file, what is known of it in memory, and connections that read it.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use fluoro_wire::TraceId;
use parking_lot::Mutex;
use rusqlite::Connection;

use super::{
    connection::{Damage, FileError, fold_journal, open_reader, open_writer},
    directory,
    extent::{self, Extent},
    forwarding, rejected,
    trace_filter::TraceFilter,
    trace_row,
};

/// Changes with the schema and with what is in the columns.
const VERSION: i32 = 1;

/// Readers of a bucket that are kept for the next question; each keeps its pages in memory.
const IDLE_READERS: usize = 2;

/// A bucket of the store, shared by the writer and all readers.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Its first second, which is also its name.
    pub(super) start: i64,
    /// Which traces it may have.
    pub(super) filter: TraceFilter,
    path: PathBuf,
    extent: Mutex<Extent>,
    idle: Mutex<Vec<Connection>>,
    gone: AtomicBool,
}

impl Bucket {
    /// Makes the file of a new bucket that will have about this many bytes. After a failure, a
    /// part of it may be there.
    pub(super) fn create(
        path: PathBuf,
        start: i64,
        first_number: i64,
        bytes: u64,
    ) -> Result<Self, FileError> {
        let extent = Extent::starting_at(first_number);
        create_file(&path, &extent)?;
        Ok(Self::new(
            path,
            start,
            extent,
            TraceFilter::for_bytes(bytes),
        ))
    }

    /// Opens the file of a bucket; none if its making was interrupted.
    pub(super) fn open(path: PathBuf, start: i64) -> Result<Option<Self>, FileError> {
        let connection = open_reader(&path)?;
        let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 {
            return Ok(None);
        }
        if version != VERSION {
            let reason = format!("it has version {version}; this program reads {VERSION}");
            return Err(Damage::new(reason).into());
        }
        let extent = Extent::load(&connection)?.ok_or_else(|| Damage::new("it has no extent"))?;
        let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let bytes = u64::from(pages) * u64::from(super::connection::PAGE_BYTES);
        let filter = load_filter(&connection, bytes)?;
        let bucket = Self::new(path, start, extent, filter);
        bucket.idle.lock().push(connection);
        Ok(Some(bucket))
    }

    fn new(path: PathBuf, start: i64, extent: Extent, filter: TraceFilter) -> Self {
        Self {
            start,
            filter,
            path,
            extent: Mutex::new(extent),
            idle: Mutex::default(),
            gone: AtomicBool::new(false),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The extent as of the last commit.
    pub(super) fn extent(&self) -> Extent {
        *self.extent.lock()
    }

    /// Tells readers what was committed.
    pub(super) fn publish(&self, extent: Extent) {
        *self.extent.lock() = extent;
    }

    /// A connection that writes; there must be one at most.
    pub(super) fn writer(&self) -> Result<Connection, FileError> {
        open_writer(&self.path)
    }

    /// Moves the journal into the file, now that nothing is written any more.
    pub(super) fn fold_journal(&self) {
        if directory::journal_bytes(&self.path) == 0 || self.is_gone() {
            return;
        }
        if let Err(error) = fold_journal(&self.path) {
            tracing::debug!(bucket = self.start, "the journal stays for now: {error}");
        }
    }

    /// A connection that reads.
    pub(super) fn reader(self: &Arc<Self>) -> Result<Reader, FileError> {
        let idle = self.idle.lock().pop();
        let connection = idle.map_or_else(|| open_reader(&self.path), Ok)?;
        Ok(Reader {
            connection: Some(connection),
            bucket: Arc::clone(self),
        })
    }

    /// Whether the bucket has left the store.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Marks the bucket as gone and closes idle connections; false if it was gone already.
    pub(super) fn leave(&self) -> bool {
        let first = !self.gone.swap(true, Ordering::AcqRel);
        self.idle.lock().clear();
        first
    }
}

fn create_file(path: &Path, extent: &Extent) -> Result<(), FileError> {
    let mut connection = open_writer(path)?;
    let transaction = connection.transaction()?;
    for schema in [
        extent::SCHEMA,
        forwarding::SCHEMA,
        trace_row::SCHEMA,
        rejected::SCHEMA,
    ] {
        transaction.execute_batch(schema)?;
    }
    extent.save(&transaction)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

fn load_filter(connection: &Connection, bytes: u64) -> Result<TraceFilter, FileError> {
    let filter = TraceFilter::for_bytes(bytes);
    let mut statement = connection.prepare("SELECT id FROM traces INDEXED BY traces_by_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        filter.insert(TraceId::from_bytes(row.get(0)?));
    }
    Ok(filter)
}

/// A connection on loan; it goes back when this is dropped.
#[derive(Debug)]
pub(super) struct Reader {
    connection: Option<Connection>,
    bucket: Arc<Bucket>,
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("it is there until dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let is_free = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        let mut idle = self.bucket.idle.lock();
        if is_free && idle.len() < IDLE_READERS && !self.bucket.is_gone() {
            idle.push(connection);
        }
    }
}
