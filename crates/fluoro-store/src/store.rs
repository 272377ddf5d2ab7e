//! What a store can do, in parts that are asked for one by one;
//! [`SqliteStore`](crate::SqliteStore) is the one that is built in.

mod append;
mod queue;
mod settings;
mod traces;
mod upkeep;

pub use append::{Append, Arrival, Committed, Rejected, Source};
pub use queue::{Cursor, Forwarded, Queue};
pub use settings::Settings;
pub use traces::{TimeRange, TimeRangeKind, Traces};
pub use upkeep::{Limits, Statistics, Upkeep};

/// A whole store. All its methods may be called from any thread.
pub trait Store: Append + Traces + Queue + Settings + Upkeep {}

impl<S: Append + Traces + Queue + Settings + Upkeep> Store for S {}

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed: no space, no permission, a damaged file.
    #[error("the store at {path} failed: {reason}")]
    Database {
        /// The file or directory.
        path: String,
        /// What the database says.
        reason: String,
    },
    /// Another process has the store open for writing.
    #[error("the store at {path} is in use by another process")]
    InUse {
        /// The directory.
        path: String,
    },
}
