//! Where documents are forwarded to.
//!
//! ```text
//! store ─▶ Reader (behind a cursor) ─▶ Worker ─┬▶ Delivery of a batch ─┐
//!              ▲                               ├▶ Delivery of a batch ─┼▶ Backend (X-Ray, OTLP)
//!              └── Checkpoint (a setting) ◀────┴▶ …                    ┘
//! ```
//! The store is the queue: a sink reads it in the order of arrival, and its checkpoint moves on
//! when the backend has taken everything before it. An outage is a checkpoint that lags, and a
//! restart goes on where it stands. What was on its way then is sent once more.

mod answer;
mod backend;
mod backoff;
mod batch;
mod checkpoint;
mod delivery;
mod flights;
mod http_outcome;
mod otlp;
mod quiet_log;
mod reader;
mod reason;
mod running;
mod state;
mod status;
mod worker;
mod xray;

pub use otlp::EndpointError;
pub(crate) use reason::reason;
pub use running::{SinkWatch, Sinks, SinksError};
pub use status::{Condition, LastError, SinkStatus};
