//! Export requests in protobuf: whatever decodes becomes one document per span, and each of them
//! can be read and made a span again unless its ids or times are wrong.
#![no_main]

use fluoro_agent::otlp::{to_segment, to_span};
use fluoro_wire::{ReceivedEntity, limits::MAX_DOCUMENT_BYTES};
use libfuzzer_sys::fuzz_target;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    let Ok(request) = ExportTraceServiceRequest::decode(bytes) else {
        return;
    };
    let documents = to_segment::convert(&request);
    let resources = request.resource_spans.iter();
    let spans = resources.flat_map(|resource| &resource.scope_spans);
    assert_eq!(
        documents.len(),
        spans.map(|scope| scope.spans.len()).sum::<usize>()
    );
    let spans = to_span::convert(&documents);
    for (place, document) in documents.iter().enumerate() {
        let refused = spans.refused.iter().any(|(refused, _)| *refused == place);
        let entity = ReceivedEntity::read(document).expect("JSON");
        if document.len() <= MAX_DOCUMENT_BYTES && entity.check().is_ok() {
            assert!(!refused, "{}", String::from_utf8_lossy(document));
        }
    }
});
