//! What requests share.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use fluoro_store::Store;
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    agent_status::Listener,
    groups::GroupBook,
    guard::Guard,
    queries::Queries,
    sampling::{Reports, RuleBook, Windows},
    settings::{Setting, SettingError},
};
use crate::{clock, intake::Intake, metrics::Metrics, sinks::SinkStatus};

/// Tells how the sinks are doing.
pub(crate) type SinkStatuses = Arc<dyn Fn() -> Vec<SinkStatus> + Send + Sync>;

/// Most followers of the live feed at a time.
const FOLLOWERS: usize = 64;

/// What answers requests; clones share everything.
#[derive(Clone)]
pub(crate) struct Api {
    pub(super) intake: Intake,
    pub(super) metrics: Arc<Metrics>,
    pub(super) queries: Queries,
    pub(super) guard: Guard,
    pub(super) rules: Setting<RuleBook>,
    pub(super) groups: Setting<GroupBook>,
    pub(super) sampling: Arc<Mutex<SamplingState>>,
    pub(super) followers: Arc<Semaphore>,
    pub(super) listeners: Arc<OnceLock<Vec<Listener>>>,
    pub(super) sinks: SinkStatuses,
    pub(super) started: Instant,
    pub(super) started_at: f64,
    pub(super) stop: CancellationToken,
}

/// What is forgotten when the agent ends.
#[derive(Debug, Default)]
pub(super) struct SamplingState {
    pub(super) reports: Reports,
    pub(super) windows: Windows,
}

/// What an [`Api`] is made of.
pub(crate) struct ApiParts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) intake: Intake,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) guard: Guard,
    /// How the sinks are doing.
    pub(crate) sinks: SinkStatuses,
    /// Ends answers that would otherwise go on.
    pub(crate) stop: CancellationToken,
}

impl Api {
    /// Reads the settings.
    ///
    /// # Errors
    ///
    /// [`SettingError`] when they cannot be read.
    pub(crate) fn new(parts: ApiParts) -> Result<Self, SettingError> {
        let store = parts.store;
        let rules = RuleBook::new(clock::now());
        Ok(Self {
            rules: Setting::load("sampling-rules", store.clone(), rules)?,
            groups: Setting::load("groups", store.clone(), GroupBook::default())?,
            queries: Queries::new(store),
            intake: parts.intake,
            metrics: parts.metrics,
            guard: parts.guard,
            sampling: Arc::default(),
            followers: Arc::new(Semaphore::new(FOLLOWERS)),
            listeners: Arc::default(),
            sinks: parts.sinks,
            started: Instant::now(),
            started_at: clock::now(),
            stop: parts.stop,
        })
    }
}

impl Api {
    /// Tells where the agent listens, once that is known.
    pub(crate) fn set_listeners(&self, listeners: Vec<Listener>) {
        // An agent starts once.
        let _ = self.listeners.set(listeners);
    }
}
