//! Documents in, one export request out.

use fluoro_wire::{TraceId, nested_json};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::InstrumentationScope,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
    otel, resource,
    services::{Services, is_segment},
    span::{self, Place},
};

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
/// Segments in progress become spans with `aws.xray.inprogress` that end when they began. The
/// service of a subsegment on its own is the one of its segment if that is in the same batch,
/// otherwise `unknown_service`.
///
/// ```
/// use fluoro_agent::otlp::to_span::convert;
///
/// let document = br#"{"name":"shop","id":"53995c3f42cd8ad8","start_time":1.5,"end_time":1.75,
///     "trace_id":"1-5759e988-bd862e3fe1be46a994272793"}"#;
/// let converted = convert(&[document.to_vec(), b"not a document".to_vec()]);
/// let span = &converted.request.resource_spans[0].scope_spans[0].spans[0];
/// assert_eq!((span.name.as_str(), span.end_time_unix_nano), ("shop", 1_750_000_000));
/// assert_eq!(converted.refused[0].0, 1);
/// ```
pub fn convert(documents: &[Vec<u8>]) -> Converted {
    let read: Vec<Result<Object, ToSpanError>> =
        documents.iter().map(|bytes| read(bytes)).collect();
    let mut services = Services::default();
    for document in read.iter().flatten() {
        services.add(document);
    }
    let mut converted = Converted::default();
    for (place, document) in read.iter().enumerate() {
        let document = document.as_ref().map_err(Clone::clone);
        match document.and_then(|document| DocumentSpans::of(document, &services)) {
            Ok(spans) => converted.add(place, spans),
            Err(error) => converted.refused.push((place, error)),
        }
    }
    converted
}

fn read(bytes: &[u8]) -> Result<Object, ToSpanError> {
    nested_json::from_slice(bytes).map_err(|error| ToSpanError::NotAnObject(error.to_string()))
}

impl Converted {
    fn add(&mut self, place: usize, document: DocumentSpans) {
        let left_out = document.left_out.into_iter();
        self.left_out.extend(left_out.map(|error| (place, error)));
        let scope_spans = ScopeSpans {
            scope: document.scope,
            spans: document.spans,
            ..ScopeSpans::default()
        };
        let attributes = document.resource.into_attributes();
        match self.request.resource_spans.last_mut() {
            Some(last) if has_attributes(last, &attributes) => add_scope(last, scope_spans),
            _ => self.request.resource_spans.push(ResourceSpans {
                resource: Some(Resource {
                    attributes,
                    ..Resource::default()
                }),
                scope_spans: vec![scope_spans],
                ..ResourceSpans::default()
            }),
        }
    }
}

fn has_attributes(
    spans: &ResourceSpans,
    attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue],
) -> bool {
    let resource = spans.resource.as_ref();
    resource.is_some_and(|resource| resource.attributes == attributes)
}

fn add_scope(resource: &mut ResourceSpans, added: ScopeSpans) {
    match resource.scope_spans.last_mut() {
        Some(last) if last.scope == added.scope => last.spans.extend(added.spans),
        _ => resource.scope_spans.push(added),
    }
}

/// What one document gives.
struct DocumentSpans {
    resource: AttributeList,
    scope: Option<InstrumentationScope>,
    spans: Vec<Span>,
    left_out: Vec<ToSpanError>,
}

impl DocumentSpans {
    fn of(root: &Object, services: &Services<'_>) -> Result<Self, ToSpanError> {
        let trace_id: TraceId =
            member::parsed(root, "trace_id", "1-<8 hex digits>-<24 hex digits>")?;
        let parent_id = match root.get("parent_id") {
            None | Some(serde_json::Value::Null) => None,
            Some(_) => Some(member::id(root, "parent_id")?),
        };
        let is_segment = is_segment(root);
        let mut document = Self {
            resource: match is_segment {
                true => resource::of_segment(root),
                false => resource::of_service(services.of(root, trace_id)),
            },
            scope: None,
            spans: Vec::new(),
            left_out: Vec::new(),
        };
        let place = Place {
            trace_id,
            parent_id,
            is_segment,
        };
        if otel::is_local_root(root) {
            document.add_nested(root, place);
        } else {
            document.add(root, place)?;
        }
        Ok(document)
    }

    fn add(&mut self, entity: &Object, place: Place) -> Result<(), ToSpanError> {
        let span = span::convert(entity, place)?;
        self.spans.push(span);
        if self.scope.is_none() {
            self.scope = otel::namespace(entity).map(otel::scope);
        }
        let inside = Place {
            parent_id: Some(member::id(entity, "id")?),
            is_segment: false,
            ..place
        };
        self.add_nested(entity, inside);
        Ok(())
    }

    /// Adds what is nested in an entity; `place` is theirs.
    fn add_nested(&mut self, entity: &Object, place: Place) {
        let place = Place {
            is_segment: false,
            ..place
        };
        for subsegment in member::objects(entity, "subsegments") {
            if let Err(error) = self.add(subsegment, place) {
                self.left_out.push(error);
                self.add_nested(subsegment, place);
            }
        }
    }
}
