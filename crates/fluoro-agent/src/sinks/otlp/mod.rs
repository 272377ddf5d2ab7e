//! OTLP backends: any over HTTP or gRPC, and AWS's own, which wants signed requests.

mod aws;
mod aws_limits;
mod content;
mod endpoint;
mod grpc;
mod http;

pub(super) use aws::AwsOtlp;
pub use endpoint::EndpointError;
pub(super) use endpoint::{backend_name, check_not_own};
pub(super) use grpc::OtlpGrpc;
pub(super) use http::OtlpHttp;

use super::backend::BatchLimits;

/// Receivers take 4 MB by default; a document becomes about as many bytes of spans, and one of a
/// minimal size about 90, which keeps a request below the 10,000 spans that AWS takes.
const LIMITS: BatchLimits = BatchLimits {
    documents: 128,
    bytes: 900_000,
};
