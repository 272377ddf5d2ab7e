//! The metadata namespace `otel`: what OpenTelemetry knows and X-Ray has no place for. From it the
//! span can be made again.

use fluoro_wire::limits::{MAX_FIELD_CHARACTERS, cut_to_characters};
use opentelemetry_proto::tonic::{
    common::v1::InstrumentationScope,
    trace::v1::{
        Span,
        span::{Event, SpanKind},
        status::StatusCode,
    },
};

use super::{
    annotations::write_value, attributes::Attributes, detail::Detail, object::Object,
    wire::write_time,
};

/// The namespace's name.
pub(super) const NAMESPACE: &str = "otel";

/// The kind of a segment that was made around a call which nothing encloses.
pub(super) const LOCAL_ROOT: &str = "LOCAL_ROOT";

/// What the entity around it already says; that is not written again.
pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    pub(super) kind: SpanKind,
    /// The service's name; the entity's own one for segments.
    pub(super) service: Option<&'a str>,
}

/// Writes the members of the namespace.
pub(super) fn write(
    object: &mut Object<'_>,
    span: &Span,
    scope: Option<&InstrumentationScope>,
    known: &Known<'_>,
    detail: Detail,
) {
    let name = Some(span.name.as_str()).filter(|name| *name != known.name);
    object.text("name", name.map(|name| detail.cut(name)).as_deref());
    if span.kind() != known.kind {
        object.text("kind", kind_name(span.kind()));
    }
    object.text("service", known.service);
    if let Some(scope) = scope {
        object.text("scope", short(&scope.name));
        object.text("scope_version", short(&scope.version));
    }
    let trace_state = Some(&*span.trace_state).filter(|state| !state.is_empty());
    object.text("trace_state", trace_state);
    write_status(object, span, detail);
    write_events(object, &span.events, detail);
}

/// The beginning of a text that many documents repeat; none if it is empty.
fn short(text: &str) -> Option<&str> {
    let text = cut_to_characters(text, MAX_FIELD_CHARACTERS);
    Some(text).filter(|text| !text.is_empty())
}

fn write_status(object: &mut Object<'_>, span: &Span, detail: Detail) {
    let Some(status) = &span.status else { return };
    match status.code() {
        StatusCode::Unset => {}
        StatusCode::Ok => object.text("status", Some("OK")),
        StatusCode::Error => object.text("status", Some("ERROR")),
    }
    let message = Some(&*status.message).filter(|message| !message.is_empty());
    let message = message.map(|message| detail.cut(message));
    object.text("status_message", message.as_deref());
}

/// Exceptions are in the cause.
fn write_events(object: &mut Object<'_>, events: &[Event], detail: Detail) {
    let others = events.iter().filter(|event| event.name != "exception");
    if detail == Detail::Short {
        let left_out = others.count() as i64;
        object.integer("events_left_out", Some(left_out).filter(|count| *count > 0));
        return;
    }
    object.array("events", |array| {
        for event in others {
            array.object(|object| {
                object.text("name", Some(&event.name));
                write_time(object.value("time"), event.time_unix_nano);
                object.object("attributes", |members| {
                    for (key, value) in Attributes::new(&event.attributes).rest() {
                        write_value(members.value(key), value, detail);
                    }
                });
            });
        }
    });
}

fn kind_name(kind: SpanKind) -> Option<&'static str> {
    match kind {
        SpanKind::Unspecified => None,
        SpanKind::Internal => Some("INTERNAL"),
        SpanKind::Server => Some("SERVER"),
        SpanKind::Client => Some("CLIENT"),
        SpanKind::Producer => Some("PRODUCER"),
        SpanKind::Consumer => Some("CONSUMER"),
    }
}
