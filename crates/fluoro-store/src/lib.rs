//! Keeps AWS X-Ray traces on one machine and answers questions about them.
//!
//! What came in is kept as it came: raw segment documents, in the order of arrival. Beside them,
//! in the same transaction, goes what questions need: the [`facts`] of each trace.
//!
//! | you have | you want | see |
//! |---|---|---|
//! | documents that arrived | them kept | [`Store`], [`SqliteStore`] |
//! | a filter expression | the traces that it selects | [`filter`] |
//! | a window of time | summaries, the service graph, statistics | [`query`] |

pub mod facts;
pub mod filter;
pub mod query;
mod sqlite;
mod store;
mod topology;

pub use sqlite::SqliteStore;
pub use store::{
    Append, Arrival, Committed, Cursor, Forwarded, Limits, Queue, Rejected, Settings, Source,
    Statistics, Store, StoreError, TimeRange, TimeRangeKind, Traces, Upkeep,
};
