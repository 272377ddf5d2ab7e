//! The `http` block.

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
};

/// Adds request and response, in the stable names and the ones before.
pub(super) fn add(attributes: &mut AttributeList, entity: &Object) {
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

/// The response's status code.
pub(super) fn status(entity: &Object) -> Option<i64> {
    let response = member::object(member::object(entity, "http")?, "response")?;
    member::integer(response, "status")
}
