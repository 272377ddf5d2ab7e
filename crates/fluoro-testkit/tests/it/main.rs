//! The doubles, used from outside as tests use them.

mod fake_daemon;
mod sampling_service;
