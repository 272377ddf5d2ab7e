use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A clock that stands still until it is told to move; clones show the same time.
///
/// ```
/// let clock = fluoro_testkit::FakeClock::at(1_500_000_000.0);
/// let same = clock.clone();
/// clock.advance(2.5);
/// assert_eq!(same.now(), 1_500_000_002.5);
/// ```
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<AtomicU64>);

impl FakeClock {
    /// A clock that shows this many seconds since the epoch.
    pub fn at(seconds: f64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds.to_bits())))
    }

    /// What the clock shows, in seconds since the epoch.
    pub fn now(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::SeqCst))
    }

    /// Moves the clock by this many seconds, back if negative.
    pub fn advance(&self, seconds: f64) {
        let add = |bits| Some((f64::from_bits(bits) + seconds).to_bits());
        // The closure always returns a value, so the update cannot fail.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }
}
