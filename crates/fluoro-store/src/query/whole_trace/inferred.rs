//! Segments of services that sent none: what their callers know about them.

use fluoro_wire::{ReceivedEntity, SegmentId, TraceId};

use super::{WholeSegment, document::Document, writer::write_member};
use crate::{
    facts::{EntityFacts, TraceFacts},
    topology::Node,
};

/// What the inferred segment has from the subsegment.
const COPIED: [&str; 10] = [
    "name",
    "start_time",
    "end_time",
    "in_progress",
    "error",
    "fault",
    "throttle",
    "http",
    "aws",
    "sql",
];

/// The segment of a service that was called by a subsegment; none if the subsegment has no id to
/// name as its parent.
pub(super) fn segment(trace: TraceId, subsegment: &Document<'_>) -> Option<WholeSegment> {
    let caller = subsegment.id("id")?;
    let id = inferred_id(caller).to_string();
    let mut out = String::from("{");
    write_member(&mut out, "id", &quoted(&id));
    for key in COPIED {
        if let Some(value) = subsegment.get(key) {
            write_member(&mut out, key, value.get());
        }
    }
    if let Some(kind) = kind(subsegment) {
        write_member(&mut out, "origin", &quoted(&kind));
    }
    write_member(&mut out, "trace_id", &quoted(&trace.to_string()));
    write_member(&mut out, "parent_id", &quoted(&caller.to_string()));
    write_member(&mut out, "inferred", "true");
    out.push('}');
    Some(WholeSegment { id, document: out })
}

/// Always the same for a subsegment, and unlike its own id.
fn inferred_id(caller: SegmentId) -> SegmentId {
    let mut bits = caller.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    SegmentId(bits ^ (bits >> 31))
}

/// The type of the service, as the service graph tells it.
fn kind(subsegment: &Document<'_>) -> Option<String> {
    let mut written = String::from("{");
    for key in ["name", "namespace", "aws", "sql"] {
        if let Some(value) = subsegment.get(key) {
            write_member(&mut written, key, value.get());
        }
    }
    write_member(&mut written, "type", "\"subsegment\"");
    written.push('}');
    let entity = ReceivedEntity::read(written.as_bytes()).ok()?;
    let facts: EntityFacts = TraceFacts::from_document(&entity).entities.pop()?;
    let kind = Node::of(&facts).kind;
    kind.map(std::borrow::Cow::into_owned)
}

/// An id as a JSON string; ids and types need no escapes but those that JSON has.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
