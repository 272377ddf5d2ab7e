//! The store that is built in: SQLite files, one for each bucket of time.

/// Keeps documents in SQLite files below one directory.
#[derive(Debug)]
pub struct SqliteStore {}
