//! OTLP over HTTP.

use std::{io, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    answer,
    body::{self, BodyError, Compression, Encoding},
    receiver::{MOST_BYTES, OtlpReceiver, TakeError},
};

const PATH: &str = "/v1/traces";

/// How long a client may take to send a body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// How long requests that are under way may take when the agent ends.
const FAREWELL_TIME: Duration = Duration::from_secs(5);

/// The routes of an OTLP endpoint.
pub fn router(receiver: OtlpReceiver) -> Router {
    Router::new()
        .route(PATH, post(export))
        .fallback(|| async {
            let explanation = "only traces are received here: POST /v1/traces\n";
            (StatusCode::NOT_FOUND, explanation)
        })
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(receiver)
}

/// Serves [`router`] until `stop` is cancelled; requests under way get their answer.
///
/// # Errors
///
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    receiver: OtlpReceiver,
    stop: CancellationToken,
) -> io::Result<()> {
    let server = axum::serve(listener, router(receiver))
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .into_future();
    let farewell = async {
        stop.cancelled().await;
        tokio::time::sleep(FAREWELL_TIME).await;
    };
    tokio::select! {
        outcome = server => outcome,
        // A client that does not go on must not keep the agent.
        () = farewell => Ok(()),
    }
}

async fn export(State(receiver): State<OtlpReceiver>, request: Request) -> Response {
    let response = answer_to(&receiver, request).await;
    receiver.count(PATH, response.status().as_u16());
    response
}

async fn answer_to(receiver: &OtlpReceiver, request: Request) -> Response {
    let headers = request.headers();
    let Some(encoding) = Encoding::of(headers) else {
        let explanation = "Content-Type must be application/x-protobuf or application/json\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, explanation).into_response();
    };
    let Some(compression) = Compression::of(headers) else {
        let explanation = "Content-Encoding must be gzip, if there is any";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return answer::refused(encoding, status, explanation.to_owned());
    };
    let body = match tokio::time::timeout(BODY_TIME, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => {
            return answer::refused(encoding, refused.status(), refused.body_text());
        }
        Err(_) => {
            let message = "the body did not come in time".to_owned();
            return answer::refused(encoding, StatusCode::REQUEST_TIMEOUT, message);
        }
    };
    let decode = move || body::decode(&body, encoding, compression);
    match receiver.take(decode).await {
        Ok(partial) => answer::taken(encoding, partial),
        Err(TakeError::Decode(error)) => {
            let status = match error {
                BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::BAD_REQUEST,
            };
            answer::refused(encoding, status, error.to_string())
        }
        Err(TakeError::Intake(error)) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            answer::refused(encoding, status, error.to_string())
        }
    }
}
