//! A trace as `BatchGetTraces` gives it: streamed subsegments back in their parents.

use fluoro_wire::TraceId;
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError};

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
pub fn whole_trace(_store: &dyn Store, _id: TraceId) -> Result<Option<WholeTrace>, StoreError> {
    todo!()
}

/// Puts the documents of one trace together, given in the order of arrival.
pub fn assemble(_id: TraceId, _documents: &[Vec<u8>]) -> WholeTrace {
    todo!()
}
