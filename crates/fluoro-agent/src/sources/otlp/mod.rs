//! OpenTelemetry's protocol: spans in, segment documents to the intake, and an answer when they
//! are kept.
//!
//! HTTP takes `POST /v1/traces` with protobuf or JSON, plain or gzip; gRPC takes
//! `TraceService/Export`, plain or gzip. Messages have 16 MiB at most, decompressed. Spans that
//! X-Ray would reject are kept aside with the reason and reported as a partial success.
//! [`to_segment`](crate::otlp::to_segment) tells what a span becomes.

mod answer;
mod body;
mod grpc;
mod http;
mod json;
mod receiver;

pub use grpc::serve as serve_grpc;
pub use http::{router, serve as serve_http};
pub use receiver::OtlpReceiver;
