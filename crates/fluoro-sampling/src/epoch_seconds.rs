//! The clock of the sampling rules.

/// A time in whole seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochSeconds(pub i64);

impl EpochSeconds {
    /// The second that contains `seconds`.
    pub fn containing(seconds: f64) -> Self {
        Self(seconds as i64)
    }

    /// This time, `seconds` later.
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}
