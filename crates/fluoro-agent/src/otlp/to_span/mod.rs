//! Segment documents as spans, for OTLP backends.
//!
//! Each segment and each subsegment in it becomes a span. Ids and times stay what they are; what
//! OTLP has a convention for is named after it, in the stable spelling and in the one before, and
//! what it has none for becomes an attribute that starts with `aws.xray.`. Documents that
//! [`to_segment`](super::to_segment) made become the spans that they were.

mod annotations;
mod attribute_list;
mod aws;
mod cause;
mod convert;
mod http;
mod member;
mod otel;
mod resource;
mod services;
mod span;
mod sql;

pub use convert::{Converted, ToSpanError, convert};
