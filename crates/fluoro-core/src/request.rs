//! What every incoming request needs, whatever framework it came through.
//!
//! Nothing in a request is trusted: a malformed header starts a new trace.

use std::fmt::{Display, Write as _};
use std::net::IpAddr;

use fluoro_wire::limits::{MAX_FIELD_CHARACTERS, cut_to_characters};
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

/// The client in a list of `X-Forwarded-For`: its first entry, as an address without a port if it is
/// one. Proxies also write names and `unknown` there; what is no address is cut to the length of a
/// field.
///
/// ```
/// use fluoro_core::request::forwarded_client;
///
/// assert_eq!(forwarded_client("203.0.113.7:4711, 10.0.0.1").unwrap(), "203.0.113.7");
/// assert_eq!(forwarded_client("unknown, 10.0.0.1").unwrap(), "unknown");
/// assert_eq!(forwarded_client(" , 10.0.0.1"), None);
/// ```
pub fn forwarded_client(list: &str) -> Option<String> {
    let first = list.split(',').next()?.trim();
    match address(first) {
        Some(address) => Some(address.to_string()),
        None if first.is_empty() => None,
        None => Some(cut_to_characters(first, MAX_FIELD_CHARACTERS).to_owned()),
    }
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or(text);
    bare.parse().ok().or_else(|| {
        let (host, port) = text.rsplit_once(':')?;
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
