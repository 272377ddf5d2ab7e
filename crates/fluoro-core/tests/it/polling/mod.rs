//! The poller and its HTTP client against servers on real sockets.

mod http;
mod poller;
mod server;
