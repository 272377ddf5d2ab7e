//! Who may ask: see the module's description.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Method, Uri, header};

use super::answer::ApiError;

/// The types of body that a form of any page can send anywhere.
const FORM_TYPES: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// Checks where a request comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    allowed_hosts: Vec<String>,
}

/// What is looked at of a request.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    /// The address that the connection came to.
    pub(super) local_address: SocketAddr,
}

impl Guard {
    /// Allows `hosts` beside loopback names; what else stands in a URL of such a host is ignored.
    pub(crate) fn new(hosts: &[String]) -> Self {
        let host = |text: &String| {
            let text = text.to_ascii_lowercase();
            let authority = text.split_once("://").map_or(&*text, |(_, rest)| rest);
            host_of(authority.split('/').next().unwrap_or_default())
        };
        let hosts = hosts.iter().map(host);
        Self {
            allowed_hosts: hosts.filter(|host| !host.is_empty()).collect(),
        }
    }

    /// What the web port demands of every request.
    pub(super) fn check_web(&self, asked: &Asked<'_>) -> Result<(), ApiError> {
        self.check_host(asked)?;
        check_origin(asked)?;
        check_site(asked)?;
        check_content_type(asked.headers)
    }

    /// What the TCP port demands of every request: that no browser sent it.
    pub(super) fn check_tcp(&self, asked: &Asked<'_>) -> Result<(), ApiError> {
        let by_browser = [header::ORIGIN.as_str(), "sec-fetch-site", "sec-fetch-mode"]
            .into_iter()
            .any(|name| asked.headers.contains_key(name));
        if by_browser {
            return Err(ApiError::forbidden(
                "this port is for X-Ray SDKs, not for browsers; the viewer has a port of its own",
            ));
        }
        // Browsers name their page's origin whenever they post, and not always otherwise.
        match *asked.method {
            Method::POST => Ok(()),
            _ => self.check_host(asked),
        }
    }

    /// The host must not be a name that someone else points here.
    pub(super) fn check_host(&self, asked: &Asked<'_>) -> Result<(), ApiError> {
        let Some(authority) = authority(asked) else {
            return Err(ApiError::forbidden(
                "the request has no Host header, or more than one",
            ));
        };
        let host = host_of(&authority);
        if self.accepts(&host, asked.local_address.ip()) {
            return Ok(());
        }
        Err(ApiError::forbidden(format!(
            "the host {host:?} is not allowed; use localhost or a loopback address, \
             or start the agent with --allow-host {host}"
        )))
    }

    fn accepts(&self, host: &str, local: IpAddr) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let is_here = match address.parse::<IpAddr>() {
            Ok(address) => {
                let address = address.to_canonical();
                address.is_loopback() || address == local.to_canonical()
            }
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        is_here || self.allowed_hosts.iter().any(|allowed| allowed == host)
    }
}

/// The host and port that the request is for; none if it says so never or twice.
fn authority(asked: &Asked<'_>) -> Option<String> {
    if let Some(authority) = asked.uri.authority() {
        return Some(authority.as_str().to_ascii_lowercase());
    }
    let mut hosts = asked.headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?.trim().to_ascii_lowercase();
    hosts.next().is_none().then_some(host)
}

/// The host without its port and without the dot that ends a full name.
fn host_of(authority: &str) -> String {
    let host = match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    };
    host.trim_end_matches('.').to_owned()
}

fn check_origin(asked: &Asked<'_>) -> Result<(), ApiError> {
    let Some(origin) = asked.headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
    let page = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    if page.is_some() && page == authority(asked).as_deref() {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "pages of {origin:?} may not ask this agent"
    )))
}

/// A page of another site may link to the viewer, and nothing else.
fn check_site(asked: &Asked<'_>) -> Result<(), ApiError> {
    let value = |name| {
        let value = asked.headers.get(name)?;
        value.to_str().ok()
    };
    let is_foreign = matches!(value("sec-fetch-site"), Some("cross-site" | "same-site"));
    let is_link = asked.method == Method::GET
        && value("sec-fetch-mode") == Some("navigate")
        && value("sec-fetch-dest") == Some("document");
    if is_foreign && !is_link {
        return Err(ApiError::forbidden(
            "pages of other sites may not ask this agent",
        ));
    }
    Ok(())
}

fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if FORM_TYPES.contains(&kind) {
        return Err(ApiError::forbidden(format!(
            "bodies of type {kind} are not taken; send application/json"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
