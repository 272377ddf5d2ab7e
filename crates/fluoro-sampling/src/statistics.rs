//! What is counted for one rule between two reports.

use std::ops::AddAssign;

/// The counters of one rule since its last report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Requests that matched the rule.
    pub request_count: u64,
    /// Requests recorded because the reservoir lent one while no quota was known.
    pub borrow_count: u64,
    /// Requests recorded by quota or rate; borrowed ones are not among them.
    pub sampled_count: u64,
}

impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.request_count += other.request_count;
        self.borrow_count += other.borrow_count;
        self.sampled_count += other.sampled_count;
    }
}
