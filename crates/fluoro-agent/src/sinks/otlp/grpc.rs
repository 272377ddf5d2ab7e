//! OTLP over gRPC.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use tonic::{
    Code, Request, Status,
    codec::CompressionEncoding,
    metadata::MetadataMap,
    transport::{Channel, ClientTlsConfig, Endpoint},
};
use tonic_types::StatusExt;

use super::{
    super::{
        answer::{Answer, Failure, Trouble},
        backend::{Backend, BatchLimits, Sending},
        http_outcome,
    },
    LIMITS,
    content::Content,
    endpoint::{self, EndpointError},
};
use crate::aws::install_crypto_provider;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An OTLP receiver over gRPC.
pub(in super::super) struct OtlpGrpc {
    client: TraceServiceClient<Channel>,
    metadata: MetadataMap,
}

impl OtlpGrpc {
    /// Must be called inside of a runtime; connects with the first request.
    pub(in super::super) fn new(
        address: &str,
        headers: &[(String, String)],
    ) -> Result<Self, EndpointError> {
        let url = endpoint::parse(address)?;
        let failed = |error: tonic::transport::Error| EndpointError::new(address, error);
        let mut channel = Endpoint::from_shared(address.to_owned())
            .map_err(failed)?
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("fluoro/", env!("CARGO_PKG_VERSION")))
            .map_err(failed)?;
        if url.scheme() == "https" {
            install_crypto_provider();
            let tls = ClientTlsConfig::new().with_native_roots();
            channel = channel.tls_config(tls).map_err(failed)?;
        }
        let client = TraceServiceClient::new(channel.connect_lazy())
            .send_compressed(CompressionEncoding::Gzip)
            .accept_compressed(CompressionEncoding::Gzip);
        Ok(Self {
            client,
            metadata: MetadataMap::from_headers(endpoint::headers(address, headers)?),
        })
    }

    async fn export(&self, documents: &[Vec<u8>]) -> Result<Answer, Failure> {
        let content = Content::of(documents);
        if content.is_empty() {
            return Ok(content.without_request());
        }
        let mut request = Request::new(content.request.clone());
        *request.metadata_mut() = self.metadata.clone();
        let answer = self.client.clone().export(request).await;
        let response = answer.map_err(|status| failure(&status))?.into_inner();
        Ok(content.taken(response.partial_success))
    }
}

impl Backend for OtlpGrpc {
    fn batch_limits(&self) -> BatchLimits {
        LIMITS
    }

    fn send<'a>(&'a self, documents: &'a [Vec<u8>]) -> Sending<'a> {
        Box::pin(self.export(documents))
    }
}

/// Only `InvalidArgument` blames what was sent.
fn failure(status: &Status) -> Failure {
    let message = http_outcome::shown(status.message());
    let trouble = match status.code() {
        Code::InvalidArgument => {
            return Failure::Blamed {
                code: "InvalidArgument".to_owned(),
                message,
            };
        }
        Code::DeadlineExceeded => Trouble::Timeout,
        Code::Unavailable => Trouble::ConnectionRefused,
        _ => Trouble::Other,
    };
    Failure::Unavailable {
        trouble,
        reason: format!("it answers {:?}: {message}", status.code()),
        pause: status
            .get_details_retry_info()
            .and_then(|info| info.retry_delay),
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn only_an_invalid_argument_blames_the_batch() {
        let blamed = failure(&Status::invalid_argument("bad span"));
        assert!(matches!(blamed, Failure::Blamed { message, .. } if message == "bad span"));
        for status in [
            Status::unavailable("gone"),
            Status::resource_exhausted("slow down"),
            Status::unauthenticated("who are you"),
            Status::internal("oh"),
        ] {
            assert!(matches!(
                failure(&status),
                Failure::Unavailable { pause: None, .. }
            ));
        }
    }

    #[test]
    fn the_pause_that_is_asked_for_is_read() {
        let wanted = Some(Duration::from_millis(1_500));
        let details = ErrorDetails::with_retry_info(wanted);
        let status = Status::with_error_details(Code::ResourceExhausted, "slow down", details);
        assert!(matches!(
            failure(&status),
            Failure::Unavailable { pause, .. } if pause == wanted
        ));
    }
}
