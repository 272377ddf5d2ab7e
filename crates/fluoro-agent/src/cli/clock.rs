//! The time now, and times as people read them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, tz::TimeZone};

/// Seconds since the epoch.
pub(super) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

/// A moment on the clock on the wall; with the day unless it is today.
pub(super) fn shown(seconds: f64) -> String {
    shown_in(seconds, now(), &TimeZone::system())
}

fn shown_in(seconds: f64, now: f64, zone: &TimeZone) -> String {
    let moment = |seconds: f64| {
        let timestamp = Timestamp::from_millisecond((seconds * 1_000.0) as i64);
        timestamp.unwrap_or_default().to_zoned(zone.clone())
    };
    let time = moment(seconds);
    let is_today = time.date() == moment(now).date();
    let format = if is_today {
        "%H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_told_unless_it_is_today() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let noon = 1_772_013_600.0;
        assert_eq!(shown_in(noon, noon + 60.0, &zone), "12:00:00");
        assert_eq!(
            shown_in(noon, noon + 86_400.0, &zone),
            "2026-02-25 12:00:00"
        );
        assert_eq!(shown_in(f64::NAN, noon, &zone), "1970-01-01 02:00:00");
        assert!(!shown_in(1e300, noon, &zone).is_empty());
    }
}
