//! Tests of the engine from outside the crate.

mod polling;
