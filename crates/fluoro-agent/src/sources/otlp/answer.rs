//! Answers over HTTP, in the encoding of the request.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::json;

use super::body::Encoding;

/// When to try again after a failure of the store, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// `google.rpc.Status`, which OTLP tells failures with.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The spans were taken, all or some.
pub(super) fn taken(encoding: Encoding, partial: Option<ExportTracePartialSuccess>) -> Response {
    let body = match encoding {
        Encoding::Protobuf => ExportTraceServiceResponse {
            partial_success: partial,
        }
        .encode_to_vec(),
        Encoding::Json => match partial {
            None => b"{}".to_vec(),
            // Protobuf's JSON spells 64-bit integers as texts.
            Some(partial) => json!({"partialSuccess": {
                "rejectedSpans": partial.rejected_spans.to_string(),
                "errorMessage": partial.error_message,
            }})
            .to_string()
            .into_bytes(),
        },
    };
    written(StatusCode::OK, encoding, body)
}

/// The request was refused, for good or for now.
pub(super) fn refused(encoding: Encoding, status: StatusCode, message: String) -> Response {
    let code = match status {
        StatusCode::SERVICE_UNAVAILABLE => tonic::Code::Unavailable,
        StatusCode::PAYLOAD_TOO_LARGE => tonic::Code::ResourceExhausted,
        _ => tonic::Code::InvalidArgument,
    };
    let code = code as i32;
    let body = match encoding {
        Encoding::Protobuf => Status { code, message }.encode_to_vec(),
        Encoding::Json => json!({"code": code, "message": message})
            .to_string()
            .into_bytes(),
    };
    let mut response = written(status, encoding, body);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

fn written(status: StatusCode, encoding: Encoding, body: Vec<u8>) -> Response {
    let content_type = [(header::CONTENT_TYPE, encoding.content_type())];
    (status, content_type, body).into_response()
}
