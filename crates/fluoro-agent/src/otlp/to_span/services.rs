//! Which service a subsegment on its own belongs to.

use std::collections::HashMap;

use fluoro_wire::{SegmentId, TraceId};

use super::{
    member::{self, Object},
    otel,
};

/// How many documents on the way from a subsegment to its segment are followed.
const MOST_STEPS: usize = 64;

/// The entities of a batch, and where they lead.
#[derive(Debug, Default)]
pub(super) struct Services<'a> {
    entities: HashMap<(TraceId, SegmentId), Step<'a>>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Service(&'a str),
    Parent(SegmentId),
}

impl<'a> Services<'a> {
    /// Notes a document and all that is nested in it.
    pub(super) fn add(&mut self, document: &'a Object) {
        let Ok(trace_id) = member::parsed(document, "trace_id", "") else {
            return;
        };
        let step = match (is_segment(document), member::id(document, "parent_id")) {
            (true, _) => Step::Service(member::text(document, "name").unwrap_or_default()),
            (false, Ok(parent)) => Step::Parent(parent),
            (false, Err(_)) => return,
        };
        self.add_entity(trace_id, document, step);
    }

    fn add_entity(&mut self, trace_id: TraceId, entity: &'a Object, step: Step<'a>) {
        if let Ok(id) = member::id(entity, "id") {
            self.entities.insert((trace_id, id), step);
        }
        for subsegment in member::objects(entity, "subsegments") {
            self.add_entity(trace_id, subsegment, step);
        }
    }

    /// The service of a subsegment: what it says itself, or the segment it leads to.
    pub(super) fn of(&self, document: &'a Object, trace_id: TraceId) -> Option<&'a str> {
        let own = otel::namespace(document).and_then(|otel| member::text(otel, "service"));
        if own.is_some() {
            return own;
        }
        let mut parent = member::id(document, "parent_id").ok()?;
        for _ in 0..MOST_STEPS {
            match self.entities.get(&(trace_id, parent))? {
                Step::Service(name) => return Some(name),
                Step::Parent(next) => parent = *next,
            }
        }
        None
    }
}

/// Whether a document is a segment, as opposed to a subsegment on its own.
pub(super) fn is_segment(document: &Object) -> bool {
    member::text(document, "type") != Some("subsegment")
}
