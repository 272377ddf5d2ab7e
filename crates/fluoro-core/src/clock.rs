//! Wall-clock time as segment documents carry it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time now, in seconds since the Unix epoch.
pub fn now() -> f64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        // In 64 bits: the 128 bits of `as_nanos` cost as much as reading the clock.
        Ok(elapsed) => {
            let seconds = elapsed.as_secs() * 1_000_000_000;
            (seconds + u64::from(elapsed.subsec_nanos())) as f64 / 1e9
        }
        Err(_) => 0.0,
    }
}
