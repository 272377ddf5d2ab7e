//! What an HTTP answer, or the lack of one, means for a batch.

use std::{error::Error, time::Duration};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use jiff::{Timestamp, fmt::rfc2822};

use super::{
    answer::{Failure, Trouble},
    reason::reason,
};

/// Most bytes of an answer that are read.
const LARGEST_ANSWER: usize = 4 << 20;

/// Most of an error's text that is shown.
const SHOWN: usize = 300;

/// There was no answer. The address is left out: it may hold a key.
pub(super) fn no_answer(error: reqwest::Error) -> Failure {
    unavailable(trouble_of(&error), reason(&error.without_url()))
}

/// Documents cannot be taken now, for a reason that no status tells.
pub(super) fn unavailable(trouble: Trouble, reason: String) -> Failure {
    Failure::Unavailable {
        trouble,
        reason,
        pause: None,
    }
}

/// An answer other than success. Only 400, 413 and 422 blame what was sent; all others are about
/// the backend's state, credentials or the address, and documents wait until that is repaired.
pub(super) fn unsuccessful(status: StatusCode, headers: &HeaderMap, message: &str) -> Failure {
    let message = shown(message);
    if matches!(status.as_u16(), 400 | 413 | 422) {
        return Failure::Blamed {
            code: status.as_u16().to_string(),
            message,
        };
    }
    Failure::Unavailable {
        trouble: if status.is_server_error() {
            Trouble::Status5xx
        } else {
            Trouble::Status4xx
        },
        reason: format!("it answers {status}: {message}"),
        pause: retry_after(headers, Timestamp::now()),
    }
}

/// The body of an answer, if it arrives as a whole and is not too large.
pub(super) async fn body(response: &mut reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            let reason = format!("its answer is larger than {LARGEST_ANSWER} bytes");
            return Err(unavailable(Trouble::Other, reason));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The beginning of a text on one line.
pub(super) fn shown(text: &str) -> String {
    let printable = text.chars().filter(|letter| !letter.is_control());
    printable.take(SHOWN).collect::<String>().trim().to_owned()
}

/// `Retry-After`, which is a number of seconds or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    until.duration_since(now).try_into().ok()
}

fn trouble_of(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return Trouble::Timeout;
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return Trouble::ConnectionRefused;
        }
        if cause.to_string().contains("dns error") {
            return Trouble::UnknownHost;
        }
        source = cause.source();
    }
    Trouble::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, after: Option<&str>) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(after) = after {
            headers.insert(RETRY_AFTER, after.parse().unwrap());
        }
        unsuccessful(StatusCode::from_u16(status).unwrap(), &headers, "no\n")
    }

    #[test]
    fn only_some_answers_blame_the_batch() {
        for status in [400, 413, 422] {
            assert!(matches!(failure(status, None), Failure::Blamed { .. }));
        }
        for status in [302, 401, 403, 404, 408, 429, 500, 503] {
            let failure = failure(status, None);
            assert!(matches!(failure, Failure::Unavailable { .. }), "{status}");
        }
    }

    #[test]
    fn the_pause_that_is_asked_for_is_read() {
        let pause = |after| match failure(429, Some(after)) {
            Failure::Unavailable { pause, reason, .. } => {
                assert_eq!(reason, "it answers 429 Too Many Requests: no");
                pause
            }
            other => panic!("429 does not blame the batch: {other:?}"),
        };
        assert_eq!(pause("7"), Some(Duration::from_secs(7)));
        assert_eq!(pause("-1"), None);
        assert_eq!(pause("soon"), None);
    }

    #[test]
    fn a_pause_may_end_at_a_date() {
        let now: Timestamp = "1999-12-31T23:59:29Z".parse().unwrap();
        let after = |date: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, date.parse().unwrap())]);
            retry_after(&headers, now)
        };
        let half_a_minute = Some(Duration::from_secs(30));
        assert_eq!(after("Fri, 31 Dec 1999 23:59:59 GMT"), half_a_minute);
        assert_eq!(after("Fri, 31 Dec 1999 22:59:59 GMT"), None);
    }
}
