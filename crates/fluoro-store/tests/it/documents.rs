//! Small documents for tests.

use fluoro_store::{Arrival, Source};
use fluoro_wire::TraceId;

/// The trace with a number; its id says that it began at that second.
pub(crate) fn trace(number: u32) -> TraceId {
    TraceId::from_parts(number, 7, u64::from(number))
}

/// An arrival at a second.
pub(crate) fn arrival(document: String, received_at: f64) -> Arrival {
    Arrival {
        document: document.into_bytes(),
        source: Source::Udp,
        received_at,
    }
}

/// A complete segment of a trace.
pub(crate) fn segment(trace: TraceId, id: u64, start: f64, end: f64) -> String {
    format!(
        r#"{{"name":"service-{id}","id":"{id:016x}","trace_id":"{trace}","start_time":{start},"end_time":{end}}}"#
    )
}

/// A segment that takes one second, and arrives when it ends.
pub(crate) fn segment_at(trace: TraceId, id: u64, start: f64) -> Arrival {
    arrival(segment(trace, id, start, start + 1.0), start + 1.0)
}
