//! One segment or subsegment as one span.

use fluoro_wire::{SegmentId, TraceId};
use opentelemetry_proto::tonic::trace::v1::{
    Span, Status,
    span::{Link, SpanKind},
    status::StatusCode,
};

use super::{
    annotations,
    attribute_list::AttributeList,
    aws, cause,
    convert::ToSpanError,
    http,
    member::{self, Object},
    otel, sql,
};

/// Where an entity belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) trace_id: TraceId,
    pub(super) parent_id: Option<SegmentId>,
    pub(super) is_segment: bool,
}

/// Makes the span; nested subsegments are not looked at.
pub(super) fn convert(entity: &Object, place: Place) -> Result<Span, ToSpanError> {
    let id = member::id(entity, "id")?;
    let start = member::nanoseconds(entity, "start_time").ok_or(ToSpanError::Malformed {
        member: "start_time",
        expected: "seconds since the epoch",
    })?;
    let end = member::nanoseconds(entity, "end_time").unwrap_or(start);
    let otel = otel::namespace(entity);
    let otel_text = |name| otel.and_then(|otel| member::text(otel, name));
    let name = otel_text("name").or_else(|| member::text(entity, "name"));
    let kind = otel.and_then(otel::kind);
    let kind = kind.unwrap_or_else(|| usual_kind(entity, place.is_segment));
    let status = status(entity, otel, kind);
    let mut events = cause::events(entity, end);
    events.extend(otel.into_iter().flat_map(otel::events));
    Ok(Span {
        trace_id: place.trace_id.as_bytes().to_vec(),
        span_id: bytes(id),
        parent_span_id: place.parent_id.map_or_else(Vec::new, bytes),
        trace_state: otel_text("trace_state").unwrap_or_default().to_owned(),
        name: name.unwrap_or_default().to_owned(),
        kind: kind as i32,
        start_time_unix_nano: start,
        end_time_unix_nano: end,
        attributes: attributes(entity, place.is_segment, status.code()).into_attributes(),
        events,
        links: links(entity),
        status: Some(status),
        ..Span::default()
    })
}

fn bytes(id: SegmentId) -> Vec<u8> {
    id.0.to_be_bytes().to_vec()
}

fn usual_kind(entity: &Object, is_segment: bool) -> SpanKind {
    match member::text(entity, "namespace") {
        _ if is_segment => SpanKind::Server,
        Some("aws" | "remote") => SpanKind::Client,
        _ => SpanKind::Internal,
    }
}

/// What was a span before says its status. Otherwise a failed request is an error of its client,
/// but not of a server that refused it.
fn status(entity: &Object, otel: Option<&Object>, kind: SpanKind) -> Status {
    let failed = member::flag(entity, "fault") || cause::is_there(entity);
    let refused = member::flag(entity, "error") || member::flag(entity, "throttle");
    let code = match otel {
        Some(otel) => otel::status(otel),
        None if failed || refused && kind != SpanKind::Server => StatusCode::Error,
        None => StatusCode::Unset,
    };
    let message = otel.and_then(|otel| member::text(otel, "status_message"));
    let message = cause::reference(entity).or(message);
    Status {
        code: code as i32,
        message: message.unwrap_or_default().to_owned(),
    }
}

fn attributes(entity: &Object, is_segment: bool, status: StatusCode) -> AttributeList {
    let mut attributes = AttributeList::default();
    http::add(&mut attributes, entity, is_segment);
    if is_segment {
        let user = member::text(entity, "user");
        attributes.text(&["enduser.id", "user.id"], user);
    } else {
        aws::add_call(&mut attributes, entity);
    }
    sql::add(&mut attributes, entity);
    cause::add(&mut attributes, entity);
    annotations::add_annotations(&mut attributes, entity);
    annotations::add_metadata(&mut attributes, entity);
    if member::text(entity, "namespace") == Some("remote") {
        attributes.text(&["peer.service"], member::text(entity, "name"));
    }
    add_flags(&mut attributes, entity, status);
    attributes.boolean("aws.xray.traced", member::boolean(entity, "traced"));
    let in_progress = member::boolean(entity, "in_progress");
    attributes.boolean("aws.xray.inprogress", in_progress);
    let precursors = member::texts(entity, "precursor_ids");
    attributes.texts("aws.xray.precursor_ids", precursors);
    attributes
}

/// A failure that is nobody's fault says so, or it would count as one on the way back.
fn add_flags(attributes: &mut AttributeList, entity: &Object, status: StatusCode) {
    let flags = [
        ("aws.xray.error", "error"),
        ("aws.xray.throttle", "throttle"),
        ("aws.xray.fault", "fault"),
    ];
    for (name, field) in flags {
        if member::flag(entity, field) {
            attributes.boolean(name, Some(true));
        }
    }
    let is_unflagged = flags.iter().all(|(_, field)| !member::flag(entity, field));
    let is_failure = status == StatusCode::Error || http::status(entity) >= Some(400);
    if is_failure && is_unflagged {
        attributes.boolean("aws.xray.fault", Some(false));
    }
}

/// Links whose ids cannot be read are left out.
fn links(entity: &Object) -> Vec<Link> {
    let link = |link: &Object| {
        let trace_id: TraceId = member::parsed(link, "trace_id", "").ok()?;
        let id = member::id(link, "id").ok()?;
        let mut attributes = AttributeList::default();
        for (name, value) in member::object(link, "attributes").into_iter().flatten() {
            attributes.json(name, value);
        }
        Some(Link {
            trace_id: trace_id.as_bytes().to_vec(),
            span_id: bytes(id),
            attributes: attributes.into_attributes(),
            ..Link::default()
        })
    };
    member::objects(entity, "links").filter_map(link).collect()
}
