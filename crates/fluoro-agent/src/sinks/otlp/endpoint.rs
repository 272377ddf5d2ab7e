//! Addresses and headers of OTLP backends.

use std::net::SocketAddr;

use fluoro_wire::strip_url;
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use crate::config::OtlpProtocol;

const PATH: &str = "/v1/traces";

/// An OTLP backend is configured in a way that cannot work.
#[derive(Debug, thiserror::Error)]
#[error("the OTLP backend {endpoint:?} cannot be used: {reason}")]
pub struct EndpointError {
    /// The address, without a user's name and password.
    pub endpoint: String,
    /// What is wrong with it.
    pub reason: String,
}

impl EndpointError {
    pub(super) fn new(endpoint: &str, reason: impl ToString) -> Self {
        Self {
            endpoint: strip_url(endpoint).into_owned(),
            reason: reason.to_string(),
        }
    }
}

/// The address, if it is one of HTTP.
pub(super) fn parse(endpoint: &str) -> Result<Url, EndpointError> {
    let url = Url::parse(endpoint).map_err(|error| EndpointError::new(endpoint, error))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        let reason = "it needs http:// or https:// and a host";
        Err(EndpointError::new(endpoint, reason))
    }
}

/// The address that traces are posted to.
pub(super) fn with_path(endpoint: &str) -> Result<Url, EndpointError> {
    let mut url = parse(endpoint)?;
    let path = url.path().trim_end_matches('/');
    if !path.ends_with(PATH) {
        let path = format!("{path}{PATH}");
        url.set_path(&path);
    }
    Ok(url)
}

/// Fails for an address that the agent itself listens at: documents would go round for ever.
pub(in super::super) fn check_not_own(
    endpoint: &str,
    listening: &[Option<SocketAddr>],
) -> Result<(), EndpointError> {
    let url = parse(endpoint)?;
    let port = url.port_or_known_default();
    let own = listening
        .iter()
        .flatten()
        .any(|own| Some(own.port()) == port && own.port() != 0);
    if own && is_loopback(&url) {
        return Err(EndpointError::new(
            endpoint,
            "the agent itself listens there",
        ));
    }
    Ok(())
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// The headers of each request.
pub(super) fn headers(
    endpoint: &str,
    given: &[(String, String)],
) -> Result<HeaderMap, EndpointError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let bad = |_| EndpointError::new(endpoint, format!("{name:?} is no header"));
        let header: HeaderName = name.parse().map_err(bad)?;
        // The value may be a secret: it is neither shown nor logged.
        let bad = |_| EndpointError::new(endpoint, format!("the value of {name} is no header's"));
        let mut value: HeaderValue = value.parse().map_err(bad)?;
        value.set_sensitive(true);
        headers.append(header, value);
    }
    Ok(headers)
}

/// What a sink to this backend is called: kind and address, without a user's name and password.
pub(in super::super) fn backend_name(endpoint: &str, protocol: OtlpProtocol) -> String {
    let kind = match protocol {
        OtlpProtocol::Http => "otlp",
        OtlpProtocol::Grpc => "otlp-grpc",
    };
    let address = match parse(endpoint) {
        Ok(url) => {
            let path = url.path().trim_end_matches('/').trim_end_matches(PATH);
            format!("{}{path}", url.origin().ascii_serialization())
        }
        Err(_) => strip_url(endpoint).into_owned(),
    };
    format!("{kind}={address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_added_where_it_is_missing() {
        for (endpoint, url) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            ("https://a.example/otlp", "https://a.example/otlp/v1/traces"),
            ("https://a.example/v1/traces", "https://a.example/v1/traces"),
        ] {
            assert_eq!(with_path(endpoint).unwrap().as_str(), url);
        }
        let error = with_path("127.0.0.1:4318").unwrap_err().to_string();
        assert!(error.contains("127.0.0.1:4318"), "{error}");
    }

    #[test]
    fn a_name_holds_no_secrets_and_stays_the_same() {
        let name = |endpoint| backend_name(endpoint, OtlpProtocol::Http);
        assert_eq!(name("http://127.0.0.1:4318/"), "otlp=http://127.0.0.1:4318");
        assert_eq!(
            name("https://me:secret@a.example/x/v1/traces?key=secret"),
            "otlp=https://a.example/x"
        );
    }

    #[test]
    fn documents_do_not_go_round() {
        let listening = [Some("0.0.0.0:4318".parse().unwrap()), None];
        let check = |endpoint| check_not_own(endpoint, &listening);
        for own in ["http://localhost:4318", "http://[::1]:4318/v1/traces"] {
            let error = check(own).unwrap_err().to_string();
            assert!(error.contains("the agent itself"), "{error}");
        }
        assert!(check("http://127.0.0.1:4317").is_ok());
        assert!(check("http://collector:4318").is_ok());
    }

    #[test]
    fn a_bad_header_names_itself_but_not_its_value() {
        let given = [("x-key".to_owned(), "se\ncret".to_owned())];
        let error = headers("http://a", &given).unwrap_err().to_string();
        assert!(
            error.contains("x-key") && !error.contains("cret\""),
            "{error}"
        );
    }
}
