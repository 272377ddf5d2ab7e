//! Keeps a log readable while the same thing happens again and again.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Lines of one kind are written at most this often.
const INTERVAL: Duration = Duration::from_secs(60);

/// Kinds that are told apart; further ones share a place.
const KINDS: usize = 64;

/// Lets one line per kind and interval pass, and counts the others.
#[derive(Debug, Default)]
pub(super) struct QuietLog {
    kinds: HashMap<String, Kind>,
}

#[derive(Debug)]
struct Kind {
    written_at: Instant,
    suppressed: u64,
}

impl QuietLog {
    /// Whether `count` things of a kind are to be told now: then how many, together with those
    /// that were suppressed before.
    pub(super) fn pass(&mut self, kind: &str, count: u64, now: Instant) -> Option<u64> {
        let kind = if self.kinds.len() < KINDS || self.kinds.contains_key(kind) {
            kind
        } else {
            "other"
        };
        match self.kinds.get_mut(kind) {
            Some(known) if now.duration_since(known.written_at) < INTERVAL => {
                known.suppressed += count;
                None
            }
            Some(known) => {
                known.written_at = now;
                Some(count + std::mem::take(&mut known.suppressed))
            }
            None => {
                let new = Kind {
                    written_at: now,
                    suppressed: 0,
                };
                self.kinds.insert(kind.to_owned(), new);
                Some(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_kind_and_interval_tells_of_all() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut log = QuietLog::default();
        assert_eq!(log.pass("InvalidTraceId", 2, start), Some(2));
        assert_eq!(log.pass("InvalidTraceId", 3, after(1)), None);
        assert_eq!(log.pass("InvalidName", 1, after(1)), Some(1));
        assert_eq!(log.pass("InvalidTraceId", 4, after(61)), Some(7));
    }

    #[test]
    fn kinds_are_bounded() {
        let start = Instant::now();
        let mut log = QuietLog::default();
        let passed = (0..1_000).filter(|kind| log.pass(&kind.to_string(), 1, start).is_some());
        assert_eq!(passed.count(), KINDS + 1);
    }
}
