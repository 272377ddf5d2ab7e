//! The `http` block.

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
};

/// Adds request and response, in the stable names and the ones before.
pub(super) fn add(attributes: &mut AttributeList, entity: &Object, is_segment: bool) {
    let Some(http) = member::object(entity, "http") else {
        return;
    };
    if let Some(request) = member::object(http, "request") {
        for (field, names) in [
            ("method", ["http.request.method", "http.method"]),
            ("url", ["url.full", "http.url"]),
            ("user_agent", ["user_agent.original", "http.user_agent"]),
            ("client_ip", ["client.address", "http.client_ip"]),
        ] {
            attributes.text(&names, member::text(request, field));
        }
        if let Some(url) = member::text(request, "url").filter(|_| is_segment) {
            add_parts(attributes, url);
        }
        let forwarded = member::boolean(request, "x_forwarded_for");
        attributes.boolean("aws.xray.x_forwarded_for", forwarded);
        attributes.boolean("aws.xray.traced", member::boolean(request, "traced"));
    }
    if let Some(response) = member::object(http, "response") {
        let names = ["http.response.status_code", "http.status_code"];
        attributes.integer(&names, status(entity));
        let length = member::integer(response, "content_length");
        let names = ["http.response.body.size", "http.response_content_length"];
        attributes.integer(&names, length);
    }
}

/// Servers tell the parts of a URL in the stable names.
fn add_parts(attributes: &mut AttributeList, url: &str) {
    let url = url.split('#').next().unwrap_or(url);
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, url),
    };
    let Some(start) = rest.find('/') else { return };
    let (path, query) = match rest[start..].split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&rest[start..], None),
    };
    attributes.text(&["url.scheme", "http.scheme"], scheme);
    attributes.text(&["url.path"], Some(path));
    attributes.text(&["url.query"], query);
    attributes.text(&["http.target"], Some(&rest[start..]));
}

/// The response's status code.
pub(super) fn status(entity: &Object) -> Option<i64> {
    let response = member::object(member::object(entity, "http")?, "response")?;
    member::integer(response, "status")
}
