//! Segments to spans and back.
