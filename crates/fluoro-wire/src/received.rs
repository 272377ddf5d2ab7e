//! Segment documents as an agent reads them: once, without copying, and leniently.
//!
//! Only what summaries, filters and the service graph need is read; metadata, SQL text, stacks
//! and unknown fields are skipped. A field of an unexpected type never spoils the document; what
//! the service insists on is kept as a [`Field`], for [`validation`](crate::validation) to judge.

mod entity;
pub(crate) mod field;
mod json_value;
#[cfg(test)]
mod tests;

pub use entity::{
    ReceivedAnnotation, ReceivedAws, ReceivedEntity, ReceivedException, ReceivedHttp, ReceivedLink,
};
pub use field::Field;
use json_value::Value;

use crate::nested_json;

/// Why bytes are not a JSON value that a document could be.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes are not UTF-8.
    #[error("not UTF-8: {0}")]
    NotUtf8(#[from] std::str::Utf8Error),
    /// The text is not JSON, or nested too deeply.
    #[error("not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

impl<'a> ReceivedEntity<'a> {
    /// Reads a document; it borrows from the bytes where it can.
    ///
    /// A JSON value that is no object counts as an object without fields. Subsegments may be
    /// nested as deep as [`MAX_NESTING`](nested_json::MAX_NESTING) says, what is skipped to any
    /// depth.
    ///
    /// ```
    /// use fluoro_wire::ReceivedEntity;
    /// let bytes = br#"{"name":"shop","id":"53995c3f42cd8ad8","http":{"response":{"status":"200"}}}"#;
    /// let document = ReceivedEntity::read(bytes)?;
    /// assert_eq!(document.name.value().unwrap(), "shop");
    /// assert_eq!(document.http.status, Some(200.0));
    /// # Ok::<(), fluoro_wire::ReadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the bytes are not JSON.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let Value(document) = nested_json::from_str(std::str::from_utf8(bytes)?)?;
        Ok(document)
    }
}
