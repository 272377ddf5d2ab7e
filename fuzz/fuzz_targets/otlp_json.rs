//! Export requests in OTLP's JSON: whatever decodes becomes documents that are JSON.
#![no_main]

use fluoro_agent::otlp::to_segment;
use libfuzzer_sys::fuzz_target;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = serde_json::from_slice::<ExportTraceServiceRequest>(bytes) {
        for document in to_segment::convert(&request) {
            fluoro_wire::Document::parse(&document).expect("a JSON object");
        }
    }
});
