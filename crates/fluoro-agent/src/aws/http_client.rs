//! The HTTP clients for AWS: one for X-Ray, one for what the credential chain asks.

use std::{sync::Once, time::Duration};

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{self, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use fluoro_wire::strip_url;

use super::AwsError;
use crate::config::AwsConfig;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest silence of the service while an answer is awaited or arrives.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// A connection that was cut silently is noticed by a ping without an answer.
const PING_EVERY: Duration = Duration::from_secs(5);

const PING_WITHIN: Duration = Duration::from_secs(5);

/// Chooses ring for all TLS of this process; does nothing if a provider was chosen before.
pub(crate) fn install_crypto_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An earlier choice of the program around us is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// An HTTP proxy, and for which requests it is used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Proxy {
    None,
    /// `HTTPS_PROXY`: for https only.
    Https(String),
    /// `--proxy-address`: for everything.
    All(String),
}

impl Proxy {
    /// The configured proxy, or that of `HTTPS_PROXY`. `HTTP_PROXY` and `NO_PROXY` do not count,
    /// as the daemon has it.
    pub(super) fn resolve(
        configured: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let given = |value: &str| !value.is_empty();
        if let Some(address) = configured.filter(|value| given(value)) {
            return Self::All(with_scheme(address));
        }
        ["HTTPS_PROXY", "https_proxy"]
            .into_iter()
            .filter_map(variable)
            .find(|value| given(value))
            .map_or(Self::None, |address| Self::Https(with_scheme(&address)))
    }
}

fn with_scheme(address: &str) -> String {
    if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    }
}

/// The client for X-Ray itself. It follows no redirects, which a signature would not survive, and
/// leaves answers compressed as they come.
pub(super) fn for_xray(config: &AwsConfig, proxy: &Proxy) -> Result<reqwest::Client, AwsError> {
    install_crypto_provider();
    let builder = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http2_keep_alive_interval(PING_EVERY)
        .http2_keep_alive_timeout(PING_WITHIN)
        .tls_danger_accept_invalid_certs(!config.verify_tls);
    let builder = match proxy {
        Proxy::None => builder,
        Proxy::Https(address) => builder.proxy(checked(address, reqwest::Proxy::https(address))?),
        Proxy::All(address) => builder.proxy(checked(address, reqwest::Proxy::all(address))?),
    };
    builder
        .build()
        .map_err(|failure| AwsError::HttpClient(crate::sinks::reason(&failure)))
}

fn checked(
    address: &str,
    proxy: reqwest::Result<reqwest::Proxy>,
) -> Result<reqwest::Proxy, AwsError> {
    proxy.map_err(|failure| proxy_error(address, &failure.to_string()))
}

fn proxy_error(address: &str, reason: &str) -> AwsError {
    AwsError::Address {
        setting: "the proxy",
        value: strip_url(address).into_owned(),
        reason: reason.to_owned(),
    }
}

/// The client for STS, SSO and the metadata services of EC2 and ECS. Only https goes through the
/// proxy: metadata is on the machine itself.
pub(super) fn for_credentials(proxy: &Proxy) -> Result<SharedHttpClient, AwsError> {
    let proxy = match proxy {
        Proxy::None => ProxyConfig::disabled(),
        Proxy::Https(address) | Proxy::All(address) => ProxyConfig::https(address.as_str())
            .map_err(|failure| proxy_error(address, &failure.to_string()))?,
    };
    Ok(
        Builder::new().build_with_connector_fn(move |settings, components| {
            let mut connector = Connector::builder()
                .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
                .proxy_config(proxy.clone());
            connector.set_connector_settings(settings.cloned());
            if let Some(components) = components {
                connector.set_sleep_impl(components.sleep_impl());
            }
            connector.build()
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configured_proxy_takes_precedence_over_the_environment() {
        let environment = |name: &str| match name {
            "HTTPS_PROXY" => Some("proxy.internal:3128".to_owned()),
            "HTTP_PROXY" => Some("http://never:1".to_owned()),
            _ => None,
        };
        assert_eq!(
            Proxy::resolve(Some("http://127.0.0.1:8888"), environment),
            Proxy::All("http://127.0.0.1:8888".to_owned())
        );
        assert_eq!(
            Proxy::resolve(None, environment),
            Proxy::Https("http://proxy.internal:3128".to_owned())
        );
        assert_eq!(Proxy::resolve(Some(""), |_| None), Proxy::None);
    }
}
