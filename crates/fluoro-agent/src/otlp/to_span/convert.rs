//! Documents in, one export request out.

use fluoro_wire::{SegmentId, TraceId};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::InstrumentationScope,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use serde_json::{Map, Value};

use super::{attribute_list::AttributeList, span};

/// What became of a batch of documents.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Converted {
    /// The spans, ready to be sent.
    pub request: ExportTraceServiceRequest,
    /// Documents that no span could be made of, with their place in the batch.
    pub refused: Vec<(usize, ToSpanError)>,
    /// Subsegments that had to be left out of a document that was converted otherwise, with the
    /// document's place in the batch. What is nested in them hangs below the next one around.
    pub left_out: Vec<(usize, ToSpanError)>,
}

/// Why no span could be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ToSpanError {
    /// The bytes are not a JSON object.
    #[error("the document is not a JSON object: {0}")]
    NotAnObject(String),
    /// A member that a span needs is absent or has another form.
    #[error("{member} is missing or malformed: {expected} expected")]
    Malformed {
        /// The member.
        member: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// Makes spans of segment documents; never fails as a whole.
///
/// Segments in progress become spans with `aws.xray.inprogress` that end when they began.
pub fn convert(documents: &[Vec<u8>]) -> Converted {
    let mut converted = Converted::default();
    for (place, bytes) in documents.iter().enumerate() {
        match spans_of(bytes) {
            Ok(document) => converted.add(place, document),
            Err(error) => converted.refused.push((place, error)),
        }
    }
    converted
}

/// What one document gives.
struct DocumentSpans {
    resource: AttributeList,
    spans: Vec<Span>,
    left_out: Vec<ToSpanError>,
}

impl Converted {
    fn add(&mut self, place: usize, document: DocumentSpans) {
        let left_out = document.left_out.into_iter();
        self.left_out.extend(left_out.map(|error| (place, error)));
        let resources = &mut self.request.resource_spans;
        let last = resources.last_mut().filter(|last| {
            let resource = last.resource.as_ref();
            resource.is_some_and(|resource| resource.attributes == document.resource.0)
        });
        match last {
            Some(last) => last.scope_spans[0].spans.extend(document.spans),
            None => resources.push(resource_spans(document.resource, document.spans)),
        }
    }
}

fn resource_spans(resource: AttributeList, spans: Vec<Span>) -> ResourceSpans {
    ResourceSpans {
        resource: Some(Resource {
            attributes: resource.0,
            ..Resource::default()
        }),
        scope_spans: vec![ScopeSpans {
            scope: Some(InstrumentationScope {
                name: "fluoro".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                ..InstrumentationScope::default()
            }),
            spans,
            ..ScopeSpans::default()
        }],
        ..ResourceSpans::default()
    }
}

fn spans_of(bytes: &[u8]) -> Result<DocumentSpans, ToSpanError> {
    let root: Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|error| ToSpanError::NotAnObject(error.to_string()))?;
    let trace_id: TraceId = span::parsed(&root, "trace_id", "1-<8 hex digits>-<24 hex digits>")?;
    let parent_id: Option<SegmentId> = span::optional_id(&root, "parent_id")?;
    let mut document = DocumentSpans {
        resource: AttributeList::default(),
        spans: Vec::new(),
        left_out: Vec::new(),
    };
    let is_segment = root.get("type").and_then(Value::as_str) != Some("subsegment");
    let service = root.get("name").and_then(Value::as_str);
    let service = service.filter(|_| is_segment).unwrap_or("unknown_service");
    document.resource.text(&["service.name"], Some(service));
    let span = span::convert(&root, trace_id, parent_id, is_segment)?;
    let id = span::id(&root)?;
    document.spans.push(span);
    add_nested(&mut document, &root, trace_id, id);
    Ok(document)
}

fn add_nested(
    document: &mut DocumentSpans,
    entity: &Map<String, Value>,
    trace_id: TraceId,
    parent_id: SegmentId,
) {
    let nested = entity.get("subsegments").and_then(Value::as_array);
    for subsegment in nested.into_iter().flatten().filter_map(Value::as_object) {
        let id = match span::convert(subsegment, trace_id, Some(parent_id), false) {
            Ok(span) => {
                document.spans.push(span);
                span::id(subsegment).unwrap_or(parent_id)
            }
            Err(error) => {
                document.left_out.push(error);
                parent_id
            }
        };
        add_nested(document, subsegment, trace_id, id);
    }
}
