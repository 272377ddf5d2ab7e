//! Annotations and metadata.

use serde_json::Value;

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
    otel,
};

/// What resource attributes start with in the metadata of segments that were spans.
pub(super) const RESOURCE_PREFIX: &str = "otel.resource.";

/// Adds annotations under their own names, and the list of these.
pub(super) fn add_annotations(attributes: &mut AttributeList, entity: &Object) {
    if let Some(annotations) = member::object(entity, "annotations") {
        for (key, value) in annotations {
            attributes.json(key, value);
        }
        let keys = annotations.keys().map(String::as_str);
        attributes.texts("aws.xray.annotations", keys);
    }
}

/// Adds each namespace as a JSON text. What was an attribute before it became metadata becomes
/// that attribute again.
pub(super) fn add_metadata(attributes: &mut AttributeList, entity: &Object) {
    let was_span = otel::namespace(entity).is_some();
    let metadata = member::object(entity, "metadata").into_iter().flatten();
    for (namespace, value) in metadata {
        match (namespace.as_str(), value) {
            ("otel", _) if was_span => {}
            ("default", Value::Object(members)) if was_span => {
                let own = members.iter();
                for (key, value) in own.filter(|(key, _)| !key.starts_with(RESOURCE_PREFIX)) {
                    attributes.json(key, value);
                }
            }
            _ => {
                let name = format!("aws.xray.metadata.{namespace}");
                attributes.text(&[&name], Some(&value.to_string()));
            }
        }
    }
}
