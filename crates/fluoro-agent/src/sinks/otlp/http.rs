//! OTLP over HTTP: protobuf, compressed.

use std::time::Duration;

use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT},
};
use reqwest::{Client, Url};

use super::{
    super::{
        answer::{Answer, Failure},
        backend::{Backend, BatchLimits, Sending},
        http_outcome,
        reason::reason,
    },
    LIMITS,
    content::Content,
    endpoint::{self, EndpointError},
};
use crate::aws::install_crypto_provider;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An OTLP receiver over HTTP.
pub(in super::super) struct OtlpHttp {
    client: Client,
    url: Url,
    headers: HeaderMap,
}

impl OtlpHttp {
    pub(in super::super) fn new(
        address: &str,
        given: &[(String, String)],
    ) -> Result<Self, EndpointError> {
        let url = endpoint::with_path(address)?;
        let mut headers = protobuf_headers();
        headers.extend(endpoint::headers(address, given)?);
        let client = client(&url).map_err(|error| EndpointError::new(address, reason(&error)))?;
        Ok(Self {
            client,
            url,
            headers,
        })
    }

    async fn export(&self, documents: &[Vec<u8>]) -> Result<Answer, Failure> {
        let content = Content::of(documents);
        if content.is_empty() {
            return Ok(content.without_request());
        }
        let request = self.client.post(self.url.clone());
        let request = request.headers(self.headers.clone()).body(content.gzip());
        let sent = request.send().await;
        let response = sent.map_err(http_outcome::no_answer)?;
        conclude(content, response).await
    }
}

impl Backend for OtlpHttp {
    fn batch_limits(&self) -> BatchLimits {
        LIMITS
    }

    fn send<'a>(&'a self, documents: &'a [Vec<u8>]) -> Sending<'a> {
        Box::pin(self.export(documents))
    }
}

/// What a receiver's answer means.
pub(super) async fn conclude(
    content: Content,
    mut response: reqwest::Response,
) -> Result<Answer, Failure> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http_outcome::body(&mut response).await?;
    if status.is_success() {
        content.answered(&body)
    } else {
        let text = String::from_utf8_lossy(&body);
        Err(http_outcome::unsuccessful(status, &headers, &text))
    }
}

/// What describes the body of a request.
pub(super) fn protobuf_headers() -> HeaderMap {
    let agent = concat!("fluoro/", env!("CARGO_PKG_VERSION"));
    [
        (CONTENT_TYPE, "application/x-protobuf"),
        (CONTENT_ENCODING, "gzip"),
        (USER_AGENT, agent),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)))
    .into_iter()
    .collect()
}

fn client(url: &Url) -> reqwest::Result<Client> {
    install_crypto_provider();
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT);
    if url.scheme() == "http" {
        // A machine without root certificates can still speak plain HTTP.
        builder = builder.tls_certs_only([]);
    }
    if endpoint::is_loopback(url) {
        builder = builder.no_proxy();
    }
    builder.build()
}
