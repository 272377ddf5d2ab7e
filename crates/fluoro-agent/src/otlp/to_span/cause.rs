//! The `cause` block: exceptions as events.

use opentelemetry_proto::tonic::trace::v1::span::Event;
use serde_json::Value;

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
    otel,
};

/// The exceptions of a cause.
pub(super) fn events(entity: &Object, time: u64) -> Vec<Event> {
    let Some(cause) = member::object(entity, "cause") else {
        return Vec::new();
    };
    let status_message =
        otel::namespace(entity).and_then(|otel| member::text(otel, "status_message"));
    // An exception that was made of the status is in the status already.
    let is_status = |exception: &&Object| {
        status_message.is_some()
            && member::text(exception, "message") == status_message
            && !exception.contains_key("type")
    };
    member::objects(cause, "exceptions")
        .filter(|exception| !is_status(exception))
        .map(|exception| Event {
            time_unix_nano: time,
            name: "exception".to_owned(),
            attributes: attributes(exception).into_attributes(),
            ..Event::default()
        })
        .collect()
}

/// Adds what a cause says beside its exceptions.
pub(super) fn add(attributes: &mut AttributeList, entity: &Object) {
    if let Some(cause) = member::object(entity, "cause") {
        let directory = member::text(cause, "working_directory");
        attributes.text(&["aws.xray.cause.working_directory"], directory);
        let paths = member::texts(cause, "paths");
        attributes.texts("aws.xray.cause.paths", paths);
    }
}

/// The id of the exception elsewhere in the trace that a cause points at.
pub(super) fn reference(entity: &Object) -> Option<&str> {
    member::text(entity, "cause")
}

fn attributes(exception: &Object) -> AttributeList {
    let mut attributes = AttributeList::default();
    for (name, field) in [
        ("exception.type", "type"),
        ("exception.message", "message"),
        ("aws.xray.exception.id", "id"),
        ("aws.xray.exception.cause", "cause"),
    ] {
        attributes.text(&[name], member::text(exception, field));
    }
    for (name, field) in [
        ("aws.xray.exception.truncated", "truncated"),
        ("aws.xray.exception.skipped", "skipped"),
    ] {
        attributes.integer(&[name], member::integer(exception, field));
    }
    let remote = member::boolean(exception, "remote");
    attributes.boolean("aws.xray.exception.remote", remote);
    attributes.text(&["exception.stacktrace"], stacktrace(exception).as_deref());
    attributes
}

/// The stack as a text, the innermost frame first.
fn stacktrace(exception: &Object) -> Option<String> {
    let mut frames = member::objects(exception, "stack").peekable();
    frames.peek()?;
    let kind = member::text(exception, "type").unwrap_or_default();
    let message = member::text(exception, "message").unwrap_or_default();
    let mut text = format!("{kind}: {message}\n");
    for frame in frames {
        let label = member::text(frame, "label").unwrap_or_default();
        let path = member::text(frame, "path").unwrap_or_default();
        let line = member::integer(frame, "line").unwrap_or_default();
        text.push_str(&format!("\tat {label}({path}: {line})\n"));
    }
    Some(text)
}

/// Whether something went wrong that the entity tells the cause of.
pub(super) fn is_there(entity: &Object) -> bool {
    matches!(
        entity.get("cause"),
        Some(Value::Object(_) | Value::String(_))
    )
}
