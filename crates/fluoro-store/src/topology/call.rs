//! Who called whom.

use super::{Node, Topology};
use crate::facts::EntityFacts;

/// One service called another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Call {
    /// Who called.
    pub(crate) caller: Caller,
    /// The subsegment of the caller that waited for the answer, if it is there.
    pub(crate) via: Option<usize>,
    /// Who was called: a segment, or the subsegment that infers one.
    pub(crate) callee: usize,
}

/// Who made a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Caller {
    /// Somebody outside, who sends no segments.
    Client,
    /// The service of a segment.
    Segment(usize),
}

impl<'a> Topology<'a> {
    /// Every call of the trace. A segment whose parent has not come yet, and that is not where
    /// the trace begins, was called by nobody.
    pub(crate) fn calls(&self) -> impl Iterator<Item = Call> + '_ {
        self.services().filter_map(|callee| self.call_of(callee))
    }

    /// What a call looked like to the caller; for calls from outside, to the called service.
    pub(crate) fn observed(&self, call: &Call) -> &'a EntityFacts {
        self.entity(call.via.unwrap_or(call.callee))
    }

    /// Who made a call.
    pub(crate) fn caller_node(&self, call: &Call) -> Node<'a> {
        match call.caller {
            Caller::Client => Node::client_of(&self.node(call.callee)),
            Caller::Segment(place) => self.node(place),
        }
    }

    fn call_of(&self, callee: usize) -> Option<Call> {
        if !self.entity(callee).is_segment {
            let caller = Caller::Segment(self.owner(callee)?);
            return Some(Call {
                caller,
                via: Some(callee),
                callee,
            });
        }
        match self.parent(callee) {
            Some(parent) => {
                let caller = Caller::Segment(self.owner(parent)?);
                let via = (!self.entity(parent).is_segment).then_some(parent);
                Some(Call {
                    caller,
                    via,
                    callee,
                })
            }
            None => self.is_entry(callee).then_some(Call {
                caller: Caller::Client,
                via: None,
                callee,
            }),
        }
    }

    /// Whether requests from outside enter at this segment.
    pub(crate) fn is_entry(&self, segment: usize) -> bool {
        let entity = self.entity(segment);
        entity.is_segment && (entity.parent_id.is_none() || self.root() == Some(segment))
    }
}
