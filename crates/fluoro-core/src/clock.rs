//! Wall-clock time as segment documents carry it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time now, in seconds since the Unix epoch.
pub fn now() -> f64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(elapsed) => elapsed.as_nanos() as f64 / 1e9,
        Err(_) => 0.0,
    }
}
