use std::fmt;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

/// Lines as the daemon writes them, with the fields behind the message:
/// `2026-02-25T10:00:00Z [Info] message field=value`.
pub(super) struct DaemonFormat;

impl<S, N> FormatEvent<S, N> for DaemonFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let now = Timestamp::now().to_zoned(TimeZone::system());
        let level = level_name(*event.metadata().level());
        write!(writer, "{} [{level}] ", spelled(&now))?;
        context
            .field_format()
            .format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

fn spelled(time: &Zoned) -> String {
    let zone = if time.offset().is_zero() { "Z" } else { "%:z" };
    time.strftime(&format!("%Y-%m-%dT%H:%M:%S{zone}"))
        .to_string()
}

const fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "Error",
        Level::WARN => "Warn",
        Level::INFO => "Info",
        Level::DEBUG => "Debug",
        Level::TRACE => "Trace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_as_the_daemon_does() {
        let moment: Timestamp = "2026-02-25T10:00:00Z".parse().unwrap();
        let india = TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap());
        let spelled_in = |zone| spelled(&moment.to_zoned(zone));
        assert_eq!(spelled_in(TimeZone::UTC), "2026-02-25T10:00:00Z");
        assert_eq!(spelled_in(india), "2026-02-25T15:30:00+05:30");
    }
}
