//! Where log lines go and how they look.

mod daemon_format;
mod rotating_file;
mod start;

pub(super) use start::start;
