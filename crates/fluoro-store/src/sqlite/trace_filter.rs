//! Tells quickly that a bucket does not have a trace: a Bloom filter in memory.

use std::sync::atomic::{AtomicU64, Ordering};

use fluoro_wire::TraceId;

/// Bits that are set for each trace.
const PROBES: u64 = 5;

/// Which traces a bucket may have; sometimes it says yes to one that is not there.
#[derive(Debug)]
pub(super) struct TraceFilter {
    words: Box<[AtomicU64]>,
}

impl TraceFilter {
    /// A filter for a bucket that will have about this many bytes.
    ///
    /// A trace hardly ever takes less than half a kilobyte, so ten bits or more fall to each: one
    /// answer in a hundred is wrong.
    pub(super) fn for_bytes(bytes: u64) -> Self {
        let words = (bytes / 4_096).clamp(64, 1 << 20).next_power_of_two();
        Self {
            words: (0..words).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    pub(super) fn insert(&self, trace: TraceId) {
        for (word, bit) in self.places(trace) {
            self.words[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    pub(super) fn may_contain(&self, trace: TraceId) -> bool {
        self.places(trace)
            .all(|(word, bit)| self.words[word].load(Ordering::Relaxed) & bit != 0)
    }

    fn places(&self, trace: TraceId) -> impl Iterator<Item = (usize, u64)> {
        let id = u128::from_be_bytes(*trace.as_bytes());
        // Ids of some programs count up, so the bits must be spread.
        let first = mixed(id as u64 ^ mixed((id >> 64) as u64));
        let step = mixed(first) | 1;
        let mask = self.words.len() as u64 * 64 - 1;
        (0..PROBES).map(move |probe| {
            let place = first.wrapping_add(probe.wrapping_mul(step)) & mask;
            ((place / 64) as usize, 1 << (place % 64))
        })
    }
}

/// Spreads what differs in a few bits over all of them.
const fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 29)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    value ^ (value >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inserted_is_found_and_little_else() {
        let filter = TraceFilter::for_bytes(64 << 20);
        let id = |number: u32| TraceId::from_parts(1_700_000_000, 0, u64::from(number));
        (0..100_000).for_each(|number| filter.insert(id(number)));
        assert!((0..100_000).all(|number| filter.may_contain(id(number))));
        let wrong = (100_000..200_000).filter(|number| filter.may_contain(id(*number)));
        let wrong = wrong.count();
        assert!(wrong < 2_000, "{wrong} of 100,000");
    }
}
