//! Filter expressions: reading never panics, what is understood reads back as the same and can be
//! asked about a trace, what is not has its place in the text.
#![no_main]

use fluoro_store::{
    facts::{Trace, TraceFacts},
    filter::{EntitySelector, Filter},
};
use fluoro_wire::{ReceivedEntity, TraceId};
use libfuzzer_sys::fuzz_target;

const DOCUMENT: &[u8] = br#"{"name":"shop","id":"0000000000000001","trace_id":"1-6553f100-000000000000000000000001",
    "start_time":1.0,"end_time":3.0,"fault":true,"user":"ann","annotations":{"a":1,"b":"x","c":true},
    "http":{"request":{"url":"http://a/"},"response":{"status":500}},"subsegments":[{"name":"db",
    "id":"0000000000000002","start_time":1.5,"end_time":2.9,"namespace":"remote","fault":true,
    "cause":{"exceptions":[{"id":"0000000000000003","type":"E","message":"m"}]}}]}"#;

fuzz_target!(|text: &str| {
    match text.parse::<Filter>() {
        Ok(filter) => {
            assert_eq!(filter.to_string().parse(), Ok(filter.clone()));
            let document = ReceivedEntity::read(DOCUMENT).expect("the document is JSON");
            let trace = Trace {
                id: TraceId::NOOP,
                facts: TraceFacts::from_document(&document),
            };
            filter.matches(&trace);
        }
        Err(error) => {
            assert!(text.get(error.at..error.at + error.length).is_some());
            assert!(error.to_string().contains(&error.message));
        }
    }
    let _ = text.parse::<EntitySelector>();
});
