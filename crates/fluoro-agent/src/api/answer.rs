//! Answers as AWS gives them.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use fluoro_store::StoreError;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use crate::intake::IntakeError;

/// Why a request was not answered with what it asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    /// AWS's name of the kind of error.
    kind: &'static str,
    message: String,
    /// Where in a filter expression the error is, counted in characters.
    position: Option<usize>,
}

/// What an operation answers: a JSON document.
pub(crate) type Answer = Result<Response, ApiError>;

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            position: None,
        }
    }

    /// The request is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequestException", message)
    }

    /// The request is wrong at a place of its filter expression, counted in characters.
    pub(crate) fn invalid_at(message: impl Into<String>, position: usize) -> Self {
        Self {
            position: Some(position),
            ..Self::invalid(message)
        }
    }

    /// There are as many sampling rules as there may be.
    pub(crate) fn rule_limit(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "RuleLimitExceededException",
            message,
        )
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
    }

    /// There is no such operation.
    pub(crate) fn unknown_operation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "UnknownOperationException", message)
    }

    /// Too much at once; the same request may be made again.
    pub(crate) fn throttled(message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "ThrottledException", message)
    }

    /// Whoever asks may not.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDeniedException", message)
    }

    /// The body is larger than allowed.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLargeException",
            format!("the body is larger than {limit} bytes"),
        )
    }

    /// The body did not come in time.
    pub(crate) fn timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeoutException",
            "the body did not come in time",
        )
    }

    /// Another method is needed.
    pub(crate) fn method(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowedException",
            message,
        )
    }

    /// The agent failed; the same request may be made again.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            message,
        )
    }

    /// The agent cannot answer for now.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            message,
        )
    }
}

impl From<StoreError> for ApiError {
    fn from(failure: StoreError) -> Self {
        tracing::error!("a request failed: {failure}");
        Self::internal(failure.to_string())
    }
}

impl From<IntakeError> for ApiError {
    fn from(failure: IntakeError) -> Self {
        match failure {
            IntakeError::Store(_) => Self::internal(failure.to_string()),
            IntakeError::Closed => Self::unavailable(failure.to_string()),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({"__type": self.kind, "message": self.message});
        if let Some(position) = self.position {
            body["position"] = position.into();
        }
        let mut response = json_bytes(body.to_string().into_bytes());
        *response.status_mut() = self.status;
        response
            .headers_mut()
            .insert("x-amzn-errortype", HeaderValue::from_static(self.kind));
        response
    }
}

/// Answers with `value`.
pub(crate) fn json<T: Serialize>(value: &T) -> Answer {
    serde_json::to_vec(value)
        .map(json_bytes)
        .map_err(|failure| ApiError::internal(format!("the answer cannot be written: {failure}")))
}

/// Answers with a JSON document that is written already.
pub(crate) fn json_bytes(bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
