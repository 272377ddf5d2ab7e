//! A request to X-Ray and what its answer means.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use serde::Deserialize;

use super::super::{
    answer::{Failure, Trouble},
    http_outcome,
};
use crate::aws::{AwsError, Client};

const TIMESTAMP: HeaderName = HeaderName::from_static("x-amzn-xray-timestamp");

/// Errors that X-Ray reports with status 400 although they do not blame the batch.
const NOT_THE_BATCH: [&str; 7] = [
    "Throttl",
    "Token",
    "Signature",
    "Credential",
    "AccessDenied",
    "UnrecognizedClient",
    "RequestExpired",
];

/// Posts JSON to X-Ray as the daemon does; the body of the answer if it succeeded.
pub(super) async fn post(
    client: &Client,
    path: &'static str,
    user_agent: &HeaderValue,
    body: Bytes,
) -> Result<Vec<u8>, Failure> {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, user_agent)
        .header(TIMESTAMP, timestamp(SystemTime::now()))
        .body(body)
        .expect("path and headers are valid");
    let mut response = client.send(request).await.map_err(unreached)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http_outcome::body(&mut response).await?;
    if status.is_success() {
        Ok(body)
    } else {
        let error = ServiceError::read(&headers, &body);
        Err(error.failure(status, &headers))
    }
}

fn unreached(error: AwsError) -> Failure {
    match error {
        AwsError::Request(error) => http_outcome::no_answer(error),
        other => http_outcome::unavailable(Trouble::Other, other.to_string()),
    }
}

/// Seconds since the epoch with nine decimals.
fn timestamp(now: SystemTime) -> HeaderValue {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let text = format!("{}.{:09}", since.as_secs(), since.subsec_nanos());
    HeaderValue::from_str(&text).expect("digits and a dot are a header's value")
}

/// How X-Ray words an error.
struct ServiceError {
    code: String,
    message: String,
}

impl ServiceError {
    fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Wire {
            #[serde(rename = "__type")]
            kind: String,
            #[serde(alias = "Message")]
            message: String,
        }
        let wire: Wire = serde_json::from_slice(body).unwrap_or_else(|_| Wire {
            kind: String::new(),
            message: String::from_utf8_lossy(body).into_owned(),
        });
        let header = headers.get("x-amzn-errortype");
        let code = header
            .and_then(|code| code.to_str().ok())
            .unwrap_or(&wire.kind);
        // A namespace stands before the name, a link behind it.
        let code = code.split(':').next().unwrap_or_default();
        Self {
            code: code.rsplit('#').next().unwrap_or_default().to_owned(),
            message: wire.message,
        }
    }

    fn failure(self, status: http::StatusCode, headers: &HeaderMap) -> Failure {
        let Self { code, message } = self;
        let text = format!("{code} {message}");
        match http_outcome::unsuccessful(status, headers, &text) {
            Failure::Blamed { .. } if NOT_THE_BATCH.iter().any(|name| code.contains(name)) => {
                let reason = format!("it answers {status}: {}", http_outcome::shown(&text));
                http_outcome::unavailable(Trouble::Status4xx, reason)
            }
            Failure::Blamed { .. } if !code.is_empty() => Failure::Blamed {
                code,
                message: http_outcome::shown(&message),
            },
            failure => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;

    fn failure(status: StatusCode, kind: Option<&str>, body: &str) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert("x-amzn-errortype", kind.parse().unwrap());
        }
        ServiceError::read(&headers, body.as_bytes()).failure(status, &headers)
    }

    #[test]
    fn an_error_of_the_service_names_its_code() {
        let body = r#"{"message":"Exceeding maximum segment count: 50"}"#;
        let kind = "InvalidRequestException:http://internal.amazon.com/x/";
        assert_eq!(
            failure(StatusCode::BAD_REQUEST, Some(kind), body),
            Failure::Blamed {
                code: "InvalidRequestException".to_owned(),
                message: "Exceeding maximum segment count: 50".to_owned(),
            }
        );
    }

    #[test]
    fn credentials_and_load_do_not_blame_the_batch() {
        for body in [
            r#"{"__type":"com.amazon.coral.availability#ThrottlingException","Message":"Rate exceeded"}"#,
            r#"{"__type":"ExpiredTokenException","message":"expired"}"#,
            r#"{"__type":"UnrecognizedClientException","message":"who?"}"#,
        ] {
            let failure = failure(StatusCode::BAD_REQUEST, None, body);
            assert!(
                matches!(failure, Failure::Unavailable { .. }),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn the_timestamp_has_nine_decimals() {
        let now = UNIX_EPOCH + Duration::new(1_763_800_000, 5_000);
        assert_eq!(timestamp(now), "1763800000.000005000");
    }
}
