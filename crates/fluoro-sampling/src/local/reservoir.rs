//! The reservoir of a local rule.

use parking_lot::Mutex;

use crate::EpochSeconds;

/// A fixed number of requests to record each second.
#[derive(Debug)]
pub struct LocalReservoir {
    per_second: u64,
    used: Mutex<(EpochSeconds, u64)>,
}

impl LocalReservoir {
    /// A reservoir of `per_second` requests.
    pub fn new(per_second: u64) -> Self {
        Self {
            per_second,
            used: Mutex::default(),
        }
    }

    /// Takes one request of the second `now`; false when there is none left.
    pub fn take(&self, now: EpochSeconds) -> bool {
        if self.per_second == 0 {
            return false;
        }
        let mut used = self.used.lock();
        if used.0 != now {
            *used = (now, 0);
        }
        if used.1 >= self.per_second {
            return false;
        }
        used.1 += 1;
        true
    }

    /// Requests to record each second.
    pub fn per_second(&self) -> u64 {
        self.per_second
    }

    /// The second in which a request was last taken, and how many in it.
    pub fn used(&self) -> (EpochSeconds, u64) {
        *self.used.lock()
    }
}
