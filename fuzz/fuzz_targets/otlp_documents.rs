//! Segment documents on their way to an OTLP backend: none of them stops the others, and what
//! becomes a span becomes a document again.
#![no_main]

use fluoro_agent::otlp::{to_segment, to_span};
use libfuzzer_sys::fuzz_target;

const GOOD: &[u8] = br#"{"name":"shop","id":"53995c3f42cd8ad8","start_time":1.5,"end_time":1.75,
    "trace_id":"1-5759e988-bd862e3fe1be46a994272793"}"#;

fuzz_target!(|bytes: &[u8]| {
    let converted = to_span::convert(&[bytes.to_vec(), GOOD.to_vec()]);
    assert!(converted.refused.iter().all(|(place, _)| *place == 0));
    for document in to_segment::convert(&converted.request) {
        fluoro_wire::Document::parse(&document).expect("a JSON object");
    }
});
