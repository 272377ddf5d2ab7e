//! What `GetTraceSummaries` tells about one trace.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::{RootCause, ServiceId};
use crate::{
    facts::{self, Details, EntityFacts, Trace},
    topology::{RootCauseKind, Topology, seconds_between},
};

/// Most values of annotations, and most users, that a summary tells.
const MAX_VALUES: usize = 1_000;

/// What `GetTraceSummaries` tells about one trace.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TraceSummary {
    /// The trace's id.
    pub id: String,
    /// When the first of its segments began.
    pub start_time: f64,
    /// From the first start to the last end, in seconds.
    pub duration: f64,
    /// How long the root segment took, in seconds; none while it is in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_time: Option<f64>,
    /// The root segment has a fault.
    pub has_fault: bool,
    /// The root segment has an error.
    pub has_error: bool,
    /// Some segment was throttled.
    pub has_throttle: bool,
    /// Some segment is in progress.
    pub is_partial: bool,
    /// The request that the root segment served.
    pub http: Http,
    /// Annotations of all segments, with who made them.
    pub annotations: BTreeMap<String, Vec<AnnotationWithServices>>,
    /// Users of all segments.
    pub users: Vec<TraceUser>,
    /// Every service that took part.
    pub service_ids: Vec<ServiceId>,
    /// Resources of all segments.
    #[serde(rename = "ResourceARNs")]
    pub resource_arns: Vec<ResourceArn>,
    /// EC2 instances of all segments.
    pub instance_ids: Vec<Id>,
    /// Availability zones of all segments.
    pub availability_zones: Vec<Named>,
    /// The service of the root segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<ServiceId>,
    /// Where faults came from.
    pub fault_root_causes: Vec<RootCause>,
    /// Where errors came from.
    pub error_root_causes: Vec<RootCause>,
    /// Where the time went.
    pub response_time_root_causes: Vec<RootCause>,
    /// How many documents have been merged.
    pub revision: u32,
    /// When the trace began, for questions about events.
    pub matched_event_time: f64,
}

/// A request, as the root segment saw it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Http {
    /// Its URL.
    #[serde(rename = "HttpURL", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The status it was answered with.
    #[serde(rename = "HttpStatus", skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Its method.
    #[serde(rename = "HttpMethod", skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The caller's program.
    #[serde(rename = "UserAgent", skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The caller's address.
    #[serde(rename = "ClientIp", skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<String>,
}

/// A value of an annotation, with the services that set it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnnotationWithServices {
    /// The value.
    pub annotation_value: AnnotationValue,
    /// Who set it.
    pub service_ids: Vec<ServiceId>,
}

/// The value of an annotation: one member, named for its type.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub enum AnnotationValue {
    /// A number.
    #[serde(rename = "NumberValue")]
    Number(f64),
    /// `true` or `false`.
    #[serde(rename = "BooleanValue")]
    Boolean(bool),
    /// Text.
    #[serde(rename = "StringValue")]
    String(String),
}

/// Who made the request, with the services that said so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TraceUser {
    /// The name.
    pub user_name: String,
    /// Who said so.
    pub service_ids: Vec<ServiceId>,
}

/// A resource.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ResourceArn {
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
}

/// Something with an id.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Id {
    /// The id.
    pub id: String,
}

/// Something with a name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Named {
    /// The name.
    pub name: String,
}

/// What `GetTraceSummaries` tells about a trace.
pub fn summary(trace: &Trace) -> TraceSummary {
    let topology = Topology::new(&trace.facts.entities);
    let entities = &trace.facts.entities;
    let root = topology.root().map(|place| topology.entity(place));
    let (start, end) = trace.facts.span().unwrap_or_default();
    TraceSummary {
        id: trace.id.to_string(),
        start_time: start,
        duration: seconds_between(start, end),
        response_time: root.and_then(EntityFacts::response_time),
        has_fault: root.is_some_and(|root| root.fault),
        has_error: root.is_some_and(|root| root.error),
        has_throttle: entities.iter().any(|entity| entity.throttle),
        is_partial: entities.iter().any(|entity| entity.end_time.is_none()),
        http: root
            .and_then(|root| root.details.as_deref())
            .map(http)
            .unwrap_or_default(),
        annotations: annotations(&topology),
        users: users(&topology),
        service_ids: service_ids(&topology),
        resource_arns: distinct(entities, |details| details.resource_arn.as_deref())
            .map(|arn| ResourceArn { arn })
            .collect(),
        instance_ids: distinct(entities, |details| details.instance_id.as_deref())
            .map(|id| Id { id })
            .collect(),
        availability_zones: distinct(entities, |details| details.availability_zone.as_deref())
            .map(|name| Named { name })
            .collect(),
        entry_point: topology.root().and_then(|root| service_of(&topology, root)),
        fault_root_causes: topology.root_causes(RootCauseKind::Fault),
        error_root_causes: topology.root_causes(RootCauseKind::Error),
        response_time_root_causes: topology.root_causes(RootCauseKind::ResponseTime),
        revision: trace.facts.revision,
        matched_event_time: start,
    }
}

