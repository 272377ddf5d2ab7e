//! The signing proxy of the TCP port: forwards every request to X-Ray with a signature, so that
//! SDKs need no credentials.
//!
//! Without credentials a request goes on as it came, as the daemon has it: X-Ray's answer then
//! tells the SDK what is missing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::json;

use super::{AwsError, Client};

/// Largest body that is forwarded: a full batch of segment documents is 3.2 MB.
const LARGEST_BODY: usize = 8 << 20;

/// Most time for a client to send its body.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// What concerns one connection only.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

#[derive(Debug)]
struct Forwarder {
    client: Client,
    unsigned: AtomicBool,
}

/// Forwards every method and path to the X-Ray of `client`.
pub fn router(client: Client) -> Router {
    let forwarder = Forwarder {
        client,
        unsigned: AtomicBool::new(false),
    };
    Router::new()
        .fallback(forward)
        .with_state(Arc::new(forwarder))
}

async fn forward(State(forwarder): State<Arc<Forwarder>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match tokio::time::timeout(BODY_WITHIN, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let message = format!("the body is broken or larger than {LARGEST_BODY} bytes");
            return failure(StatusCode::PAYLOAD_TOO_LARGE, &message);
        }
        Err(_) => return failure(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = http::Request::new(body);
    *request.method_mut() = parts.method;
    *request.uri_mut() = parts.uri.clone();
    *request.headers_mut() = end_to_end(&parts.headers);
    match forwarder.send(request).await {
        Ok(response) => answer(response),
        Err(error) => {
            tracing::warn!("a request for {path} could not be forwarded: {error}");
            failure(StatusCode::BAD_GATEWAY, &error.to_string())
        }
    }
}

impl Forwarder {
    async fn send(&self, request: http::Request<Bytes>) -> Result<reqwest::Response, AwsError> {
        match self.client.send(request.clone()).await {
            Err(AwsError::Credentials(reason)) => {
                if !self.unsigned.swap(true, Ordering::Relaxed) {
                    tracing::error!("requests are forwarded without a signature: {reason}");
                }
                self.client.send_unsigned(request).await
            }
            answer => {
                if answer.is_ok() && self.unsigned.swap(false, Ordering::Relaxed) {
                    tracing::info!("requests are signed again");
                }
                answer
            }
        }
    }
}

fn answer(response: reqwest::Response) -> Response {
    let status = response.status();
    let mut headers = end_to_end(response.headers());
    if let Some(length) = response.headers().get(header::CONTENT_LENGTH) {
        headers.insert(header::CONTENT_LENGTH, length.clone());
    }
    let mut answer = Response::new(Body::from_stream(response.bytes_stream()));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

/// The headers that go on: without those of one connection, those that `Connection` names, and
/// what the next connection sets itself.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    headers
        .iter()
        .filter(|(name, _)| {
            !HOP_BY_HOP.contains(&name.as_str())
                && !named.contains(name)
                && !matches!(**name, header::HOST | header::CONTENT_LENGTH)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_one_connection_stay_behind() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private"),
            ("x-private", "1"),
            ("host", "127.0.0.1:2000"),
            ("content-length", "2"),
            ("content-type", "application/json"),
            (
                "x-amzn-trace-id",
                "Root=1-5759e988-bd862e3fe1be46a994272793",
            ),
        ] {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        let kept = end_to_end(&headers);
        let mut names: Vec<_> = kept.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-type", "x-amzn-trace-id"]);
    }
}
