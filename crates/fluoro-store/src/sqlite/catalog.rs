//! The buckets of a store, and the traces that have parts in several of them.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use fluoro_wire::TraceId;
use parking_lot::RwLock;
use rusqlite::Connection;

use super::{
    bucket::Bucket,
    connection::FileError,
    directory::{self, Directory},
    trace_row::{self, Times},
};
use crate::{StoreError, facts::TraceFacts};

/// Traces with parts in several buckets, with the times of all parts together.
pub(super) type Continued = HashMap<TraceId, Times>;

/// All buckets that can be read.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) directory: Directory,
    /// Oldest first.
    buckets: RwLock<Arc<[Arc<Bucket>]>>,
    continued: RwLock<Arc<Continued>>,
    expired: AtomicU64,
}

impl Catalog {
    /// Opens all buckets of a directory; damaged ones are set aside.
    pub(super) fn open(directory: Directory) -> Result<Self, StoreError> {
        let starts = directory.buckets();
        let starts = starts.map_err(|error| FileError::from(error).at(directory.path()))?;
        let mut buckets = Vec::with_capacity(starts.len());
        for start in starts {
            buckets.extend(open_bucket(&directory, start)?.map(Arc::new));
        }
        let catalog = Self {
            directory,
            buckets: RwLock::new(buckets.into()),
            continued: RwLock::default(),
            expired: AtomicU64::new(0),
        };
        catalog.load_continued()?;
        Ok(catalog)
    }

    fn load_continued(&self) -> Result<(), StoreError> {
        let mut continued = Vec::new();
        for bucket in &*self.buckets() {
            let ids = self.read(bucket, |connection| {
                let mut statement = connection.prepare("SELECT id FROM continued")?;
                let ids = statement.query_map([], |row| Ok(TraceId::from_bytes(row.get(0)?)))?;
                Ok(ids.collect::<Result<Vec<_>, _>>()?)
            })?;
            continued.extend(ids.unwrap_or_default());
        }
        for id in continued {
            if let Some(facts) = self.facts(id)? {
                self.continue_trace(id, Times::of(id, &facts));
            }
        }
        Ok(())
    }

    /// The buckets, oldest first.
    pub(super) fn buckets(&self) -> Arc<[Arc<Bucket>]> {
        Arc::clone(&self.buckets.read())
    }

    pub(super) fn newest(&self) -> Option<Arc<Bucket>> {
        self.buckets.read().last().cloned()
    }

    pub(super) fn push(&self, bucket: Arc<Bucket>) {
        let mut buckets = self.buckets.write();
        *buckets = buckets.iter().cloned().chain([bucket]).collect();
    }

    fn forget(&self, bucket: &Arc<Bucket>) {
        let mut buckets = self.buckets.write();
        let others = buckets.iter().filter(|other| !Arc::ptr_eq(other, bucket));
        *buckets = others.cloned().collect();
    }

    /// Deletes a bucket whose time is over.
    pub(super) fn expire(&self, bucket: &Arc<Bucket>) -> Result<u64, StoreError> {
        self.forget(bucket);
        if !bucket.leave() {
            return Ok(0);
        }
        let removed = directory::remove(bucket.path());
        removed.map_err(|error| FileError::from(error).at(bucket.path()))?;
        let documents = bucket.extent().documents();
        self.expired.fetch_add(documents, Ordering::Relaxed);
        Ok(documents)
    }

    /// Size of all files, in bytes.
    pub(super) fn bytes(&self) -> Result<u64, StoreError> {
        let bytes = self.directory.bytes();
        bytes.map_err(|error| FileError::from(error).at(self.directory.path()))
    }

    /// Documents that left with their bucket.
    pub(super) fn expired(&self) -> u64 {
        self.expired.load(Ordering::Relaxed)
    }

    /// Takes a damaged bucket out of the store.
    pub(super) fn set_aside(&self, bucket: &Arc<Bucket>, reason: &FileError) {
        self.forget(bucket);
        if bucket.leave() {
            self.directory.set_aside(bucket.path(), reason);
        }
    }

    /// Reads from a bucket; none if it is damaged (then it is set aside) or has left meanwhile.
    pub(super) fn read<T>(
        &self,
        bucket: &Arc<Bucket>,
        read: impl FnOnce(&Connection) -> Result<T, FileError>,
    ) -> Result<Option<T>, StoreError> {
        match bucket.reader().and_then(|reader| read(&reader)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.forgive(bucket, error).map(|()| None),
        }
    }

    /// Whether the others can go on without this bucket.
    pub(super) fn forgive(&self, bucket: &Arc<Bucket>, error: FileError) -> Result<(), StoreError> {
        if bucket.is_gone() {
            return Ok(());
        }
        if error.is_damage() {
            self.set_aside(bucket, &error);
            return Ok(());
        }
        Err(error.at(bucket.path()))
    }

    /// The facts of a trace, from all buckets together.
    pub(super) fn facts(&self, id: TraceId) -> Result<Option<TraceFacts>, StoreError> {
        let mut facts = None::<TraceFacts>;
        for bucket in &*self.buckets() {
            if !bucket.filter.may_contain(id) {
                continue;
            }
            let part = self.read(bucket, |connection| trace_row::load_facts(connection, id))?;
            match (&mut facts, part.flatten()) {
                (Some(facts), Some(part)) => facts.merge(part),
                (None, part) => facts = part,
                (Some(_), None) => {}
            }
        }
        Ok(facts)
    }

    /// Traces with parts in several buckets, as of now.
    pub(super) fn continued(&self) -> Arc<Continued> {
        Arc::clone(&self.continued.read())
    }

    /// Notes that a trace has, or will have after the next commit, parts in several buckets, and
    /// its times from all of them.
    pub(super) fn continue_trace(&self, id: TraceId, times: Times) {
        let mut continued = self.continued.write();
        Arc::make_mut(&mut continued).insert(id, times);
    }

    /// Puts right what is known of continued traces after buckets have left.
    pub(super) fn review_continued(&self, left: &[Arc<Bucket>]) -> Result<(), StoreError> {
        for (id, known) in &*self.continued() {
            if !left.iter().any(|bucket| bucket.filter.may_contain(*id)) {
                continue;
            }
            let times = self.facts(*id)?.map(|facts| Times::of(*id, &facts));
            let is_there = self
                .buckets()
                .iter()
                .any(|bucket| bucket.filter.may_contain(*id));
            let mut continued = self.continued.write();
            // What the writer has noted meanwhile is newer.
            if continued.get(id) == Some(known) {
                let continued = Arc::make_mut(&mut continued);
                match times {
                    Some(times) => drop(continued.insert(*id, times)),
                    None if !is_there => drop(continued.remove(id)),
                    None => {}
                }
            }
        }
        Ok(())
    }
}

fn open_bucket(directory: &Directory, start: i64) -> Result<Option<Bucket>, StoreError> {
    let path = directory.bucket_path(start);
    match Bucket::open(path.clone(), start) {
        Ok(Some(bucket)) => Ok(Some(bucket)),
        Ok(None) => {
            let removed = directory::remove(&path);
            removed.map_err(|error| FileError::from(error).at(&path))?;
            Ok(None)
        }
        Err(error) if error.is_damage() => {
            directory.set_aside(&path, &error);
            Ok(None)
        }
        Err(error) => Err(error.at(&path)),
    }
}
