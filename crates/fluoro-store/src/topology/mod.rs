//! How the entities of a trace hang together: who is whose parent, which segment a subsegment
//! belongs to, where the trace begins, which services took part and who called whom.
//!
//! Documents of a trace come in any order, some never come, and ids may be wrong. Nothing here
//! relies on them: loops end, and what hangs below nothing is left hanging.

mod call;
mod node;
mod root;
mod root_cause;
mod timing;
mod tree;

pub(crate) use call::{Call, Caller};
pub(crate) use node::{Node, is_name_given_here};
pub(crate) use root::root;
pub(crate) use root_cause::RootCauseKind;
pub use root_cause::{RootCause, RootCauseEntity, RootCauseException, RootCauseService};
pub(crate) use timing::seconds_between;
pub(crate) use tree::Topology;
