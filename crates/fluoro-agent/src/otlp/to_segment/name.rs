//! What a segment or subsegment is called.

use std::borrow::Cow;

use fluoro_wire::limits::{MAX_FIELD_CHARACTERS, cut_to_characters};
use opentelemetry_proto::tonic::{
    common::v1::any_value::Value as Any,
    trace::v1::{Span, span::SpanKind},
};

use super::attributes::Attributes;

/// What is called, and how X-Ray groups it.
pub(super) struct Callee<'a> {
    /// The subsegment's name, to be cleaned.
    pub(super) name: Cow<'a, str>,
    /// `aws`, `remote`, or none for work inside the service.
    pub(super) namespace: Option<&'static str>,
}

/// The name of the service that a segment belongs to.
pub(super) fn service<'a>(
    attributes: &Attributes<'a>,
    resource: &Attributes<'a>,
    span: &'a Span,
) -> &'a str {
    attributes
        .peek(&["aws.local.service"])
        .or_else(|| resource_service(resource))
        .unwrap_or(&span.name)
}

/// The name that a resource gives its service, cut if it is absurdly long.
pub(super) fn resource_service<'a>(resource: &Attributes<'a>) -> Option<&'a str> {
    let name = resource.peek(&["service.name"])?;
    Some(cut_to_characters(name, MAX_FIELD_CHARACTERS))
}

/// What a subsegment is about: the called service, database or queue, or the work itself.
pub(super) fn callee<'a>(attributes: &Attributes<'a>, span: &'a Span) -> Callee<'a> {
    let own_name = || span.name.as_str().into();
    if let Some(service) = aws_service(attributes) {
        return Callee {
            name: service.into(),
            namespace: Some("aws"),
        };
    }
    match span.kind() {
        SpanKind::Client | SpanKind::Producer => Callee {
            name: remote_name(attributes).unwrap_or_else(own_name),
            namespace: Some("remote"),
        },
        SpanKind::Consumer => Callee {
            name: remote_name(attributes).unwrap_or_else(own_name),
            namespace: None,
        },
        SpanKind::Internal | SpanKind::Server | SpanKind::Unspecified => Callee {
            name: own_name(),
            namespace: None,
        },
    }
}

/// The called AWS service, say `S3`.
fn aws_service<'a>(attributes: &Attributes<'a>) -> Option<&'a str> {
    let is_aws = attributes.peek(&["rpc.system", "rpc.system.name"]) == Some("aws-api");
    let named = attributes.peek(&["aws.service"]);
    if !is_aws && named.is_none() {
        return None;
    }
    if let Some(remote) = attributes.peek(&["aws.remote.service"]) {
        let remote = remote.strip_prefix("AWS.SDK.").unwrap_or(remote);
        return Some(remote.strip_prefix("AWS::").unwrap_or(remote));
    }
    named.or_else(|| attributes.peek(&["rpc.service"]))
}

fn remote_name<'a>(attributes: &Attributes<'a>) -> Option<Cow<'a, str>> {
    let given = attributes.peek(&["aws.remote.service", "peer.service", "service.peer.name"]);
    if let Some(name) = given {
        return Some(name.into());
    }
    if let Some(name) = database_name(attributes) {
        return Some(name.into());
    }
    let called = attributes.peek(&[
        "rpc.service",
        "messaging.destination.name",
        "messaging.destination",
        "http.host",
        "server.address",
        "net.peer.name",
    ]);
    called.or_else(|| host_of_url(attributes)).map(Into::into)
}

/// `database@host`, as X-Ray's own SDKs name queries.
fn database_name(attributes: &Attributes<'_>) -> Option<String> {
    let system = attributes.look(&["db.system.name", "db.system"])?;
    let database = attributes
        .peek(&["db.namespace", "db.name"])
        .or(match system {
            Any::StringValue(system) => Some(system),
            _ => None,
        })?;
    let host = attributes.peek(&["server.address", "net.peer.name", "net.sock.peer.name"]);
    Some(match host {
        Some(host) => format!("{database}@{host}"),
        None => database.to_owned(),
    })
}

fn host_of_url<'a>(attributes: &Attributes<'a>) -> Option<&'a str> {
    let url = attributes.peek(&["url.full", "http.url"])?;
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(host).filter(|host| !host.is_empty())
}
