//! How long entities took.

use super::Topology;
use crate::facts::{EntityFacts, Namespace};

/// From a moment to a later one, in whole microseconds: times of today have no more digits, the
/// rest of the difference is noise. Zero if the later one is earlier.
pub(crate) fn seconds_between(start: f64, end: f64) -> f64 {
    ((end - start).max(0.0) * 1e6).round() / 1e6
}

impl EntityFacts {
    /// How long it took, in seconds; none while it is in progress.
    pub fn response_time(&self) -> Option<f64> {
        self.end_time
            .map(|end| seconds_between(self.start_time, end))
    }

    /// Whether another service did the work.
    pub fn is_remote(&self) -> bool {
        self.namespace != Namespace::Local
    }

    /// The last moment that is known of it.
    pub(crate) fn last_time(&self) -> f64 {
        self.end_time
            .map_or(self.start_time, |end| end.max(self.start_time))
    }
}

impl Topology<'_> {
    /// How long a service worked on a request, including what it did after answering; none while
    /// it is in progress.
    pub(crate) fn duration(&self, service: usize) -> Option<f64> {
        let entity = self.entity(service);
        entity.end_time?;
        let last = self.members(service).map(EntityFacts::last_time);
        let last = last.fold(entity.start_time, f64::max);
        Some(seconds_between(entity.start_time, last))
    }

    /// For each service, the last moment that is known of it and of what it did.
    pub(crate) fn last_times(&self) -> Vec<f64> {
        let entities = (0..self.len()).map(|place| self.entity(place));
        let mut last_times: Vec<_> = entities.map(EntityFacts::last_time).collect();
        for place in 0..self.len() {
            if let Some(owner) = self.owner(place) {
                last_times[owner] = last_times[owner].max(self.entity(place).last_time());
            }
        }
        last_times
    }
}
