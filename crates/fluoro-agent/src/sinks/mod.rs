//! Where documents are forwarded to. Each sink reads the store behind a cursor of its own.

mod reason;

pub(crate) use reason::reason;
