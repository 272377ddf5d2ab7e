//! The doubles and the trace printer, used from outside as tests and the demo use them.

mod fake_daemon;
mod sampling_service;
mod trace_printer;
