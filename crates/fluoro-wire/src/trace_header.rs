//! The trace header: who called, and whether the trace is sampled.
//!
//! ```text
//! X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
//! traceparent:     00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01
//! ```
//!
//! Both come from outside and are not trusted: reading never fails the request. `Self`, which
//! load balancers add for themselves, is dropped; other unknown pairs travel on as they came, up
//! to [`MAX_TRACE_HEADER_DATA_BYTES`], because AWS adds keys of its own (`Lineage`).

use std::{fmt, str::FromStr};

use crate::{
    hex::parse_hex_bytes, limits::MAX_TRACE_HEADER_DATA_BYTES, segment_id::SegmentId,
    trace_id::TraceId,
};

/// The name of X-Ray's own HTTP header.
pub const X_AMZN_TRACE_ID: &str = "X-Amzn-Trace-Id";

/// The name of the W3C header with the same content.
pub const TRACEPARENT: &str = "traceparent";

const ROOT: &str = "Root";
const PARENT: &str = "Parent";
const SAMPLED: &str = "Sampled";
const SELF: &str = "Self";
const LINEAGE: &str = "Lineage";

/// What a trace header says about sampling.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SamplingFlag {
    /// `Sampled=1`: record this trace.
    Sampled,
    /// `Sampled=0`: do not record it.
    NotSampled,
    /// `Sampled=?`: the receiver decides and tells the caller in its response.
    Requested,
}

/// The content of a trace header, every part of it optional.
///
/// ```
/// use fluoro_wire::{SamplingFlag, TraceHeader};
/// let header = TraceHeader::parse("Sampled=1; Root=1-5759e988-bd862e3fe1be46a994272793;")?;
/// assert_eq!(header.sampled, Some(SamplingFlag::Sampled));
/// assert_eq!(header.to_string(), "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");
/// # Ok::<(), fluoro_wire::TraceHeaderError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TraceHeader {
    /// The trace that the caller belongs to.
    pub root: Option<TraceId>,
    /// The caller's own segment or subsegment.
    pub parent: Option<SegmentId>,
    /// The caller's sampling decision.
    pub sampled: Option<SamplingFlag>,
    /// Pairs that belong to others, in the order they came.
    pub data: Vec<(Box<str>, Box<str>)>,
}

/// Why a text is not a trace header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TraceHeaderError {
    /// Not one `key=value` pair was found.
    #[error("malformed trace header: expected `key=value` pairs separated by `;`")]
    Malformed,
}

impl SamplingFlag {
    /// The flag as it stands in the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sampled => "1",
            Self::NotSampled => "0",
            Self::Requested => "?",
        }
    }

    /// Reads `1`, `0` or `?`; anything else says nothing.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1" => Some(Self::Sampled),
            "0" => Some(Self::NotSampled),
            "?" => Some(Self::Requested),
            _ => None,
        }
    }
}

impl TraceHeader {
    /// Reads an `X-Amzn-Trace-Id` header.
    ///
    /// Pairs may come in any order, with spaces around `;` and `=` and with empty parts. The
    /// first of equal keys wins. A bad `Parent` or `Sampled` counts as absent. A bad `Root` makes
    /// the whole header count as absent, so that a new trace starts. All-zero ids mean "not
    /// recorded" and count as absent too, but leave the sampling flag standing.
    ///
    /// # Errors
    ///
    /// [`TraceHeaderError::Malformed`] when there is no `key=value` pair at all.
    pub fn parse(text: &str) -> Result<Self, TraceHeaderError> {
        let mut header = Self::default();
        let mut values: [Option<&str>; 3] = [None; 3];
        let mut budget = MAX_TRACE_HEADER_DATA_BYTES;
        let mut found_pair = false;
        for (key, value) in text.split(';').filter_map(|pair| pair.split_once('=')) {
            let (key, value) = (key.trim(), value.trim());
            if key.is_empty() {
                continue;
            }
            found_pair = true;
            match key {
                ROOT => _ = values[0].get_or_insert(value),
                PARENT => _ = values[1].get_or_insert(value),
                SAMPLED => _ = values[2].get_or_insert(value),
                SELF => {}
                _ => header.keep(key, value, &mut budget),
            }
        }
        if !found_pair {
            return Err(TraceHeaderError::Malformed);
        }
        let [root, parent, sampled] = values;
        if let Some(root) = root {
            let Ok(root) = root.parse::<TraceId>() else {
                return Ok(Self::default());
            };
            header.root = (!root.is_noop()).then_some(root);
        }
        let parent = parent.and_then(|parent| parent.parse().ok());
        header.parent = parent.filter(|&parent| header.root.is_some() && parent != SegmentId::NOOP);
        header.sampled = sampled.and_then(SamplingFlag::parse);
        Ok(header)
    }

