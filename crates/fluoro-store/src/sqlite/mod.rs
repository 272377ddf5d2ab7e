//! The store that is built in: SQLite files, one for each bucket of time, below one directory.
//!
//! ```text
//! lock                    held by the process that writes
//! settings.sqlite         small values under names: rules, groups, cursors of sinks
//! bucket-<second>.sqlite  what arrived from that second on, until the next bucket begins
//! *.damaged               files that could not be read any more, out of the way
//! ```
//! # A bucket
//! | table | holds |
//! |---|---|
//! | `blocks` | documents in the order of arrival, some together in one compressed [`block`] |
//! | `traces` | for each trace: its times, the numbers of its documents, its facts |
//! | `continued` | traces that older buckets have a part of, too |
//! | `rejected` | documents that AWS would reject |
//! | `extent` | one row: first and last number, and the [`extent`] of times |
//!
//! A batch is one transaction: documents, facts and rejected documents come together or not at
//! all. Files are in WAL mode, so readers see the state of the last commit and never hold up the
//! writer. Documents are numbered through all buckets.
//!
//! A bucket is closed when it is large or old enough, a sixteenth of what [`Limits`] allow; so
//! retention deletes files and nothing else. A document that comes late goes into the newest
//! bucket, and questions put the parts of its trace together.
//!
//! [`Limits`]: crate::Limits

mod append;
mod batch;
mod block;
mod bucket;
mod catalog;
mod connection;
mod directory;
mod document_numbers;
mod extent;
mod forwarding;
mod recent_traces;
mod rejected;
mod retention;
mod scan;
mod settings;
mod store;
mod trace_filter;
mod trace_row;
mod trace_writer;

pub use store::SqliteStore;
