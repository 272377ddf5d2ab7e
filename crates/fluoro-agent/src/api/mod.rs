//! HTTP: the X-Ray API over the store, the agent's own pages of it, and the viewer.
//!
//! | port | who | what |
//! |---|---|---|
//! | web | browsers, aws CLI, boto3 | viewer, the whole X-Ray API, the agent's own endpoints |
//! | tcp | X-Ray SDKs | what SDKs need of the X-Ray API; with AWS forwarding the rest is signed and sent on |
//!
//! # Who may ask
//!
//! Nothing here asks for a password, so a page of another site must not reach it through the
//! browser of someone who is on this machine:
//!
//! * The `Host` of a request to the web port must be a loopback name or address, the address that
//!   the connection came to, or a name that was allowed. A name under a stranger's control that
//!   points here (DNS rebinding) is none of these.
//! * An `Origin` must be the page's own; there is no CORS. `Sec-Fetch-Site` must not be
//!   `cross-site`, following a link to the viewer excepted.
//! * A body must not have one of the types that forms can send.
//! * On the TCP port SDKs in containers use any `Host`, so there it counts only for what reads or
//!   changes what is kept, and for other methods than POST. Whatever a browser sends, known by `Origin` or `Sec-Fetch-Site`, is
//!   refused there.

mod agent_status;
mod answer;
mod body;
mod completions;
mod distribution;
mod groups;
mod guard;
mod import;
mod live;
mod operation;
mod ports;
mod queries;
mod rejected;
mod request_id;
mod sampling;
mod server;
mod settings;
mod state;
mod status;
mod tags;
mod viewer;
mod window;
mod xray;

pub use agent_status::Listener;
pub(crate) use guard::Guard;
pub(crate) use ports::{tcp_router, web_router};
pub(crate) use server::Server;
pub use settings::SettingError;
pub(crate) use state::{Api, ApiParts, SinkStatuses};
