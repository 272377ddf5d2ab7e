//! Questions to the store, on threads that may block. Few at a time, so that they leave the
//! processors to what arrives.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use fluoro_store::Store;
use tokio::sync::Semaphore;

use super::answer::ApiError;

/// How long a question may wait for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(20);

/// Questions that may wait for their turn.
const WAITING: usize = 128;

#[derive(Clone)]
pub(super) struct Queries {
    store: Arc<dyn Store>,
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Queries {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            store,
            turns: Arc::new(Semaphore::new(processors.clamp(2, 8))),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }

    /// Answers a question when its turn comes.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Store) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let busy = || ApiError::throttled("the agent answers too many questions already");
        let _waits = self.waiting.try_acquire().map_err(|_| busy())?;
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(TURN_WITHIN, turn)
            .await
            .map_err(|_| busy())?;
        let store = Arc::clone(&self.store);
        let answer = tokio::task::spawn_blocking(move || {
            // Whoever asked may have gone away; the turn lasts as long as the work does.
            let _turn = turn;
            question(&*store)
        });
        answer
            .await
            .map_err(|failure| ApiError::internal(format!("the question failed: {failure}")))?
    }
}
