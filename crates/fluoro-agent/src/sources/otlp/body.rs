//! From the bytes of an HTTP body to an export request.

use std::io::Read;

use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use super::{json, receiver::MOST_BYTES};

/// How a message is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

/// Whether a body has to be unpacked first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Compression {
    None,
    Gzip,
}

/// Why a body is no export request.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("more than {MOST_BYTES} bytes; send fewer spans at once")]
    TooLarge,
    #[error("the body is not gzip: {0}")]
    Gzip(std::io::Error),
    #[error("the body is not an ExportTraceServiceRequest in protobuf: {0}")]
    Protobuf(#[from] prost::DecodeError),
    #[error("the body is not an ExportTraceServiceRequest in OTLP's JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Encoding {
    /// The header's value.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        match value.split(';').next()?.trim() {
            name if name.eq_ignore_ascii_case("application/x-protobuf") => Some(Self::Protobuf),
            name if name.eq_ignore_ascii_case("application/json") => Some(Self::Json),
            _ => None,
        }
    }
}

impl Compression {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else {
            return Some(Self::None);
        };
        match value.to_str().ok()?.trim() {
            "" | "identity" => Some(Self::None),
            name if name.eq_ignore_ascii_case("gzip") => Some(Self::Gzip),
            _ => None,
        }
    }
}

/// Reads a body.
pub(super) fn decode(
    body: &[u8],
    encoding: Encoding,
    compression: Compression,
) -> Result<ExportTraceServiceRequest, BodyError> {
    let unpacked;
    let body = match compression {
        Compression::None => body,
        Compression::Gzip => {
            unpacked = unpack(body)?;
            &unpacked
        }
    };
    Ok(match encoding {
        Encoding::Protobuf => ExportTraceServiceRequest::decode(body)?,
        Encoding::Json => json::read(body)?,
    })
}

fn unpack(body: &[u8]) -> Result<Vec<u8>, BodyError> {
    let mut unpacked = Vec::new();
    let most = MOST_BYTES as u64 + 1;
    MultiGzDecoder::new(body)
        .take(most)
        .read_to_end(&mut unpacked)
        .map_err(BodyError::Gzip)?;
    if unpacked.len() > MOST_BYTES {
        return Err(BodyError::TooLarge);
    }
    Ok(unpacked)
}
