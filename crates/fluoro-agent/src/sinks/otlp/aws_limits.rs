//! What AWS's OTLP endpoint takes. It rejects a request as a whole for one span beyond these
//! limits, so that they are looked at before.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span,
};
use prost::Message;

use super::super::answer::Failure;

const REQUEST_BYTES: usize = 5_000_000;
const SPAN_BYTES: usize = 200_000;
const SPANS: usize = 10_000;
const OLDEST: Duration = Duration::from_secs(14 * 24 * 3_600);
const NEWEST: Duration = Duration::from_secs(2 * 3_600);
const SPREAD: Duration = Duration::from_secs(24 * 3_600);

/// Whether AWS would look at this request at all.
pub(super) fn check(request: &ExportTraceServiceRequest, now: SystemTime) -> Result<(), Failure> {
    if request.encoded_len() > REQUEST_BYTES {
        return unsuitable("RequestTooLarge", "a request may have 5 MB");
    }
    let now = nanoseconds(now.duration_since(UNIX_EPOCH).unwrap_or_default());
    let (mut count, mut first, mut last) = (0, u64::MAX, 0);
    for span in spans(request) {
        count += 1;
        first = first.min(span.start_time_unix_nano);
        last = last.max(span.end_time_unix_nano);
        if span.encoded_len() > SPAN_BYTES {
            return unsuitable("SpanTooLarge", "a span may have 200 KB");
        }
    }
    if count > SPANS {
        return unsuitable("TooManySpans", "a request may have 10,000 spans");
    }
    if count > 0 && first < now.saturating_sub(nanoseconds(OLDEST)) {
        return unsuitable("TooOld", "a span may be 14 days old");
    }
    if last > now.saturating_add(nanoseconds(NEWEST)) {
        return unsuitable("InTheFuture", "a span may lie 2 hours ahead");
    }
    if count > 0 && last.saturating_sub(first) > nanoseconds(SPREAD) {
        return unsuitable("TooFarApart", "the spans of a request may span 24 hours");
    }
    Ok(())
}

fn spans(request: &ExportTraceServiceRequest) -> impl Iterator<Item = &Span> {
    let resources = request.resource_spans.iter();
    let scopes = resources.flat_map(|resource| &resource.scope_spans);
    scopes.flat_map(|scope| &scope.spans)
}

fn unsuitable(code: &str, message: &str) -> Result<(), Failure> {
    Err(Failure::Unsuitable {
        code: code.to_owned(),
        message: message.to_owned(),
    })
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};

    use super::*;

    const NOW: Duration = Duration::from_secs(1_763_800_000);

    /// Checks spans that begin so many hours from now and last a second.
    fn checked(hours: &[i64]) -> Option<String> {
        let spans = hours.iter().map(|hours| {
            let start = NOW.as_secs().saturating_add_signed(hours * 3_600) * 1_000_000_000;
            Span {
                start_time_unix_nano: start,
                end_time_unix_nano: start + 1_000_000_000,
                ..Span::default()
            }
        });
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                scope_spans: vec![ScopeSpans {
                    spans: spans.collect(),
                    ..ScopeSpans::default()
                }],
                ..ResourceSpans::default()
            }],
        };
        match check(&request, UNIX_EPOCH + NOW) {
            Ok(()) => None,
            Err(Failure::Unsuitable { code, .. }) => Some(code),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn times_must_be_near_now_and_each_other() {
        assert_eq!(checked(&[-1, 0, 1]), None);
        assert_eq!(checked(&[-15 * 24]).as_deref(), Some("TooOld"));
        assert_eq!(checked(&[3]).as_deref(), Some("InTheFuture"));
        assert_eq!(checked(&[-25, 0]).as_deref(), Some("TooFarApart"));
        assert_eq!(checked(&[0; 10_001]).as_deref(), Some("TooManySpans"));
        assert_eq!(checked(&[]), None);
    }
}
