//! One segment or subsegment as one span.

use std::str::FromStr;

use fluoro_wire::{SegmentId, TraceId};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use serde_json::{Map, Value};

use super::{attribute_list::AttributeList, convert::ToSpanError};

/// Makes the span; nested subsegments are not looked at.
pub(super) fn convert(
    entity: &Map<String, Value>,
    trace_id: TraceId,
    parent_id: Option<SegmentId>,
    is_segment: bool,
) -> Result<Span, ToSpanError> {
    let start = nanoseconds(entity, "start_time").ok_or(ToSpanError::Malformed {
        member: "start_time",
        expected: "seconds since the epoch",
    })?;
    let mut attributes = AttributeList::default();
    let in_progress = entity.get("in_progress").and_then(Value::as_bool);
    attributes.boolean("aws.xray.inprogress", in_progress);
    Ok(Span {
        trace_id: trace_id.as_bytes().to_vec(),
        span_id: id(entity)?.0.to_be_bytes().to_vec(),
        parent_span_id: parent_id.map_or_else(Vec::new, |id| id.0.to_be_bytes().to_vec()),
        name: entity
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        kind: kind(entity, is_segment) as i32,
        start_time_unix_nano: start,
        end_time_unix_nano: nanoseconds(entity, "end_time").unwrap_or(start),
        attributes: attributes.0,
        ..Span::default()
    })
}

fn kind(entity: &Map<String, Value>, is_segment: bool) -> SpanKind {
    if is_segment {
        SpanKind::Server
    } else if entity.contains_key("namespace") {
        SpanKind::Client
    } else {
        SpanKind::Internal
    }
}

/// The entity's id.
pub(super) fn id(entity: &Map<String, Value>) -> Result<SegmentId, ToSpanError> {
    parsed(entity, "id", "16 hex digits")
}

/// An id that may be absent.
pub(super) fn optional_id(
    entity: &Map<String, Value>,
    member: &'static str,
) -> Result<Option<SegmentId>, ToSpanError> {
    match entity.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => parsed(entity, member, "16 hex digits").map(Some),
    }
}

/// A text member that reads as `T`.
pub(super) fn parsed<T: FromStr>(
    entity: &Map<String, Value>,
    member: &'static str,
    expected: &'static str,
) -> Result<T, ToSpanError> {
    let text = entity.get(member).and_then(Value::as_str);
    text.and_then(|text| text.parse().ok())
        .ok_or(ToSpanError::Malformed { member, expected })
}

/// Epoch seconds as nanoseconds.
///
/// Seconds and their fraction are taken apart, because their product with 10⁹ has more digits
/// than a float.
fn nanoseconds(entity: &Map<String, Value>, member: &str) -> Option<u64> {
    let seconds = entity.get(member)?.as_f64()?;
    if !(0.0..9e9).contains(&seconds) {
        return None;
    }
    let whole = seconds.trunc();
    let fraction = (seconds - whole) * 1e9;
    Some(whole as u64 * 1_000_000_000 + fraction.round() as u64)
}
