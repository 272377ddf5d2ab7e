//! Attributes of a span or a resource while they are collected.

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value as Any};

/// Collects attributes; values that are absent leave no trace.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct AttributeList(pub(super) Vec<KeyValue>);

impl AttributeList {
    /// Adds a text under each of the names.
    pub(super) fn text(&mut self, names: &[&str], value: Option<&str>) {
        if let Some(value) = value {
            for name in names {
                self.push(name, Any::StringValue(value.to_owned()));
            }
        }
    }

    /// Adds a truth value.
    pub(super) fn boolean(&mut self, name: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.push(name, Any::BoolValue(value));
        }
    }

    /// Adds an attribute.
    fn push(&mut self, name: &str, value: Any) {
        self.0.push(KeyValue {
            key: name.to_owned(),
            value: Some(AnyValue { value: Some(value) }),
            ..KeyValue::default()
        });
    }
}
