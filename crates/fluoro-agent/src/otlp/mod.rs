//! Segments to spans and back.
//!
//! | you have | you want | see |
//! |---|---|---|
//! | spans of an OTLP exporter | segment documents | [`to_segment`] |
//! | segment documents | spans for an OTLP backend | [`to_span`] |

mod aws_members;
pub mod to_segment;
pub mod to_span;
