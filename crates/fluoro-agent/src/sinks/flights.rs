//! Batches on their way: several at a time, but the checkpoint only passes those that follow one
//! another without a gap.

use std::{collections::VecDeque, sync::Arc};

use fluoro_store::Cursor;
use tokio::task::JoinSet;

use super::{
    batch::Batch,
    delivery::{Delivery, Stopped},
};

/// Batches that may be on their way at a time, as many as the daemon has.
const LARGEST: usize = 8;

pub(super) struct Flights {
    delivery: Arc<Delivery>,
    tasks: JoinSet<(u64, Result<(), Stopped>)>,
    in_order: VecDeque<Flight>,
    first: u64,
}

struct Flight {
    end: Cursor,
    documents: usize,
    landed: bool,
}

/// What ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Landing {
    /// A batch is settled; everything before the cursor is too, if there is one.
    Settled(Option<Cursor>),
    /// The agent stops, and the batch stays in the store.
    Stopped,
    /// A delivery panicked.
    Crashed,
}

impl Flights {
    pub(super) fn new(delivery: Arc<Delivery>) -> Self {
        Self {
            delivery,
            tasks: JoinSet::new(),
            in_order: VecDeque::new(),
            first: 0,
        }
    }

    pub(super) fn has_room(&self) -> bool {
        self.tasks.len() < LARGEST
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// How many documents are on their way or wait for one before them.
    pub(super) fn documents(&self) -> usize {
        self.in_order.iter().map(|flight| flight.documents).sum()
    }

    pub(super) fn launch(&mut self, batch: Batch) {
        let number = self.first + self.in_order.len() as u64;
        self.in_order.push_back(Flight {
            end: batch.end,
            documents: batch.documents.len(),
            landed: false,
        });
        let delivery = self.delivery.clone();
        self.tasks
            .spawn(async move { (number, delivery.settle(batch.documents).await) });
    }

    /// Waits for the next batch to end; none if nothing is on its way.
    pub(super) async fn land(&mut self) -> Option<Landing> {
        Some(match self.tasks.join_next().await? {
            Ok((number, Ok(()))) => {
                self.in_order[(number - self.first) as usize].landed = true;
                Landing::Settled(self.pass())
            }
            Ok((_, Err(Stopped))) => Landing::Stopped,
            Err(failure) => {
                tracing::error!("sending a batch failed: {failure}");
                Landing::Crashed
            }
        })
    }

    fn pass(&mut self) -> Option<Cursor> {
        let mut passed = None;
        while let Some(flight) = self.in_order.front()
            && flight.landed
        {
            passed = Some(flight.end);
            self.in_order.pop_front();
            self.first += 1;
        }
        passed
    }
}
