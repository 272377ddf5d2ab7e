//! Trace headers of either kind: reading never panics, and what is written is clean and reads back.
#![no_main]

use fluoro_wire::TraceHeader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(header) = TraceHeader::parse(text) {
        let written = header.to_string();
        assert!(written.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert!(written.len() <= 700);
        if !written.is_empty() {
            assert_eq!(TraceHeader::parse(&written), Ok(header));
        }
    }
    if let Some(header) = TraceHeader::parse_traceparent(text) {
        let written = header
            .to_traceparent()
            .expect("a traceparent has root and parent");
        assert_eq!(TraceHeader::parse_traceparent(&written), Some(header));
    }
});
