//! When the poller calls the sampling service.
//!
//! Times are durations since the poller started, and jitter is an argument: nothing here waits.

use std::time::Duration;

const RULES_INTERVAL: Duration = Duration::from_secs(300);
const RULES_JITTER: Duration = Duration::from_secs(5);
const FIRST_RULES_RETRY: Duration = Duration::from_secs(1);
const TARGETS_INTERVAL: Duration = Duration::from_secs(10);
const TARGETS_JITTER: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(300);
/// Retries are spread by up to this part of their delay.
const RETRY_JITTER: f64 = 0.1;

/// One of the two calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Fetch the rules.
    Rules,
    /// Report statistics and fetch targets.
    Targets,
}

/// When each call is due.
#[derive(Debug)]
pub(super) struct Schedule {
    rules: Timer,
    targets: Timer,
    targets_interval: Duration,
}

#[derive(Debug, Default)]
struct Timer {
    due: Duration,
    failures: u32,
}

impl Schedule {
    /// Rules are due at once, targets one interval later.
    pub(super) fn new(targets_interval: Duration, random: f64) -> Self {
        let due = targets_interval + TARGETS_JITTER.mul_f64(random);
        Self {
            rules: Timer::default(),
            targets: Timer { due, failures: 0 },
            targets_interval,
        }
    }

    /// How long targets are polled apart unless configured otherwise.
    pub(super) const DEFAULT_TARGETS_INTERVAL: Duration = TARGETS_INTERVAL;

    /// When the next call is due.
    pub(super) fn next_due(&self) -> Duration {
        self.rules.due.min(self.targets.due)
    }

    /// A call that is due at `now`; rules come first.
    pub(super) fn due_job(&self, now: Duration) -> Option<Job> {
        if self.rules.due <= now {
            Some(Job::Rules)
        } else if self.targets.due <= now {
            Some(Job::Targets)
        } else {
            None
        }
    }

    /// Makes the rules due at `now`.
    pub(super) fn refetch_rules(&mut self, now: Duration) {
        self.rules.due = now;
    }

    /// Notes that `job` succeeded at `now`. If the other job was failing it is tried at once, since
    /// the service evidently answers again.
    pub(super) fn succeeded(&mut self, job: Job, now: Duration, random: f64) {
        let (timer, other, delay) = match job {
            Job::Rules => (
                &mut self.rules,
                &mut self.targets,
                RULES_INTERVAL + RULES_JITTER.mul_f64(random),
            ),
            Job::Targets => (
                &mut self.targets,
                &mut self.rules,
                self.targets_interval + TARGETS_JITTER.mul_f64(random),
            ),
        };
        if timer.failures > 0 && other.failures > 0 {
            other.due = now;
        }
        *timer = Timer {
            due: now + delay,
            failures: 0,
        };
    }

    /// Notes that there was nothing to report at `now`.
    pub(super) fn nothing_to_report(&mut self, now: Duration, random: f64) {
        self.targets.due = now + self.targets_interval + TARGETS_JITTER.mul_f64(random);
    }

    /// Notes that `job` failed at `now`; returns how long it waits before the next try, which
    /// doubles with each failure up to five minutes.
    pub(super) fn failed(&mut self, job: Job, now: Duration, random: f64) -> Duration {
        let (timer, first) = match job {
            Job::Rules => (&mut self.rules, FIRST_RULES_RETRY),
            Job::Targets => (&mut self.targets, self.targets_interval * 2),
        };
        let doubled = first.saturating_mul(2u32.saturating_pow(timer.failures));
        let delay = doubled
            .min(LONGEST_RETRY)
            .mul_f64(1.0 + RETRY_JITTER * random);
        timer.failures += 1;
        timer.due = now + delay;
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn fetches_rules_at_once_and_every_five_minutes() {
        let mut schedule = Schedule::new(seconds(10), 0.0);
        assert_eq!(schedule.due_job(seconds(0)), Some(Job::Rules));
        schedule.succeeded(Job::Rules, seconds(0), 0.5);
        assert_eq!(schedule.due_job(seconds(9)), None);
        assert_eq!(schedule.due_job(seconds(10)), Some(Job::Targets));
        schedule.succeeded(Job::Targets, seconds(301), 0.0);
        assert_eq!(schedule.due_job(seconds(302)), None);
        assert_eq!(schedule.next_due(), Duration::from_millis(302_500));
        assert_eq!(schedule.due_job(seconds(303)), Some(Job::Rules));
    }

    #[test]
    fn backs_off_up_to_five_minutes() {
        let mut schedule = Schedule::new(seconds(10), 0.0);
        let delays: Vec<_> = (0..11)
            .map(|_| schedule.failed(Job::Rules, seconds(0), 0.0).as_secs())
            .collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        let delays: Vec<_> = (0..40)
            .map(|_| schedule.failed(Job::Targets, seconds(0), 1.0).as_secs())
            .collect();
        assert_eq!(delays[..5], [22, 44, 88, 176, 330]);
        assert_eq!(delays[39], 330);
    }

    #[test]
    fn a_success_ends_the_back_off_of_both_calls() {
        let mut schedule = Schedule::new(seconds(10), 0.0);
        schedule.failed(Job::Targets, seconds(10), 0.0);
        for _ in 0..8 {
            schedule.failed(Job::Rules, seconds(10), 0.0);
        }
        schedule.succeeded(Job::Targets, seconds(30), 0.0);
        assert_eq!(schedule.due_job(seconds(30)), Some(Job::Rules));
        schedule.succeeded(Job::Rules, seconds(30), 0.0);
        assert_eq!(schedule.next_due(), seconds(40));
        assert_eq!(schedule.failed(Job::Targets, seconds(40), 0.0), seconds(20));
    }

    #[test]
    fn having_nothing_to_report_keeps_the_rhythm() {
        let mut schedule = Schedule::new(seconds(10), 0.0);
        schedule.succeeded(Job::Rules, seconds(0), 0.0);
        schedule.nothing_to_report(seconds(10), 0.0);
        assert_eq!(schedule.next_due(), seconds(20));
    }

    #[test]
    fn changed_rules_are_fetched_at_once() {
        let mut schedule = Schedule::new(seconds(10), 0.0);
        schedule.succeeded(Job::Rules, seconds(0), 0.0);
        schedule.refetch_rules(seconds(20));
        assert_eq!(schedule.due_job(seconds(20)), Some(Job::Rules));
    }
}
