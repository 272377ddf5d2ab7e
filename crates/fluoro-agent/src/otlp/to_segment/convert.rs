//! An export request in, documents out.

use fluoro_wire::limits::MAX_DOCUMENT_BYTES;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::ResourceSpans,
};

use super::{
    detail::Detail,
    entity::{self, Source},
    resource::SegmentResource,
};

/// Makes one segment document of each span, in their order.
///
/// A document that would be larger than X-Ray takes is written with less detail.
pub fn convert(request: &ExportTraceServiceRequest) -> Vec<Vec<u8>> {
    let mut documents = Vec::new();
    for spans in &request.resource_spans {
        add(&mut documents, spans);
    }
    documents
}

fn add(documents: &mut Vec<Vec<u8>>, spans: &ResourceSpans) {
    let resource = SegmentResource::new(spans.resource.as_ref());
    for scope in &spans.scope_spans {
        for span in &scope.spans {
            let source = Source {
                span,
                resource: &resource,
                scope: scope.scope.as_ref(),
            };
            let mut document = entity::document(&source, Detail::Full);
            if document.len() > MAX_DOCUMENT_BYTES {
                document = entity::document(&source, Detail::Short);
            }
            document.shrink_to_fit();
            documents.push(document);
        }
    }
}
