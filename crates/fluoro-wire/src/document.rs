//! Segment documents as they are read: leniently, for tools that show or check them.
//!
//! Writing does not go through this module; see [`json`](crate::json).

use serde_json::{Map, Value};

use crate::{datagram, nested_json, segment_id::SegmentId, trace_id::TraceId};

/// One segment or subsegment, with everything that was nested in it.
///
/// ```
/// use fluoro_wire::Document;
/// let document = Document::parse(br#"{"name":"shop","id":"53995c3f42cd8ad8","start_time":1.5}"#)?;
/// assert_eq!(document.name, "shop");
/// assert_eq!(document.end_time, None);
/// # Ok::<(), fluoro_wire::DocumentError>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Document {
    /// What was called; empty if the document does not say.
    pub name: String,
    /// The id of this segment or subsegment.
    pub id: Option<SegmentId>,
    /// The trace; nested subsegments do not repeat it.
    pub trace_id: Option<TraceId>,
    /// The segment or subsegment that this one belongs to.
    pub parent_id: Option<SegmentId>,
    /// `subsegment` for a subsegment that was sent on its own.
    pub kind: Option<String>,
    /// `aws`, `remote` or `local`; only on subsegments.
    pub namespace: Option<String>,
    /// When it began, in seconds since the epoch.
    pub start_time: Option<f64>,
    /// When it ended, in seconds since the epoch.
    pub end_time: Option<f64>,
    /// Whether it is still open.
    pub in_progress: bool,
    /// Whether the caller is to blame (status 4xx).
    pub error: bool,
    /// Whether the callee is to blame (status 5xx, exceptions).
    pub fault: bool,
    /// Whether it was turned away for load (status 429).
    pub throttle: bool,
    /// What ran inside it, in order.
    pub subsegments: Vec<Document>,
    /// The whole object as it came, subsegments included.
    pub raw: Map<String, Value>,
}

/// Why bytes are not a segment document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The datagram around the document is wrong.
    #[error(transparent)]
    Datagram(#[from] datagram::DatagramError),
    /// The bytes are not JSON.
    #[error("segment document is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The JSON is not an object.
    #[error("segment document is not a JSON object")]
    NotAnObject,
}

impl Document {
    /// Reads a document; fields that are absent or of another type count as absent.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] if the bytes are not a JSON object.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        match nested_json::from_slice(bytes)? {
            Value::Object(object) => Ok(Self::from_object(object)),
            _ => Err(DocumentError::NotAnObject),
        }
    }

    /// Reads the document of a datagram.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] if the datagram's header or its document is wrong.
    pub fn parse_datagram(bytes: &[u8]) -> Result<Self, DocumentError> {
        Self::parse(datagram::split(bytes)?)
    }

    fn from_object(raw: Map<String, Value>) -> Self {
        let text = |key: &str| raw.get(key).and_then(Value::as_str);
        let flag = |key: &str| raw.get(key).and_then(Value::as_bool).unwrap_or(false);
        let time = |key: &str| raw.get(key).and_then(Value::as_f64);
        let subsegments = raw.get("subsegments").and_then(Value::as_array);
        let children = subsegments
            .into_iter()
            .flatten()
            .filter_map(Value::as_object);
        Self {
            name: text("name").unwrap_or_default().to_owned(),
            id: text("id").and_then(|id| id.parse().ok()),
            trace_id: text("trace_id").and_then(|id| id.parse().ok()),
            parent_id: text("parent_id").and_then(|id| id.parse().ok()),
            kind: text("type").map(str::to_owned),
            namespace: text("namespace").map(str::to_owned),
            start_time: time("start_time"),
            end_time: time("end_time"),
            in_progress: flag("in_progress"),
            error: flag("error"),
            fault: flag("fault"),
            throttle: flag("throttle"),
            subsegments: children.cloned().map(Self::from_object).collect(),
            raw,
        }
    }

    /// Whether this is a subsegment that was sent ahead of its segment.
    pub fn is_streamed_subsegment(&self) -> bool {
        self.kind.as_deref() == Some("subsegment")
    }

    /// How long it took, in seconds; `None` while it is open.
    pub fn duration(&self) -> Option<f64> {
        Some(self.end_time? - self.start_time?)
    }

    /// The value at `path`, say `["http", "response", "status"]`.
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(self.raw.get(*first)?, |value, key| value.get(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_with_nested_subsegments() {
        let document = Document::parse(
            br#"{"name":"shop","id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793",
                "start_time":1.0,"end_time":1.25,"fault":true,"http":{"response":{"status":500}},
                "subsegments":[{"name":"db","id":"0000000000000001","start_time":1.1,"in_progress":true}]}"#,
        )
        .unwrap();
        assert_eq!(document.duration(), Some(0.25));
        assert!(document.fault && !document.error);
        assert_eq!(
            document.get(&["http", "response", "status"]),
            Some(&500.into())
        );
        assert_eq!(document.subsegments[0].name, "db");
        assert!(document.subsegments[0].in_progress);
    }

    #[test]
    fn fields_of_another_type_count_as_absent() {
        let document =
            Document::parse(br#"{"name":5,"id":"zz","error":"yes","subsegments":[1]}"#).unwrap();
        assert_eq!(
            (document.name.as_str(), document.id, document.error),
            ("", None, false)
        );
        assert!(document.subsegments.is_empty());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        assert!(matches!(
            Document::parse(b"[]"),
            Err(DocumentError::NotAnObject)
        ));
        assert!(matches!(Document::parse(b"{"), Err(DocumentError::Json(_))));
        assert!(matches!(
            Document::parse_datagram(b"{}"),
            Err(DocumentError::Datagram(_))
        ));
    }
}
