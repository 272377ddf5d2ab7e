//! The `cause` block: exceptions with their stacks.

use opentelemetry_proto::tonic::trace::v1::{
    Span,
    span::{Event, SpanKind},
    status::StatusCode,
};

use super::{
    attributes::Attributes,
    detail::Detail,
    object::{Array, Object},
    stack::{self, Frame, Stack},
    wire::identifier,
};

/// Exceptions of one entity that are written, causes included.
const MOST_EXCEPTIONS: usize = 32;

/// Writes the exceptions of the span's events; without any, the message of a failed status.
pub(super) fn write(object: &mut Object<'_>, span: &Span, language: Option<&str>, detail: Detail) {
    let status = span.status.as_ref();
    let failed = status.filter(|status| status.code() == StatusCode::Error);
    let message = failed.map(|status| &*status.message);
    let mut events = span.events.iter().filter(|event| event.name == "exception");
    let mut ids = ExceptionIds::of(span);
    let is_remote = matches!(span.kind(), SpanKind::Client | SpanKind::Producer);
    match (events.clone().next(), message) {
        (Some(_), _) => object.object("cause", |cause| {
            cause.array("exceptions", |array| {
                while ids.used < MOST_EXCEPTIONS
                    && let Some(event) = events.next()
                {
                    write_event(array, event, language, is_remote, &mut ids, detail);
                }
            });
        }),
        // The id of an exception elsewhere in the trace.
        (None, Some(id)) if id.parse::<fluoro_wire::SegmentId>().is_ok() => {
            object.text("cause", Some(id));
        }
        (None, Some(message)) if !message.is_empty() => object.object("cause", |cause| {
            cause.array("exceptions", |array| {
                array.object(|exception| {
                    exception.text("id", Some(&ids.next()));
                    exception.text("message", Some(&detail.cut(message)));
                    exception.flag("remote", is_remote);
                });
            });
        }),
        (None, _) => {}
    }
}

fn write_event(
    array: &mut Array<'_>,
    event: &Event,
    language: Option<&str>,
    is_remote: bool,
    ids: &mut ExceptionIds,
    detail: Detail,
) {
    let attributes = Attributes::new(&event.attributes);
    let text = attributes
        .text(&["exception.stacktrace"])
        .unwrap_or_default();
    let stack = stack::parse(text, language);
    let given_id = attributes.text(&["aws.xray.exception.id"]);
    let given_cause = attributes.text(&["aws.xray.exception.cause"]);
    let remote = attributes.boolean(&["aws.xray.exception.remote"]);
    let mut id = given_id.map_or_else(|| ids.next(), str::to_owned);
    array.object(|exception| {
        exception.text("id", Some(&id));
        let kind = attributes.text(&["exception.type"]);
        exception.text("type", kind.map(|kind| detail.cut(kind)).as_deref());
        let message = attributes.text(&["exception.message"]);
        let message = message.map(|message| detail.cut(message));
        exception.text("message", message.as_deref());
        exception.flag("remote", remote.unwrap_or(is_remote));
        let skipped = attributes.integer(&["aws.xray.exception.skipped"]);
        exception.integer("skipped", skipped);
        let truncated = attributes.integer(&["aws.xray.exception.truncated"]);
        write_frames(
            exception,
            &stack.frames,
            truncated.unwrap_or_default(),
            detail,
        );
        match stack.causes.first() {
            Some(_) => {
                id = ids.next();
                exception.text("cause", Some(&id));
            }
            None => exception.text("cause", given_cause),
        }
    });
    write_causes(array, &stack, id, is_remote, ids, detail);
}

/// Each cause points at the next one.
fn write_causes(
    array: &mut Array<'_>,
    stack: &Stack<'_>,
    mut id: String,
    is_remote: bool,
    ids: &mut ExceptionIds,
    detail: Detail,
) {
    for (index, cause) in stack.causes.iter().enumerate() {
        let is_last = index + 1 == stack.causes.len() || ids.used >= MOST_EXCEPTIONS;
        array.object(|exception| {
            exception.text("id", Some(&id));
            exception.text("type", Some(&detail.cut(cause.kind)));
            exception.text("message", Some(&detail.cut(cause.message)));
            exception.flag("remote", is_remote);
            write_frames(exception, &cause.frames, 0, detail);
            if !is_last {
                id = ids.next();
                exception.text("cause", Some(&id));
            }
        });
        if is_last {
            return;
        }
    }
}

fn write_frames(exception: &mut Object<'_>, frames: &[Frame<'_>], truncated: i64, detail: Detail) {
    let left_out = frames.len().saturating_sub(detail.frames()) as i64 + truncated;
    exception.integer("truncated", Some(left_out).filter(|count| *count > 0));
    exception.array("stack", |array| {
        for frame in frames.iter().take(detail.frames()) {
            array.object(|object| {
                object.text("path", Some(&detail.cut(frame.path)));
                object.integer("line", Some(i64::from(frame.line)));
                object.text("label", Some(&detail.cut(frame.label)));
            });
        }
    });
}

/// Ids of exceptions, made of the span's one: sending a span again changes nothing.
struct ExceptionIds {
    span_id: u64,
    used: usize,
}

impl ExceptionIds {
    fn of(span: &Span) -> Self {
        Self {
            span_id: span.span_id[..].try_into().map_or(0, u64::from_be_bytes),
            used: 0,
        }
    }

    fn next(&mut self) -> String {
        self.used += 1;
        let id = (self.span_id ^ self.used as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        identifier(&id.to_be_bytes()).unwrap_or_else(|| "0000000000000001".to_owned())
    }
}
