//! Turns failures and successes into one log line per outage.

use super::schedule::Job;

/// Whether the service is out of reach, by what the calls brought.
#[derive(Debug, Default)]
pub(super) struct Outage {
    is_rules_failing: bool,
    is_targets_failing: bool,
    failures: u64,
}

impl Outage {
    /// Notes a failure; true when it begins an outage.
    pub(super) fn failed(&mut self, job: Job) -> bool {
        let begins = !self.is_rules_failing && !self.is_targets_failing;
        *self.flag(job) = true;
        self.failures += 1;
        begins
    }

    /// Notes a success; the number of failed calls when it ends an outage.
    pub(super) fn succeeded(&mut self, job: Job) -> Option<u64> {
        let was_failing = std::mem::take(self.flag(job));
        let ends = was_failing && !self.is_rules_failing && !self.is_targets_failing;
        ends.then(|| std::mem::take(&mut self.failures))
    }

    fn flag(&mut self, job: Job) -> &mut bool {
        match job {
            Job::Rules => &mut self.is_rules_failing,
            Job::Targets => &mut self.is_targets_failing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_once_and_ends_once() {
        let mut outage = Outage::default();
        assert_eq!(outage.succeeded(Job::Rules), None);
        assert!(outage.failed(Job::Targets));
        assert!(!outage.failed(Job::Targets));
        assert!(!outage.failed(Job::Rules));
        assert_eq!(outage.succeeded(Job::Rules), None);
        assert_eq!(outage.succeeded(Job::Targets), Some(3));
        assert_eq!(outage.succeeded(Job::Targets), None);
        assert!(outage.failed(Job::Rules));
    }

    #[test]
    fn one_call_that_keeps_failing_is_one_outage_though_the_other_succeeds() {
        let mut outage = Outage::default();
        assert!(outage.failed(Job::Targets));
        assert_eq!(outage.succeeded(Job::Rules), None);
        assert!(!outage.failed(Job::Targets));
    }
}
