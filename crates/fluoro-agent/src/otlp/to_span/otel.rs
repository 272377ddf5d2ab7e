//! What [`to_segment`](crate::otlp::to_segment) keeps in the metadata namespace `otel`, read again.

use opentelemetry_proto::tonic::{
    common::v1::InstrumentationScope,
    trace::v1::{
        span::{Event, SpanKind},
        status::StatusCode,
    },
};

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
};

/// The namespace of an entity.
pub(super) fn namespace(entity: &Object) -> Option<&Object> {
    member::object(member::object(entity, "metadata")?, "otel")
}

/// Whether the entity was made around a call which nothing encloses, and was no span.
pub(super) fn is_local_root(entity: &Object) -> bool {
    let otel = namespace(entity);
    otel.and_then(|otel| member::text(otel, "kind")) == Some("LOCAL_ROOT")
}

pub(super) fn kind(otel: &Object) -> Option<SpanKind> {
    Some(match member::text(otel, "kind")? {
        "INTERNAL" => SpanKind::Internal,
        "SERVER" => SpanKind::Server,
        "CLIENT" => SpanKind::Client,
        "PRODUCER" => SpanKind::Producer,
        "CONSUMER" => SpanKind::Consumer,
        _ => return None,
    })
}

pub(super) fn status(otel: &Object) -> StatusCode {
    match member::text(otel, "status") {
        Some("OK") => StatusCode::Ok,
        Some("ERROR") => StatusCode::Error,
        _ => StatusCode::Unset,
    }
}

pub(super) fn scope(otel: &Object) -> InstrumentationScope {
    let text = |name| member::text(otel, name).unwrap_or_default().to_owned();
    InstrumentationScope {
        name: text("scope"),
        version: text("scope_version"),
        ..InstrumentationScope::default()
    }
}

pub(super) fn events(otel: &Object) -> impl Iterator<Item = Event> {
    member::objects(otel, "events").map(|event| {
        let mut attributes = AttributeList::default();
        for (name, value) in member::object(event, "attributes").into_iter().flatten() {
            attributes.json(name, value);
        }
        Event {
            time_unix_nano: member::nanoseconds(event, "time").unwrap_or_default(),
            name: member::text(event, "name").unwrap_or_default().to_owned(),
            attributes: attributes.into_attributes(),
            ..Event::default()
        }
    })
}
