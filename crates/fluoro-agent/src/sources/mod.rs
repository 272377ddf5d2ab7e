//! Where documents come from.
//!
//! | source | speaks | a document counts as received |
//! |---|---|---|
//! | [`udp`] | the datagrams of X-Ray SDKs | when it is in the queue; nobody waits for an answer |
//! | [`otlp`] | OTLP over HTTP and gRPC | when it is in the store |

pub mod otlp;
pub mod udp;
