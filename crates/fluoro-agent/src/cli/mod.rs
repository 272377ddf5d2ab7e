//! The command line: one file per command, `command` says how each is written.
//!
//! `fluoro agent` is the agent itself; the other commands ask a running one over its web port.

mod agent_command;
mod agent_flags;
mod client;
mod clock;
mod command;
mod completions;
mod counted;
mod demo;
mod doctor;
mod duration;
mod error;
mod event_stream;
mod export;
mod filter;
mod import;
mod logging;
mod main;
mod open_files;
mod output;
mod rejected;
mod style;
mod summary;
mod table;
mod tail;
mod trace_command;
mod traces;
mod tree;
mod whole_traces;

pub use main::main;
