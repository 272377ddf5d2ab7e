//! What this crate does, held against the language-neutral cases in `conformance/`.

mod conformance;
