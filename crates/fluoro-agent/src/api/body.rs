//! Bodies of requests: bounded in size and time, and read with errors that say where.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::answer::ApiError;

/// Largest body of most requests.
pub(super) const SMALL: usize = 1 << 20;

/// Largest body of `PutTraceSegments`: 50 documents of 64 kB, with quotes escaped.
pub(super) const SEGMENTS: usize = 8 << 20;

/// Largest file that is imported in one request.
pub(super) const IMPORT: usize = 64 << 20;

/// How long a body may take to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

/// The whole body.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(ApiError::too_large(limit));
    }
    match tokio::time::timeout(ARRIVES_WITHIN, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // It was cut off, or it came in chunks and was larger; who cut it off hears nothing.
        Ok(Err(_)) => Err(ApiError::too_large(limit)),
        Err(_) => Err(ApiError::timeout()),
    }
}

/// Reads a JSON object; no body at all is an empty one.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body: &[u8] = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    };
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::invalid(
            "the body cannot be read: it is a list, not an object",
        ));
    }
    serde_json::from_slice(body)
        .map_err(|failure| ApiError::invalid(format!("the body cannot be read: {failure}")))
}
