//! Counts of times, in steps of two significant digits.

use std::collections::BTreeMap;

use super::HistogramEntry;

/// Times below this count as zero, in seconds.
const LEAST: f64 = 1e-6;

/// Counts of times. Takes a bounded amount of memory: there are 90 steps for each power of ten.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Histogram {
    counts: BTreeMap<Step, u64>,
}

/// `digits` from 10 to 99, times ten to the power of `exponent`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Step {
    exponent: i16,
    digits: i16,
}

impl Histogram {
    /// Counts one time, in seconds.
    pub(super) fn add(&mut self, seconds: f64) {
        *self.counts.entry(Step::of(seconds)).or_default() += 1;
    }

    /// All steps that have a count, the shortest time first.
    pub(super) fn entries(&self) -> Vec<HistogramEntry> {
        let counts = self.counts.iter();
        counts
            .map(|(step, &count)| HistogramEntry {
                value: step.seconds(),
                count,
            })
            .collect()
    }
}

impl Step {
    const ZERO: Self = Self {
        exponent: i16::MIN,
        digits: 0,
    };

    fn of(seconds: f64) -> Self {
        if !seconds.is_finite() || seconds < LEAST {
            return Self::ZERO;
        }
        let exponent = seconds.log10().floor() as i16 - 1;
        let digits = (seconds / 10_f64.powi(exponent.into())).round() as i16;
        if digits > 99 {
            let exponent = exponent + 1;
            return Self {
                exponent,
                digits: 10,
            };
        }
        Self { exponent, digits }
    }

    /// The number that is nearest to how the step is written.
    fn seconds(self) -> f64 {
        if self == Self::ZERO {
            return 0.0;
        }
        let written = format!("{}e{}", self.digits, self.exponent);
        written.parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_told_in_two_digits() {
        let mut histogram = Histogram::default();
        for seconds in [
            0.123,
            0.1234,
            0.0996,
            1.0,
            0.0,
            -1.0,
            1e-9,
            0.005,
            12.6,
            f64::NAN,
        ] {
            histogram.add(seconds);
        }
        let entries = histogram.entries();
        let values: Vec<_> = entries
            .iter()
            .map(|entry| (entry.value, entry.count))
            .collect();
        assert_eq!(
            values,
            [
                (0.0, 4),
                (0.005, 1),
                (0.1, 1),
                (0.12, 2),
                (1.0, 1),
                (13.0, 1)
            ]
        );
    }

    proptest! {
        #[test]
        fn a_step_is_near_and_in_order(one in 1e-6..1e7_f64, other in 1e-6..1e7_f64) {
            let near = Step::of(one).seconds();
            prop_assert!((near - one).abs() <= one * 0.051, "{one} became {near}");
            if one < other {
                prop_assert!(Step::of(one) <= Step::of(other));
                prop_assert!(near <= Step::of(other).seconds());
            }
        }
    }
}
