//! The wire formats of AWS X-Ray: ids, trace headers, segment documents, datagrams and the
//! rules that names, queries and addresses must follow.
//!
//! Everything here is pure: text or bytes in, values or bytes out. No sockets, no clock, no
//! randomness, no environment; callers pass those in.
//!
//! # Where to start
//!
//! | you have | you want | see |
//! |---|---|---|
//! | an `X-Amzn-Trace-Id` or `traceparent` header | who called, and whether it is sampled | [`TraceHeader`] |
//! | a trace or segment to identify | its id on the wire | [`TraceId`], [`SegmentId`] |
//! | values to put into a document | JSON bytes | [`json`] |
//! | bytes received over UDP | the segment document in them | [`datagram`], [`document`] |
//! | JSON that may be nested deeply | a value | [`nested_json`] |
//! | a document that arrived | whether the service would take it | [`received`], [`validation`] |
//! | documents of a request, from all its services | one tree | [`trace`] |
//! | a name, a query or a URL of the user | the same without what must not leave | [`name`], [`sql`], [`url`] |
//! | the daemon's address as text | where to send | [`DaemonAddress`] |

pub mod annotation_key;
pub mod daemon_address;
pub mod datagram;
pub mod document;
pub mod environment;
pub mod hex;
pub mod json;
pub mod limits;
pub mod name;
pub mod nested_json;
pub mod received;
pub mod segment_id;
pub mod sql;
pub mod trace;
pub mod trace_header;
pub mod trace_id;
pub mod url;
pub mod validation;

pub use annotation_key::is_valid_annotation_key;
pub use daemon_address::{DaemonAddress, DaemonAddressError, Endpoint};
pub use document::{Document, DocumentError};
pub use name::clean_name;
pub use received::{
    Field, ReadError, ReceivedAnnotation, ReceivedAws, ReceivedEntity, ReceivedException,
    ReceivedHttp, ReceivedLink,
};
pub use segment_id::{ParseSegmentIdError, SegmentId};
pub use sql::sanitize_sql;
pub use trace_header::{SamplingFlag, TraceHeader, TraceHeaderError};
pub use trace_id::{ParseTraceIdError, TraceId};
pub use url::strip_url;
pub use validation::{Rejection, RejectionCode};
