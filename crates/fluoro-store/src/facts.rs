//! What is known about a trace without reading its documents again: enough for summaries, filter
//! expressions and the service graph.
//!
//! A document is read once, on arrival. Its segment and subsegments become flat [`EntityFacts`];
//! they come from [`TraceFacts::from_document`], and
//! documents of the same trace are merged with [`TraceFacts::merge`]: a complete entity replaces
//! one in progress, a later one an earlier one of the same state.

mod glance;
mod merge;
mod needs;
mod read;
#[cfg(test)]
mod tests;

use fluoro_wire::{SegmentId, TraceId};
pub use merge::{MAX_ENTITIES, MAX_WITH_PLAIN};
pub use needs::Needs;
pub(crate) use needs::Trait;
use serde::{Deserialize, Serialize};

/// Facts of one trace, from all documents that have arrived.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct TraceFacts {
    /// Segments and subsegments, in the order of arrival; parents need not come first.
    pub entities: Vec<EntityFacts>,
    /// How many documents were merged into this.
    pub revision: u32,
    /// Entities that were left out because the trace has too many (see
    /// [`merge`](Self::merge)); they count for nothing in queries, and are still in the documents.
    pub left_out: u32,
}

/// Facts of one segment or subsegment.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct EntityFacts {
    /// Its id.
    pub id: u64,
    /// What it hangs below: the enclosing entity, or the `parent_id` of the document.
    pub parent_id: Option<u64>,
    /// Its name, as sent.
    pub name: Box<str>,
    /// When it began, in seconds since the epoch.
    pub start_time: f64,
    /// When it ended; none while it is in progress.
    pub end_time: Option<f64>,
    /// A segment, as opposed to a subsegment.
    pub is_segment: bool,
    /// The caller is to blame (status 4xx).
    pub error: bool,
    /// The callee is to blame (status 5xx, exceptions).
    pub fault: bool,
    /// Turned away for load (status 429).
    pub throttle: bool,
    /// What a subsegment called.
    pub namespace: Namespace,
    /// What only some entities have.
    pub details: Option<Box<Details>>,
}

/// Where the work of a subsegment was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Namespace {
    /// In the service itself, or nothing was said.
    #[default]
    Local,
    /// In another service.
    Remote,
    /// In a service of AWS.
    Aws,
}

/// What only some entities have.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Details {
    /// The kind of host or service, say `AWS::EC2::Instance`.
    pub origin: Option<Box<str>>,
    /// The resource that did the work.
    pub resource_arn: Option<Box<str>>,
    /// Who made the request.
    pub user: Option<Box<str>>,
    /// The request's URL.
    pub url: Option<Box<str>>,
    /// The request's method.
    pub method: Option<Box<str>>,
    /// The caller's program.
    pub user_agent: Option<Box<str>>,
    /// The caller's address.
    pub client_ip: Option<Box<str>>,
    /// The response's status code.
    pub status: Option<u16>,
    /// A segment of the called service is expected, or came (`traced`).
    pub traced: bool,
    /// The account that it ran in or called.
    pub account_id: Option<Box<str>>,
    /// The EC2 instance.
    pub instance_id: Option<Box<str>>,
    /// The availability zone.
    pub availability_zone: Option<Box<str>>,
    /// The called AWS service's operation.
    pub operation: Option<Box<str>>,
    /// Table name, queue URL, bucket or function that an AWS call was about.
    pub resource_name: Option<Box<str>>,
    /// `sql.database_type` of a query.
    pub database_type: Option<Box<str>>,
    /// Annotations, in the order of the document.
    pub annotations: Vec<(Box<str>, AnnotationValue)>,
    /// Exceptions of the cause, in the order of the document.
    pub exceptions: Vec<ExceptionFacts>,
    /// Traces that this one is linked with.
    pub linked_traces: Vec<Box<str>>,
}

/// The value of an annotation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum AnnotationValue {
    /// `true` or `false`.
    Boolean(bool),
    /// Any JSON number.
    Number(f64),
    /// Text.
    String(Box<str>),
}

/// One exception of a cause.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ExceptionFacts {
    /// The exception's class.
    pub kind: Box<str>,
    /// What it says.
    pub message: Box<str>,
    /// It was raised by the called service.
    pub remote: bool,
}

/// A trace's facts together with its id, as queries see them.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    /// The trace's id.
    pub id: TraceId,
    /// What is known about it.
    pub facts: TraceFacts,
}

impl EntityFacts {
    /// The entity's id as the wire spells it.
    pub fn segment_id(&self) -> SegmentId {
        SegmentId(self.id)
    }
}
