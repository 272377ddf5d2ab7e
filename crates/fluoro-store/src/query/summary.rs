//! What `GetTraceSummaries` tells about one trace.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{RootCause, ServiceId};
use crate::facts::Trace;

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
    /// How long the root segment took, in seconds.
    pub response_time: f64,
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
pub fn summary(_trace: &Trace) -> TraceSummary {
    todo!()
}
