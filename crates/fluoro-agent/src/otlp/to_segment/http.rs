//! The `http` block.

use std::borrow::Cow;

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use super::{attributes::Attributes, object::Object};

/// Attributes that a whole URL says as well.
const PARTS: [&str; 5] = [
    "url.scheme",
    "http.scheme",
    "url.path",
    "url.query",
    "http.target",
];

/// Writes the request and the response; returns the status code.
pub(super) fn write(
    object: &mut Object<'_>,
    attributes: &Attributes<'_>,
    kind: SpanKind,
) -> Option<i64> {
    let status = attributes.integer(&["http.response.status_code", "http.status_code"]);
    object.object("http", |http| {
        http.object("request", |request| {
            write_request(request, attributes, kind);
        });
        http.object("response", |response| {
            response.integer("status", status);
            let length = attributes.integer(&[
                "http.response.body.size",
                "http.response_content_length",
                "http.response.header.content-length",
            ]);
            response.integer("content_length", length);
        });
    });
    status
}

fn write_request(request: &mut Object<'_>, attributes: &Attributes<'_>, kind: SpanKind) {
    let method = attributes.text(&["http.request.method", "http.method"]);
    request.text("method", method);
    match attributes.text(&["url.full", "http.url"]) {
        Some(url) => {
            attributes.take(&PARTS);
            request.text("url", Some(&without_password(url)));
        }
        // Without a method it is no request, and an address alone may belong to anything.
        None if method.is_some() => request.text("url", composed_url(attributes).as_deref()),
        None => {}
    }
    let user_agent = attributes.text(&["user_agent.original", "http.user_agent"]);
    request.text("user_agent", user_agent);
    request.text("client_ip", client_address(attributes, kind));
    let forwarded = attributes.boolean(&["aws.xray.x_forwarded_for"]);
    request.flag("x_forwarded_for", forwarded == Some(true));
    let traced = attributes.boolean(&["aws.xray.traced"]);
    request.flag("traced", traced == Some(true));
}

/// The URL without user name and password. The query stays: what is secret there, the exporter has
/// hidden, or meant to show.
fn without_password(url: &str) -> Cow<'_, str> {
    let Some(start) = url.find("://").map(|colon| colon + 3) else {
        return Cow::Borrowed(url);
    };
    let rest = &url[start..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => Cow::Owned([&url[..start], &rest[at + 1..]].concat()),
        None => Cow::Borrowed(url),
    }
}

fn client_address<'a>(attributes: &Attributes<'a>, kind: SpanKind) -> Option<&'a str> {
    let given = attributes.text(&["client.address", "http.client_ip"]);
    // The peer of a server is its client, or a proxy.
    given.or_else(|| match kind {
        SpanKind::Server => {
            attributes.peek(&["network.peer.address", "net.sock.peer.addr", "net.peer.ip"])
        }
        _ => None,
    })
}

/// A URL from its parts; the host alone, or a path alone, if there is no more.
fn composed_url(attributes: &Attributes<'_>) -> Option<String> {
    let scheme = attributes.text(&["url.scheme", "http.scheme"]);
    let host = attributes.peek(&["http.host"]).map_or_else(
        || host_and_port(attributes, scheme),
        |host| Some(host.to_owned()),
    );
    let target = attributes.text(&["http.target"]);
    let path = target.or_else(|| attributes.text(&["url.path"]));
    let query = match target {
        Some(_) => None,
        None => attributes.text(&["url.query"]),
    };
    let mut url = String::new();
    if let Some(host) = &host {
        url.push_str(scheme.unwrap_or("http"));
        url.push_str("://");
        url.push_str(host);
    }
    url.push_str(path.unwrap_or_default());
    if let Some(query) = query {
        url.push('?');
        url.push_str(query.trim_start_matches('?'));
    }
    Some(url).filter(|url| !url.is_empty())
}

fn host_and_port(attributes: &Attributes<'_>, scheme: Option<&str>) -> Option<String> {
    let host = attributes.peek(&["server.address", "http.server_name", "net.host.name"])?;
    let port = attributes.look(&["server.port", "net.host.port"]);
    let port = port.and_then(super::attributes::as_integer);
    let usual = match scheme {
        Some("https") => 443,
        _ => 80,
    };
    Some(match port {
        Some(port) if port != usual && !host.contains(':') => format!("{host}:{port}"),
        _ => host.to_owned(),
    })
}
