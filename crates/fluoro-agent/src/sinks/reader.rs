//! Reads the store in the order of arrival, and notices what left it unread.

use std::{collections::VecDeque, sync::Arc};

use fluoro_store::{Cursor, Forwarded, Store, StoreError};

use super::{
    backend::BatchLimits,
    batch::{self, Batch},
    state::State,
};

/// Before the first look nothing can have been lost.
const UNKNOWN: u64 = u64::MAX;

pub(super) struct Reader {
    store: Arc<dyn Store>,
    state: Arc<State>,
    limits: BatchLimits,
    position: Position,
    read: VecDeque<Forwarded>,
    unread: u64,
}

/// Where reading goes on, and what the store held before that place.
#[derive(Clone, Copy)]
struct Position {
    cursor: Cursor,
    /// Documents of the store up to the cursor.
    behind: u64,
    /// The store's count of documents that left it.
    expired: u64,
}

/// What is found at a position.
struct Found {
    documents: Vec<Forwarded>,
    position: Position,
    lost: u64,
    unread: u64,
}

/// Whether the store has more for now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum More {
    Likely,
    No,
}

impl Reader {
    pub(super) fn new(
        store: Arc<dyn Store>,
        state: Arc<State>,
        limits: BatchLimits,
        cursor: Cursor,
    ) -> Result<Self, StoreError> {
        let position = Position {
            cursor,
            behind: UNKNOWN,
            expired: store.statistics()?.expired,
        };
        let found = position.look(&*store, 0)?;
        Ok(Self {
            store,
            state,
            limits,
            position: found.position,
            read: VecDeque::new(),
            unread: found.unread,
        })
    }

    /// Documents after those that were handed out.
    pub(super) fn waiting(&self) -> u64 {
        self.unread + self.read.len() as u64
    }

    /// The next batch of what was read.
    pub(super) fn next_batch(&mut self) -> Option<Batch> {
        batch::take(&mut self.read, self.limits)
    }

    /// Goes back to `cursor`: what was handed out after it is read again.
    pub(super) async fn rewind(&mut self, cursor: Cursor) {
        self.read.clear();
        self.position = Position {
            cursor,
            behind: UNKNOWN,
            expired: self.position.expired,
        };
        self.look(0).await;
    }

    /// Reads as much as a few batches need.
    pub(super) async fn read(&mut self) -> More {
        let limit = self.limits.documents * 4;
        let before = self.read.len();
        self.look(limit).await;
        if self.read.len() - before == limit {
            More::Likely
        } else {
            More::No
        }
    }

    /// Counts what waits and what was lost, without reading.
    pub(super) async fn measure(&mut self) {
        self.look(0).await;
    }

    async fn look(&mut self, limit: usize) {
        let (store, position) = (self.store.clone(), self.position);
        let looking = tokio::task::spawn_blocking(move || position.look(&*store, limit));
        match looking.await {
            Ok(Ok(found)) => self.take(found),
            Ok(Err(failure)) => self.state.store_failed(&failure.to_string()),
            Err(failure) => self.state.store_failed(&failure.to_string()),
        }
    }

    fn take(&mut self, found: Found) {
        if found.lost > 0 {
            self.state.expired(found.lost);
        }
        self.position = found.position;
        self.unread = found.unread;
        self.read.extend(found.documents);
    }
}

impl Position {
    /// Buckets leave the store oldest first, so what has left since the last look was first what
    /// stood behind the cursor, then what had not been read.
    fn look(self, store: &dyn Store, limit: usize) -> Result<Found, StoreError> {
        let after = store.count_after(self.cursor)?;
        let statistics = store.statistics()?;
        let left = statistics.expired.saturating_sub(self.expired);
        let documents = if limit > 0 {
            store.read_after(self.cursor, limit)?
        } else {
            Vec::new()
        };
        let read = documents.len() as u64;
        Ok(Found {
            position: Position {
                cursor: documents.last().map_or(self.cursor, |last| last.cursor),
                behind: statistics.documents.saturating_sub(after) + read,
                expired: statistics.expired,
            },
            lost: left.saturating_sub(self.behind),
            unread: after.saturating_sub(read),
            documents,
        })
    }
}
