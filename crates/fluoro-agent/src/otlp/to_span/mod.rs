//! Segment documents as spans, for OTLP backends.
//!
//! Each segment and each subsegment in it becomes a span. Ids and times stay what they are; what
//! OTLP has a convention for is named after it, in the stable spelling and in the one before, and
//! what it has none for becomes an attribute that starts with `aws.xray.`.

mod attribute_list;
mod convert;
mod span;

pub use convert::{Converted, ToSpanError, convert};