fn http(details: &Details) -> Http {
    let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    Http {
        url: owned(&details.url),
        status: details.status,
        method: owned(&details.method),
        user_agent: owned(&details.user_agent),
        client_ip: owned(&details.client_ip),
    }
}

/// The service that an entity belongs to, if its segment is there.
fn service_of(topology: &Topology<'_>, place: usize) -> Option<ServiceId> {
    let owner = topology.owner(place)?;
    Some(ServiceId::from(&topology.node(owner)))
}

fn service_ids(topology: &Topology<'_>) -> Vec<ServiceId> {
    let mut seen = HashSet::new();
    let nodes = topology.services().map(|place| topology.node(place));
    let distinct = nodes.filter(|node| seen.insert(node.clone()));
    distinct.map(|node| ServiceId::from(&node)).collect()
}

fn annotations(topology: &Topology<'_>) -> BTreeMap<String, Vec<AnnotationWithServices>> {
    let mut annotations: BTreeMap<String, Vec<AnnotationWithServices>> = BTreeMap::new();
    let mut room = MAX_VALUES;
    for place in 0..topology.len() {
        let details = topology.entity(place).details.iter();
        for (key, value) in details.flat_map(|details| &details.annotations) {
            let value = AnnotationValue::from(value);
            let known = annotations.get_mut(&**key).and_then(|values| {
                values
                    .iter_mut()
                    .find(|known| known.annotation_value == value)
            });
            if let Some(known) = known {
                add_service(&mut known.service_ids, service_of(topology, place));
            } else if room > 0 {
                room -= 1;
                let values = annotations.entry(key.to_string()).or_default();
                values.push(AnnotationWithServices {
                    annotation_value: value,
                    service_ids: service_of(topology, place).into_iter().collect(),
                });
            }
        }
    }
    annotations
}

fn users(topology: &Topology<'_>) -> Vec<TraceUser> {
    let mut users: Vec<TraceUser> = Vec::new();
    for place in 0..topology.len() {
        let details = topology.entity(place).details.as_deref();
        let Some(name) = details.and_then(|details| details.user.as_deref()) else {
            continue;
        };
        let service = service_of(topology, place);
        if let Some(known) = users.iter_mut().find(|known| known.user_name == name) {
            add_service(&mut known.service_ids, service);
        } else if users.len() < MAX_VALUES {
            users.push(TraceUser {
                user_name: name.to_owned(),
                service_ids: service.into_iter().collect(),
            });
        }
    }
    users
}

fn add_service(services: &mut Vec<ServiceId>, service: Option<ServiceId>) {
    if let Some(service) = service
        && !services.contains(&service)
    {
        services.push(service);
    }
}

/// Each text once, in the order of the facts.
fn distinct<'a>(
    entities: &'a [EntityFacts],
    get: impl Fn(&'a Details) -> Option<&'a str>,
) -> impl Iterator<Item = String> {
    let mut seen = HashSet::new();
    let texts = entities
        .iter()
        .filter_map(move |entity| get(entity.details.as_deref()?));
    texts
        .filter(move |text| seen.insert(*text))
        .map(str::to_owned)
}

impl From<&facts::AnnotationValue> for AnnotationValue {
    fn from(value: &facts::AnnotationValue) -> Self {
        match value {
            facts::AnnotationValue::Boolean(flag) => Self::Boolean(*flag),
            facts::AnnotationValue::Number(number) => Self::Number(*number),
            facts::AnnotationValue::String(text) => Self::String(text.to_string()),
        }
    }
}
