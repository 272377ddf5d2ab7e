//! The ways through a trace that explain a fault, an error or the response time.

use serde::Serialize;

use super::Topology;
use crate::{facts::EntityFacts, query::ServiceId};

/// Most causes of one kind that are told of a trace.
const MAX_CAUSES: usize = 20;

/// An entity that took at least this share of the response time is a cause of it.
const LEAST_COVERAGE: f64 = 0.5;

/// One way through the trace that explains a fault, an error or the response time.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootCause {
    /// The services on the way, the entry point first.
    pub services: Vec<RootCauseService>,
    /// Whether the root segment suffered from it.
    pub client_impacting: bool,
}

/// One service on the way to a root cause.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootCauseService {
    /// Which service.
    #[serde(flatten)]
    pub service: ServiceId,
    /// The entities of the service on the way, the segment first.
    pub entity_path: Vec<RootCauseEntity>,
    /// The service has sent no segment of its own.
    pub inferred: bool,
}

/// One entity on the way to a root cause.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootCauseEntity {
    /// Its name.
    pub name: String,
    /// Its exceptions; for faults and errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<Vec<RootCauseException>>,
    /// Its share of the root's response time; for response times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// The work was done in another service.
    pub remote: bool,
}

/// An exception that explains a fault or an error.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootCauseException {
    /// Its class.
    pub name: String,
    /// What it says.
    pub message: String,
}

/// What is to be explained.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RootCauseKind {
    /// Faults.
    Fault,
    /// Errors.
    Error,
    /// The response time.
    ResponseTime,
}

impl RootCauseKind {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Fault, Self::Error, Self::ResponseTime];
}

impl Topology<'_> {
    /// The causes of one kind.
    ///
    /// A fault or an error is caused by each entity that has it while nothing below it has it.
    /// The response time is caused by what took most of it, and by what took most of that.
    pub(crate) fn root_causes(&self, kind: RootCauseKind) -> Vec<RootCause> {
        match kind {
            RootCauseKind::Fault => self.failures(|entity| entity.fault),
            RootCauseKind::Error => self.failures(|entity| entity.error),
            RootCauseKind::ResponseTime => Vec::from_iter(self.slowness()),
        }
    }

    fn failures(&self, has_failed: impl Fn(&EntityFacts) -> bool) -> Vec<RootCause> {
        let failed: Vec<_> = (0..self.len())
            .filter(|&place| has_failed(self.entity(place)))
            .collect();
        if failed.is_empty() {
            return Vec::new();
        }
        let mut has_failed_child = vec![false; self.len()];
        for parent in failed.iter().filter_map(|&place| self.parent(place)) {
            has_failed_child[parent] = true;
        }
        let origins = failed.into_iter().filter(|&place| !has_failed_child[place]);
        let causes = origins.map(|origin| {
            let way = self.way_to(origin);
            let is_impacting = way.first().copied() == self.root()
                && way.iter().all(|&place| has_failed(self.entity(place)));
            self.root_cause(&way, is_impacting, |place| RootCauseEntity {
                exceptions: Some(exceptions(self.entity(place))),
                ..self.plain_entity(place)
            })
        });
        causes
            .filter(|cause| !cause.services.is_empty())
            .take(MAX_CAUSES)
            .collect()
    }

    /// From the top of the trace to an entity.
    fn way_to(&self, place: usize) -> Vec<usize> {
        let up = std::iter::successors(Some(place), |&place| self.parent(place));
        let mut way: Vec<_> = up.take(self.len()).collect();
        way.reverse();
        way
    }

    fn slowness(&self) -> Option<RootCause> {
        let root = self.root()?;
        let whole = self
            .entity(root)
            .response_time()
            .filter(|time| *time > 0.0)?;
        let slowest = self.slowest_children();
        let coverage = |place: usize| {
            self.entity(place)
                .response_time()
                .map_or(0.0, |time| time / whole)
        };
        let down = std::iter::successors(Some(root), |&place| {
            slowest[place].filter(|&child| coverage(child) >= LEAST_COVERAGE)
        });
        let way: Vec<_> = down.take(self.len()).collect();
        let cause = self.root_cause(&way, true, |place| RootCauseEntity {
            coverage: Some(coverage(place).min(1.0)),
            ..self.plain_entity(place)
        });
        (!cause.services.is_empty()).then_some(cause)
    }

    fn slowest_children(&self) -> Vec<Option<usize>> {
        let mut slowest: Vec<Option<usize>> = vec![None; self.len()];
        let time = |place: usize| self.entity(place).response_time().unwrap_or_default();
        for child in 0..self.len() {
            let Some(parent) = self.parent(child) else {
                continue;
            };
            if slowest[parent].is_none_or(|known| time(child) > time(known)) {
                slowest[parent] = Some(child);
            }
        }
        slowest
    }

    /// Groups a way by service. What belongs to no segment is left out.
    fn root_cause(
        &self,
        way: &[usize],
        client_impacting: bool,
        describe: impl Fn(usize) -> RootCauseEntity,
    ) -> RootCause {
        let mut services: Vec<(usize, RootCauseService)> = Vec::new();
        for &place in way {
            let Some(owner) = self.owner(place) else {
                continue;
            };
            match services.last_mut() {
                Some((last, service)) if *last == owner => {
                    service.entity_path.push(describe(place));
                }
                _ => services.push((owner, self.cause_service(owner, describe(place)))),
            }
        }
        let inferred = way.last().filter(|&&place| self.is_inferred(place));
        if let Some(&place) = inferred
            && !services.is_empty()
        {
            services.push((place, self.cause_service(place, describe(place))));
        }
        RootCause {
            services: services.into_iter().map(|(_, service)| service).collect(),
            client_impacting,
        }
    }

    fn cause_service(&self, place: usize, first: RootCauseEntity) -> RootCauseService {
        RootCauseService {
            service: ServiceId::from(&self.node(place)),
            entity_path: vec![first],
            inferred: self.is_inferred(place),
        }
    }

    fn plain_entity(&self, place: usize) -> RootCauseEntity {
        let entity = self.entity(place);
        RootCauseEntity {
            name: entity.name.to_string(),
            exceptions: None,
            coverage: None,
            remote: entity.is_remote(),
        }
    }
}

fn exceptions(entity: &EntityFacts) -> Vec<RootCauseException> {
    let details = entity.details.iter();
    let exceptions = details.flat_map(|details| &details.exceptions);
    exceptions
        .map(|exception| RootCauseException {
            name: exception.kind.to_string(),
            message: exception.message.to_string(),
        })
        .collect()
}
