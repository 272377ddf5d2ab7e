//! How long to wait before the next attempt.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// The pause after failure number `attempt` (from zero): a random part of an exponentially growing
/// time, so that many agents do not come back at once. `share` lies in 0..1.
pub(super) fn pause(attempt: u32, share: f64) -> Duration {
    let ceiling = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    ceiling.mul_f64(share.clamp(0.0, 1.0))
}

/// A random share in 0..1.
pub(super) fn random_share() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute() {
        let longest = |attempt| pause(attempt, 1.0);
        assert_eq!(longest(0), FIRST);
        assert_eq!(longest(3), Duration::from_millis(1_600));
        assert_eq!(longest(8), LONGEST);
        assert_eq!(longest(u32::MAX), LONGEST);
        assert_eq!(pause(8, 0.5), LONGEST / 2);
        assert_eq!(pause(8, 0.0), Duration::ZERO);
    }

    #[test]
    fn shares_differ_and_stay_in_range() {
        let shares: Vec<_> = (0..100).map(|_| random_share()).collect();
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
        let mean = shares.iter().sum::<f64>() / 100.0;
        assert!((0.2..0.8).contains(&mean), "{mean}");
    }
}
