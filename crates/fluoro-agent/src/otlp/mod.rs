//! Segments to spans and back.
//!
//! | you have | you want | see |
//! |---|---|---|
//! | segment documents | spans for an OTLP backend | [`to_span`] |

pub mod to_span;
