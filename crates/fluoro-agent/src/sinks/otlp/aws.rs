//! AWS's own OTLP endpoint: signed requests to the X-Ray of the region.

use std::time::SystemTime;

use http::Request;

use super::{
    super::{
        answer::{Answer, Failure, Trouble},
        backend::{Backend, BatchLimits, Sending},
        http_outcome,
    },
    LIMITS, aws_limits,
    content::Content,
    http::{conclude, protobuf_headers},
};
use crate::aws::{AwsError, Client};

/// The OTLP endpoint of one region.
pub(in super::super) struct AwsOtlp {
    client: Client,
}

impl AwsOtlp {
    pub(in super::super) fn new(client: Client) -> Self {
        Self { client }
    }

    async fn export(&self, documents: &[Vec<u8>]) -> Result<Answer, Failure> {
        let content = Content::of(documents);
        if content.is_empty() {
            return Ok(content.without_request());
        }
        aws_limits::check(&content.request, SystemTime::now())?;
        let mut request = Request::post("/v1/traces")
            .body(content.gzip())
            .expect("the path is valid");
        *request.headers_mut() = protobuf_headers();
        let sent = self.client.send(request).await;
        let response = sent.map_err(|error| match error {
            AwsError::Request(error) => http_outcome::no_answer(error),
            other => http_outcome::unavailable(Trouble::Other, other.to_string()),
        })?;
        conclude(content, response).await
    }
}

impl Backend for AwsOtlp {
    fn batch_limits(&self) -> BatchLimits {
        LIMITS
    }

    fn send<'a>(&'a self, documents: &'a [Vec<u8>]) -> Sending<'a> {
        Box::pin(self.export(documents))
    }
}
