//! A trace as `BatchGetTraces` gives it: streamed subsegments back in their parents, a complete
//! entity in place of the one in progress, a segment for each service that sent none.
//!
//! Documents are taken apart only as far as their subsegments; every other value is passed on as
//! it was written, byte for byte.

mod document;
mod forest;
mod inferred;
mod writer;

use fluoro_wire::TraceId;
use serde::{Deserialize, Serialize};

use self::{document::Document, forest::Forest};
use crate::{StoreError, Traces, topology::seconds_between};

/// A trace with all its documents.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WholeTrace {
    /// The trace's id.
    pub id: String,
    /// From the first start to the last end, in seconds.
    #[serde(default)]
    pub duration: f64,
    /// The trace has more documents than the service keeps; always false.
    #[serde(default)]
    pub limit_exceeded: bool,
    /// Its segments by start, the inferred ones among them.
    pub segments: Vec<WholeSegment>,
}

/// A segment with all its subsegments.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WholeSegment {
    /// The segment's id.
    pub id: String,
    /// The segment document: JSON in a string.
    pub document: String,
}

/// A trace of the store; none if it is not there.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn whole_trace(store: &dyn Traces, id: TraceId) -> Result<Option<WholeTrace>, StoreError> {
    let documents = store.documents(id)?;
    Ok((!documents.is_empty()).then(|| assemble(id, &documents)))
}

/// Puts the documents of one trace together, given in the order of arrival.
///
/// A subsegment whose parent is not there stands on its own among the segments, as does one
/// nested more than 50 levels deep. What is not a JSON object is left out.
pub fn assemble(id: TraceId, documents: &[Vec<u8>]) -> WholeTrace {
    let documents = documents.iter().filter_map(|bytes| Document::parse(bytes));
    let forest = Forest::grow(documents);
    let (start, end) = forest.span();
    WholeTrace {
        id: id.to_string(),
        duration: seconds_between(start, end),
        limit_exceeded: false,
        segments: writer::segments(id, &forest),
    }
}
