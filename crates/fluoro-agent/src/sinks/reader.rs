//! Reads the store in the order of arrival, and notices what left it unread.

use std::{collections::VecDeque, sync::Arc};

use fluoro_store::{Cursor, Forwarded, Queue, StoreError};

use super::{
    backend::BatchLimits,
    batch::{self, Batch},
    state::State,
};

/// Batches that are read at once.
const BATCHES: usize = 4;

pub(super) struct Reader {
    store: Arc<dyn Queue>,
    state: Arc<State>,
    limits: BatchLimits,
    cursor: Cursor,
    read: VecDeque<Forwarded>,
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
        store: Arc<dyn Queue>,
        state: Arc<State>,
        limits: BatchLimits,
        cursor: Cursor,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            unread: store.count_after(cursor)?,
            store,
            state,
            limits,
            cursor,
            read: VecDeque::new(),
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
    pub(super) fn rewind(&mut self, cursor: Cursor) {
        self.read.clear();
        self.cursor = cursor;
    }

    /// Reads as much as a few batches need.
    pub(super) async fn read(&mut self) -> More {
        let limit = self.limits.documents * BATCHES;
        let documents = self.look(limit).await;
        let more = if documents.len() == limit {
            More::Likely
        } else {
            More::No
        };
        for document in documents {
            let missed = self.cursor.missed_before(document.cursor);
            if missed > 0 {
                self.state.expired(missed);
            }
            self.cursor = document.cursor;
            self.read.push_back(document);
        }
        more
    }

    /// Counts what waits, without reading it.
    pub(super) async fn measure(&mut self) {
        self.look(0).await;
    }

    async fn look(&mut self, limit: usize) -> Vec<Forwarded> {
        let (store, cursor) = (self.store.clone(), self.cursor);
        let looking = tokio::task::spawn_blocking(move || look(&*store, cursor, limit));
        let failure = match looking.await {
            Ok(Ok((documents, unread))) => {
                self.unread = unread;
                return documents;
            }
            Ok(Err(failure)) => failure.to_string(),
            Err(failure) => failure.to_string(),
        };
        self.state.store_failed(&failure);
        Vec::new()
    }
}

/// Documents after the cursor, and how many stand after those.
fn look(
    store: &dyn Queue,
    cursor: Cursor,
    limit: usize,
) -> Result<(Vec<Forwarded>, u64), StoreError> {
    let documents = if limit > 0 {
        store.read_after(cursor, limit)?
    } else {
        Vec::new()
    };
    let end = documents.last().map_or(cursor, |last| last.cursor);
    Ok((documents, store.count_after(end)?))
}
