//! Starts the parts of the agent, and stops them in the right order.

mod error;
mod port;
mod retention;
mod running;
mod signals;

pub use error::AgentError;
pub use running::{Agent, run};
