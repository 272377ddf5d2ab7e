//! Batches that wait for the store, bounded in documents and in bytes. Threads and tasks may wait
//! for room.

use std::{collections::VecDeque, pin::pin};

use fluoro_store::Arrival;
use parking_lot::{Condvar, Mutex};
use tokio::sync::{Notify, oneshot};

use super::{IntakeError, Outcome};

/// Documents that may wait for the store.
const QUEUED_DOCUMENTS: usize = 65_536;

/// Bytes of documents that may wait for the store.
const QUEUED_BYTES: usize = 64 << 20;

/// Most documents that are committed together; a batch is never divided.
const DOCUMENTS_PER_COMMIT: usize = 4_096;

/// Most bytes that are committed together; a batch is never divided.
const BYTES_PER_COMMIT: usize = 16 << 20;

/// Documents that were handed over together.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) arrivals: Vec<Arrival>,
    /// Whoever waits for the outcome.
    pub(super) outcome: Option<oneshot::Sender<Outcome>>,
    bytes: usize,
}

impl Batch {
    pub(super) fn new(arrivals: Vec<Arrival>, outcome: Option<oneshot::Sender<Outcome>>) -> Self {
        let bytes = arrivals
            .iter()
            .map(|arrival| size_of::<Arrival>() + arrival.document.capacity())
            .sum();
        Self {
            arrivals,
            outcome,
            bytes,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    room: Condvar,
    room_for_tasks: Notify,
}

#[derive(Debug, Default)]
struct State {
    batches: VecDeque<Batch>,
    documents: usize,
    bytes: usize,
    is_closed: bool,
}

impl State {
    /// A batch that is larger than the whole queue fits when nothing else waits.
    fn has_room_for(&self, batch: &Batch) -> bool {
        self.batches.is_empty()
            || self.documents + batch.arrivals.len() <= QUEUED_DOCUMENTS
                && self.bytes + batch.bytes <= QUEUED_BYTES
    }
}

impl Queue {
    /// Adds a batch; the thread waits while there is no room.
    pub(super) fn push(&self, batch: Batch) -> Result<(), IntakeError> {
        let mut state = self.state.lock();
        while !state.is_closed && !state.has_room_for(&batch) {
            self.room.wait(&mut state);
        }
        self.add(&mut state, batch)
    }

    /// Adds a batch; the task waits while there is no room.
    pub(super) async fn push_async(&self, batch: Batch) -> Result<(), IntakeError> {
        loop {
            let mut room = pin!(self.room_for_tasks.notified());
            // From here on no notification is missed.
            room.as_mut().enable();
            {
                let mut state = self.state.lock();
                if state.is_closed || state.has_room_for(&batch) {
                    return self.add(&mut state, batch);
                }
            }
            room.await;
        }
    }

    fn add(&self, state: &mut State, batch: Batch) -> Result<(), IntakeError> {
        if state.is_closed {
            return Err(IntakeError::Closed);
        }
        state.documents += batch.arrivals.len();
        state.bytes += batch.bytes;
        state.batches.push_back(batch);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for batches and takes as many as may be committed together; none once the queue is
    /// closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Batch>> {
        let mut state = self.state.lock();
        while state.batches.is_empty() {
            if state.is_closed {
                return None;
            }
            self.filled.wait(&mut state);
        }
        let (mut documents, mut bytes) = (0, 0);
        let mut taken = Vec::new();
        while let Some(batch) = state.batches.front() {
            documents += batch.arrivals.len();
            bytes += batch.bytes;
            let fits = documents <= DOCUMENTS_PER_COMMIT && bytes <= BYTES_PER_COMMIT;
            if !fits && !taken.is_empty() {
                break;
            }
            taken.extend(state.batches.pop_front());
        }
        for batch in &taken {
            state.documents -= batch.arrivals.len();
            state.bytes -= batch.bytes;
        }
        self.room.notify_all();
        self.room_for_tasks.notify_waiters();
        Some(taken)
    }

    /// Takes no more batches. Those that wait for room are turned away.
    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.filled.notify_all();
        self.room.notify_all();
        self.room_for_tasks.notify_waiters();
    }
}
