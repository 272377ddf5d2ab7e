//! Requests to X-Ray: the right region, credentials and signature for each.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_config::{BehaviorVersion, provider_config::ProviderConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use http::{Request, StatusCode, Uri, uri::PathAndQuery};
use tokio::sync::OnceCell;

use super::{
    AwsError, Region,
    credentials::CredentialsCache,
    endpoint,
    http_client::{self, Proxy},
    region,
    signature::Signer,
};
use crate::config::AwsConfig;

/// Most time for the whole chain of region and credentials.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);

/// Sends requests to the X-Ray of one region. Clones share connections and credentials.
///
/// Region and credentials are looked for on first use; what was not found is looked for again with
/// the next request.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: AwsConfig,
    http: reqwest::Client,
    credentials_http: SharedHttpClient,
    connection: OnceCell<Connection>,
    credentials: OnceCell<CredentialsCache>,
}

/// Which X-Ray a client speaks to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// The region, and where it was found.
    pub region: Region,
    /// The address, without a path.
    pub endpoint: String,
}

impl Connection {
    /// Puts the endpoint before the request's path.
    fn address(&self, request: &mut Request<Bytes>) -> Result<(), AwsError> {
        let path = request.uri().path_and_query();
        let path = path.map_or("/", PathAndQuery::as_str);
        let uri = format!("{}{path}", self.endpoint);
        let uri = Uri::try_from(uri).map_err(|failure| AwsError::Address {
            setting: "the path of the request",
            value: path.to_owned(),
            reason: failure.to_string(),
        })?;
        *request.uri_mut() = uri;
        Ok(())
    }
}

impl Client {
    /// A client that has not asked anybody anything yet.
    ///
    /// # Errors
    ///
    /// [`AwsError::Address`] for a proxy that is no address, [`AwsError::HttpClient`] when the
    /// system has no root certificates.
    pub fn new(config: &AwsConfig) -> Result<Self, AwsError> {
        let proxy = Proxy::resolve(config.proxy.as_deref(), variable);
        Ok(Self {
            shared: Arc::new(Shared {
                config: config.clone(),
                http: http_client::for_xray(config, &proxy)?,
                credentials_http: http_client::for_credentials(&proxy)?,
                connection: OnceCell::new(),
                credentials: OnceCell::new(),
            }),
        })
    }

    /// The region and address that requests go to.
    ///
    /// # Errors
    ///
    /// [`AwsError::NoRegion`], or [`AwsError::Address`] for an endpoint that is none.
    pub async fn connection(&self) -> Result<&Connection, AwsError> {
        let connect = async {
            let provider = ProviderConfig::without_region()
                .with_http_client(self.shared.credentials_http.clone());
            let config = &self.shared.config;
            let region = region::resolve(config, variable, &provider).await?;
            let endpoint = endpoint::resolve(config.endpoint.as_deref(), &region.name)?;
            tracing::info!(
                "requests to X-Ray go to {endpoint}; the region is from {}",
                region.source.as_str()
            );
            Ok(Connection { region, endpoint })
        };
        self.shared.connection.get_or_try_init(|| connect).await
    }

    /// Whether there are credentials: the access key's id, without the secret.
    ///
    /// # Errors
    ///
    /// [`AwsError`] when there is no region or no credentials.
    pub async fn access_key(&self) -> Result<String, AwsError> {
        let credentials = self.credentials(self.connection().await?).await?;
        Ok(credentials.access_key_id().to_owned())
    }

    /// Signs a request, sends it to its path below the endpoint, and waits for the head of the
    /// answer, which may be of any status.
    ///
    /// # Errors
    ///
    /// [`AwsError`] when there is no region, no credentials or no answer.
    pub async fn send(&self, mut request: Request<Bytes>) -> Result<reqwest::Response, AwsError> {
        let connection = self.connection().await?;
        connection.address(&mut request)?;
        let signer = Signer {
            region: &connection.region.name,
            credentials: self.credentials(connection).await?,
            now: SystemTime::now(),
        };
        signer.sign(&mut request)?;
        let response = self.execute(request).await?;
        if matches!(
            response.status(),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        ) && let Some(credentials) = self.shared.credentials.get()
        {
            credentials.forget().await;
        }
        Ok(response)
    }

    /// Sends a request as it is, without a signature.
    pub(super) async fn send_unsigned(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<reqwest::Response, AwsError> {
        self.connection().await?.address(&mut request)?;
        self.execute(request).await
    }

    async fn execute(&self, request: Request<Bytes>) -> Result<reqwest::Response, AwsError> {
        let request = reqwest::Request::try_from(request)?;
        Ok(self.shared.http.execute(request).await?)
    }

    async fn credentials(
        &self,
        connection: &Connection,
    ) -> Result<aws_credential_types::Credentials, AwsError> {
        let get = async {
            let cache = self.shared.credentials.get_or_try_init(|| async {
                let region = aws_config::Region::new(connection.region.name.clone());
                let sdk = aws_config::defaults(BehaviorVersion::latest())
                    .http_client(self.shared.credentials_http.clone())
                    .region(region)
                    .load()
                    .await;
                CredentialsCache::new(&sdk, self.shared.config.role_arn.as_deref()).await
            });
            cache.await?.get(SystemTime::now()).await
        };
        tokio::time::timeout(CONNECT_WITHIN, get)
            .await
            .unwrap_or_else(|_| Err(AwsError::Credentials("no answer in time".to_owned())))
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
