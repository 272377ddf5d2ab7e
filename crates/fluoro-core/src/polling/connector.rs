//! Where the sampling service is, and under which id this process talks to it.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::SamplingService;
use crate::{fork, random};

/// The way to the sampling service, and the id under which this process reports.
///
/// The service may be replaced while a poller runs.
pub struct Connector {
    service: RwLock<Arc<dyn SamplingService>>,
    client: Mutex<Client>,
}

struct Client {
    id: Arc<str>,
    generation: u64,
}

impl Connector {
    /// A connector to `service`.
    pub fn new(service: Arc<dyn SamplingService>) -> Self {
        Self {
            service: RwLock::new(service),
            client: Mutex::new(Client::new()),
        }
    }

    /// Replaces the service, from the next call on.
    pub fn set_service(&self, service: Arc<dyn SamplingService>) {
        *self.service.write() = service;
    }

    /// The service in use.
    pub fn service(&self) -> Arc<dyn SamplingService> {
        self.service.read().clone()
    }

    /// 24 hexadecimal digits that name this process; a forked child gets others.
    pub fn client_id(&self) -> Arc<str> {
        let mut client = self.client.lock();
        if client.generation != fork::generation() {
            *client = Client::new();
        }
        client.id.clone()
    }
}

impl Client {
    fn new() -> Self {
        let generation = fork::generation();
        let id = format!(
            "{:016x}{:08x}",
            random::next_u64(),
            random::next_u64() as u32
        );
        Self {
            id: id.into(),
            generation,
        }
    }
}
