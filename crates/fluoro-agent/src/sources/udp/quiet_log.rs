//! Says that something happens again and again without filling the log.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Lets one line per kind through in an interval, and counts what the line stands for.
#[derive(Debug)]
pub(super) struct QuietLog {
    interval: Duration,
    kinds: HashMap<&'static str, Kind>,
}

#[derive(Debug, Default)]
struct Kind {
    last_line: Option<Instant>,
    untold: u64,
}

impl QuietLog {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            kinds: HashMap::new(),
        }
    }

    /// Notes that something happened `count` times; if a line is due, returns how often it
    /// happened since the last one.
    pub(super) fn note(&mut self, kind: &'static str, count: u64, now: Instant) -> Option<u64> {
        let kind = self.kinds.entry(kind).or_default();
        kind.untold += count;
        let is_due = kind
            .last_line
            .is_none_or(|last| now.duration_since(last) >= self.interval);
        if !is_due || kind.untold == 0 {
            return None;
        }
        kind.last_line = Some(now);
        Some(std::mem::take(&mut kind.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_kind_and_interval_tells_of_everything() {
        let mut log = QuietLog::new(Duration::from_secs(10));
        let start = Instant::now();
        assert_eq!(log.note("header", 1, start), Some(1));
        assert_eq!(log.note("header", 2, start + Duration::from_secs(1)), None);
        assert_eq!(log.note("full", 5, start + Duration::from_secs(1)), Some(5));
        assert_eq!(log.note("header", 3, start + Duration::from_secs(9)), None);
        let later = start + Duration::from_secs(10);
        assert_eq!(log.note("header", 0, later), Some(5));
        assert_eq!(log.note("full", 0, start + Duration::from_secs(60)), None);
    }
}
