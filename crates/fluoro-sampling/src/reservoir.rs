//! The reservoir of a centralized rule: a number of requests to record each second before the
//! rate counts.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::EpochSeconds;

/// How often statistics are reported by default; the service may ask for a multiple of it.
const REPORT_SECONDS: f64 = 10.0;

/// What a [`Reservoir`] said about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservoirDecision {
    /// The request uses one unit of this second's quota.
    Take,
    /// No quota is known, so the one request a second that may be recorded meanwhile is this one.
    Borrow,
    /// A quota is known but used up, or this second's loan is.
    Exhausted,
    /// No quota is known and the rule has no reservoir to borrow from.
    Unavailable,
}

/// A quota as the service assigns it; what is `None` stays as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Requests to record each second.
    pub per_second: Option<i64>,
    /// The last second in which the quota counts.
    pub expires: Option<EpochSeconds>,
    /// Seconds between two reports of the rule's statistics.
    pub report_interval: Option<i64>,
}

/// The quota of a rule and what was used of it in the current second.
///
/// A clone is another handle on the same reservoir. All methods may be called from any thread.
#[derive(Clone, Debug, Default)]
pub struct Reservoir(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    quota: Quota,
    second: EpochSeconds,
    taken: i64,
    is_lent: bool,
    polls_since_report: u32,
}

impl Reservoir {
    /// A reservoir without a quota.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for one unit at `now`; `can_borrow` says whether the rule has a reservoir at all.
    pub fn borrow_or_take(&self, now: EpochSeconds, can_borrow: bool) -> ReservoirDecision {
        let mut state = self.0.lock();
        if state.second != now {
            state.second = now;
            state.taken = 0;
            state.is_lent = false;
        }
        match state.quota {
            Quota {
                per_second: Some(quota),
                expires: Some(expires),
                ..
            } if quota >= 0 && expires >= now => {
                if state.taken >= quota {
                    return ReservoirDecision::Exhausted;
                }
                state.taken += 1;
                ReservoirDecision::Take
            }
            _ if !can_borrow => ReservoirDecision::Unavailable,
            _ if state.is_lent => ReservoirDecision::Exhausted,
            _ => {
                state.is_lent = true;
                ReservoirDecision::Borrow
            }
        }
    }

    /// Takes over the given parts of `quota`.
    pub fn load_quota(&self, quota: Quota) {
        let own = &mut self.0.lock().quota;
        own.per_second = quota.per_second.or(own.per_second);
        own.expires = quota.expires.or(own.expires);
        own.report_interval = quota.report_interval.or(own.report_interval);
    }

    /// The quota in force or expired.
    pub fn quota(&self) -> Quota {
        self.0.lock().quota
    }

    /// Gives up the quota, since it was assigned to another process.
    pub fn forget_quota(&self) {
        *self.0.lock() = State::default();
    }

    /// Counts one poll; true when enough of them passed for another report.
    pub fn is_report_due(&self) -> bool {
        let mut state = self.0.lock();
        let interval = state.quota.report_interval.unwrap_or(0) as f64 / REPORT_SECONDS;
        if f64::from(state.polls_since_report) + 1.0 >= interval {
            state.polls_since_report = 0;
            return true;
        }
        state.polls_since_report += 1;
        false
    }

    /// Makes the next poll report, because the last report did not arrive.
    pub fn report_again(&self) {
        self.0.lock().polls_since_report = u32::MAX - 1;
    }

    /// True when both handles are of the same reservoir.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(per_second: i64, expires: i64) -> Quota {
        Quota {
            per_second: Some(per_second),
            expires: Some(EpochSeconds(expires)),
            report_interval: None,
        }
    }

    #[test]
    fn lends_one_a_second_while_no_quota_is_known() {
        let reservoir = Reservoir::new();
        let now = EpochSeconds(100);
        assert_eq!(
            reservoir.borrow_or_take(now, true),
            ReservoirDecision::Borrow
        );
        assert_eq!(
            reservoir.borrow_or_take(now, true),
            ReservoirDecision::Exhausted
        );
        assert_eq!(
            reservoir.borrow_or_take(now.plus(1), true),
            ReservoirDecision::Borrow
        );
        assert_eq!(
            reservoir.borrow_or_take(now.plus(2), false),
            ReservoirDecision::Unavailable
        );
    }

    #[test]
    fn takes_up_to_the_quota_through_its_last_second() {
        let reservoir = Reservoir::new();
        reservoir.load_quota(quota(2, 100));
        let now = EpochSeconds(100);
        assert_eq!(
            reservoir.borrow_or_take(now, false),
            ReservoirDecision::Take
        );
        assert_eq!(
            reservoir.borrow_or_take(now, false),
            ReservoirDecision::Take
        );
        assert_eq!(
            reservoir.borrow_or_take(now, true),
            ReservoirDecision::Exhausted
        );
        assert_eq!(
            reservoir.borrow_or_take(now.plus(1), true),
            ReservoirDecision::Borrow
        );
    }

    #[test]
    fn a_quota_of_zero_takes_and_lends_nothing() {
        let reservoir = Reservoir::new();
        reservoir.load_quota(quota(0, 200));
        let decision = reservoir.borrow_or_take(EpochSeconds(100), true);
        assert_eq!(decision, ReservoirDecision::Exhausted);
    }

    #[test]
    fn what_the_service_leaves_out_stays() {
        let reservoir = Reservoir::new();
        reservoir.load_quota(quota(2, 100));
        reservoir.load_quota(Quota {
            report_interval: Some(20),
            ..Quota::default()
        });
        assert_eq!(
            reservoir.quota(),
            Quota {
                report_interval: Some(20),
                ..quota(2, 100)
            }
        );
    }

    #[test]
    fn a_longer_interval_skips_polls_and_a_lost_report_is_repeated() {
        let reservoir = Reservoir::new();
        assert!(reservoir.is_report_due());
        reservoir.load_quota(Quota {
            report_interval: Some(30),
            ..Quota::default()
        });
        let due: Vec<bool> = (0..6).map(|_| reservoir.is_report_due()).collect();
        assert_eq!(due, [false, false, true, false, false, true]);
        reservoir.report_again();
        assert!(reservoir.is_report_due());
        assert!(!reservoir.is_report_due());
    }
}