    /// Keeps a pair of somebody else's, unless it could harm the header it is written to.
    ///
    /// `Lineage` is not counted against the budget: AWS relies on it to break loops.
    fn keep(&mut self, key: &str, value: &str, budget: &mut usize) {
        let size = key.len() + value.len() + 2;
        let limit = if key == LINEAGE {
            MAX_TRACE_HEADER_DATA_BYTES
        } else {
            *budget
        };
        let is_known = self.data.iter().any(|(known, _)| **known == *key);
        if is_known || size > limit || !is_writable(key, value) {
            return;
        }
        if key != LINEAGE {
            *budget -= size;
        }
        self.data.push((key.into(), value.into()));
    }

    /// Appends the header's value: `Root=…;Parent=…;Sampled=…` and the other pairs.
    ///
    /// Parts that are absent are left out. Pairs that would break the header or inject another
    /// one (control characters, `;`, anything beyond ASCII) are left out as well.
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        if let Some(root) = self.root {
            out.extend_from_slice(b"Root=");
            root.write(out);
        }
        if let Some(parent) = self.parent {
            begin_pair(out, start, PARENT);
            parent.write(out);
        }
        if let Some(sampled) = self.sampled {
            begin_pair(out, start, SAMPLED);
            out.extend_from_slice(sampled.as_str().as_bytes());
        }
        for (key, value) in self
            .data
            .iter()
            .filter(|(key, value)| is_writable(key, value))
        {
            begin_pair(out, start, key);
            out.extend_from_slice(value.as_bytes());
        }
    }

    /// Reads a W3C `traceparent` header; `None` if it is not one.
    ///
    /// Versions after `00` may carry more fields, which are ignored. All-zero ids and upper-case
    /// digits are invalid, as the standard says.
    pub fn parse_traceparent(text: &str) -> Option<Self> {
        let bytes = text.trim().as_bytes();
        let is_plain = bytes.iter().all(|byte| !byte.is_ascii_uppercase());
        if bytes.len() < TRACEPARENT_LENGTH || !is_plain {
            return None;
        }
        let (fields, rest) = bytes.split_at(TRACEPARENT_LENGTH);
        let mut version = [0];
        let mut parent = [0; 8];
        let mut flags = [0];
        parse_hex_bytes(&fields[..2], &mut version)?;
        parse_hex_bytes(&fields[36..52], &mut parent)?;
        parse_hex_bytes(&fields[53..], &mut flags)?;
        let root: TraceId = std::str::from_utf8(&fields[3..35]).ok()?.parse().ok()?;
        let parent = SegmentId(u64::from_be_bytes(parent));
        let dashes_stand = [2, 35, 52].iter().all(|&index| fields[index] == b'-');
        let length_fits = match version[0] {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.first().is_none_or(|&byte| byte == b'-'),
        };
        if !dashes_stand || !length_fits || root.is_noop() || parent == SegmentId::NOOP {
            return None;
        }
        let is_sampled = flags[0] & 1 == 1;
        Some(Self {
            root: Some(root),
            parent: Some(parent),
            sampled: Some(if is_sampled {
                SamplingFlag::Sampled
            } else {
                SamplingFlag::NotSampled
            }),
            data: Vec::new(),
        })
    }

    /// The same caller as a W3C `traceparent` header; `None` without root or parent.
    ///
    /// W3C cannot ask for a decision: [`SamplingFlag::Requested`] becomes "not sampled".
    pub fn to_traceparent(&self) -> Option<String> {
        let (root, parent) = (self.root?, self.parent?);
        let flags = if self.sampled == Some(SamplingFlag::Sampled) {
            "01"
        } else {
            "00"
        };
        Some(format!("00-{}-{parent}-{flags}", root.to_w3c()))
    }
}

const TRACEPARENT_LENGTH: usize = 55;

fn begin_pair(out: &mut Vec<u8>, start: usize, key: &str) {
    if out.len() > start {
        out.push(b';');
    }
    out.extend_from_slice(key.as_bytes());
    out.push(b'=');
}

/// Whether a pair can be written and read back without changing what stands around it.
fn is_writable(key: &str, value: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b';';
    let is_trimmed = |text: &str| text.trim().len() == text.len();
    !key.is_empty()
        && ![ROOT, PARENT, SAMPLED, SELF].contains(&key)
        && key.bytes().all(|byte| is_plain(byte) && byte != b'=')
        && value.bytes().all(is_plain)
        && is_trimmed(key)
        && is_trimmed(value)
}

impl fmt::Display for TraceHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(96);
        self.write(&mut out);
        formatter.write_str(&crate::json::ascii_string(out))
    }
}

impl FromStr for TraceHeader {
    type Err = TraceHeaderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;
