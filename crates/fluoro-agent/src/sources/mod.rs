//! Where documents come from.
//!
//! | source | speaks | a document counts as received |
//! |---|---|---|
//! | [`udp`] | the datagrams of X-Ray SDKs | when it is in the queue; nobody waits for an answer |

pub mod udp;
