//! [`SqliteStore`]: one writer, many readers, all from one directory.

use std::{ops::ControlFlow, path::Path, sync::Arc};

use fluoro_wire::TraceId;
use parking_lot::Mutex;

use super::{
    append::Appender, catalog::Catalog, connection::FileError, directory::Directory, retention,
    settings::SettingsFile,
};
use crate::{
    Append, Arrival, Committed, Cursor, Forwarded, Limits, Queue, Rejected, Settings, Statistics,
    StoreError, TimeRange, Traces, Upkeep,
    facts::{Needs, Trace},
};

/// Keeps documents in SQLite files below one directory.
///
/// ```
/// use fluoro_store::{Append, Arrival, Source, SqliteStore, Traces};
/// # let directory = tempfile::tempdir().unwrap();
/// # let directory = directory.path();
/// let store = SqliteStore::open(directory)?;
/// let document = br#"{"name":"shop","id":"53995c3f42cd8ad8","start_time":1.5,"end_time":2.0,
///     "trace_id":"1-5759e988-bd862e3fe1be46a994272793"}"#;
/// let committed = store.append(&[Arrival {
///     document: document.to_vec(),
///     source: Source::Udp,
///     received_at: 2.1,
/// }])?;
/// let facts = store.trace(committed.traces[0])?.expect("it was kept").facts;
/// assert_eq!(&*facts.entities[0].name, "shop");
/// # Ok::<(), fluoro_store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    catalog: Arc<Catalog>,
    appender: Mutex<Appender>,
    settings: SettingsFile,
}

impl SqliteStore {
    /// Opens the store in a directory; it is made if it is not there. Files that cannot be read
    /// any more are set aside, and the rest is served.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] if another process has it open, [`StoreError::Database`] if the
    /// system does not give access.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, StoreError> {
        let directory = Directory::open(directory.as_ref())?;
        let settings = SettingsFile::open(&directory)?;
        let catalog = Arc::new(Catalog::open(directory)?);
        let (last_rejected, _) = catalog.count_rejected()?;
        Ok(Self {
            appender: Mutex::new(Appender::new(Arc::clone(&catalog), last_rejected)),
            catalog,
            settings,
        })
    }

    fn failed(&self, error: FileError) -> StoreError {
        error.at(&self.catalog.directory.settings_path())
    }
}

impl Append for SqliteStore {
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError> {
        self.appender.lock().append(batch)
    }
}

impl Traces for SqliteStore {
    fn documents(&self, trace: TraceId) -> Result<Vec<Vec<u8>>, StoreError> {
        self.catalog.documents(trace)
    }

    fn trace(&self, trace: TraceId) -> Result<Option<Trace>, StoreError> {
        let facts = self.catalog.facts(trace)?;
        Ok(facts.map(|facts| Trace { id: trace, facts }))
    }

    fn scan(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        visit: &mut dyn FnMut(&Trace) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut visit =
            |trace: Option<&Trace>| trace.map_or(ControlFlow::Continue(()), &mut *visit);
        self.search(range, latest_start, &Needs::NOTHING, &mut visit)
    }

    fn search(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        needs: &Needs,
        visit: &mut dyn FnMut(Option<&Trace>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.catalog.search(range, latest_start, needs, visit)
    }
}

impl Queue for SqliteStore {
    fn read_after(&self, cursor: Cursor, limit: usize) -> Result<Vec<Forwarded>, StoreError> {
        self.catalog.read_after(cursor, limit)
    }

    fn count_after(&self, cursor: Cursor) -> Result<u64, StoreError> {
        Ok(self.catalog.count_after(cursor))
    }

    fn newest(&self) -> Result<Cursor, StoreError> {
        Ok(self.catalog.newest_cursor())
    }
}

impl Settings for SqliteStore {
    fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.settings.get(name).map_err(|error| self.failed(error))
    }

    fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        let set = self.settings.set(name, value);
        set.map_err(|error| self.failed(error))
    }
}

impl Upkeep for SqliteStore {
    fn statistics(&self) -> Result<Statistics, StoreError> {
        let (_, rejected) = self.catalog.count_rejected()?;
        let mut statistics = Statistics {
            bytes: self.catalog.bytes()?,
            rejected,
            expired: self.catalog.expired(),
            damaged: self.catalog.directory.damaged(),
            ..Statistics::default()
        };
        for bucket in &*self.catalog.buckets() {
            let extent = bucket.extent();
            statistics.buckets += 1;
            statistics.documents += extent.documents();
            statistics.traces += extent.traces as u64;
            let oldest = statistics.oldest.unwrap_or(f64::INFINITY);
            let oldest = oldest.min(extent.oldest_arrival);
            statistics.oldest = oldest.is_finite().then_some(oldest);
        }
        Ok(statistics)
    }

    fn rejected(&self, before: Option<i64>, limit: usize) -> Result<Vec<Rejected>, StoreError> {
        self.catalog.rejected(before, limit)
    }

    fn expire(&self, limits: Limits, now: f64) -> Result<u64, StoreError> {
        retention::expire(&self.catalog, &self.appender, limits, now)
    }
}
