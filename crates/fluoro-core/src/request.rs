//! What every incoming request needs, whatever framework it came through.
//!
//! Nothing in a request is trusted: a malformed header starts a new trace, an address that is none
//! is not recorded.

use std::fmt::{Display, Write as _};
use std::net::IpAddr;

use fluoro_wire::trace_header::{SamplingFlag, TraceHeader};

/// The caller's decision, if the header has one that counts.
///
/// ```
/// use fluoro_core::request::decision_of;
/// use fluoro_wire::trace_header::TraceHeader;
///
/// let asked = TraceHeader::parse("Sampled=?").unwrap();
/// assert_eq!(decision_of(&asked), None);
/// ```
pub fn decision_of(header: &TraceHeader) -> Option<bool> {
    match header.sampled {
        Some(SamplingFlag::Sampled) => Some(true),
        Some(SamplingFlag::NotSampled) => Some(false),
        Some(SamplingFlag::Requested) | None => None,
    }
}

/// The first address in a list of `X-Forwarded-For`, with or without a port.
///
/// ```
/// use fluoro_core::request::forwarded_address;
///
/// assert_eq!(forwarded_address("203.0.113.7, 10.0.0.1"), "203.0.113.7".parse().ok());
/// assert_eq!(forwarded_address("somebody"), None);
/// ```
pub fn forwarded_address(list: &str) -> Option<IpAddr> {
    let first = list.split(',').next()?.trim();
    let bare = first
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or(first);
    bare.parse().ok().or_else(|| {
        let (host, port) = first.rsplit_once(':')?;
        port.parse::<u16>().ok()?;
        host.parse().ok()
    })
}

/// The trace header of a response. It tells the decision to a caller that asked for it.
pub fn response_header(trace_id: &str, sampled: bool, asked: bool) -> String {
    let mut header = String::with_capacity(64);
    header.push_str("Root=");
    header.push_str(trace_id);
    if asked {
        header.push_str(sampled_field(sampled));
    }
    header
}

fn sampled_field(sampled: bool) -> &'static str {
    if sampled { ";Sampled=1" } else { ";Sampled=0" }
}

/// The trace header that makes a called service continue the trace.
///
/// `data` are the fields that came with the request and are passed on.
pub fn outgoing_header<K: Display, V: Display>(
    trace_id: &str,
    parent: &str,
    sampled: bool,
    data: impl IntoIterator<Item = (K, V)>,
) -> String {
    let mut header = String::with_capacity(96);
    for part in [
        "Root=",
        trace_id,
        ";Parent=",
        parent,
        sampled_field(sampled),
    ] {
        header.push_str(part);
    }
    for (key, value) in data {
        let _ = write!(header, ";{key}={value}");
    }
    header
}
