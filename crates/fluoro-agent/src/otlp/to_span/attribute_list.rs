//! Attributes of a span or a resource while they are collected.

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, KeyValue, KeyValueList, any_value::Value as Any,
};
use serde_json::Value;

/// Collects attributes. Values that are absent leave no trace, and the first value of a name stays.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct AttributeList(Vec<KeyValue>);

impl AttributeList {
    /// Adds a text under each of the names.
    pub(super) fn text(&mut self, names: &[&str], value: Option<&str>) {
        if let Some(value) = value {
            for name in names {
                self.add(name, Any::StringValue(value.to_owned()));
            }
        }
    }

    /// Adds an integer under each of the names.
    pub(super) fn integer(&mut self, names: &[&str], value: Option<i64>) {
        if let Some(value) = value {
            for name in names {
                self.add(name, Any::IntValue(value));
            }
        }
    }

    /// Adds a truth value.
    pub(super) fn boolean(&mut self, name: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.add(name, Any::BoolValue(value));
        }
    }

    /// Adds any JSON value except null.
    pub(super) fn json(&mut self, name: &str, value: &Value) {
        if let Some(value) = any_of(value) {
            self.add(name, value);
        }
    }

    /// Adds a list of texts, unless it is empty.
    pub(super) fn texts<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        let values: Vec<AnyValue> = values
            .map(|text| wrapped(Any::StringValue(text.to_owned())))
            .collect();
        if !values.is_empty() {
            self.add(name, Any::ArrayValue(ArrayValue { values }));
        }
    }

    /// The attributes, for a message.
    pub(super) fn into_attributes(self) -> Vec<KeyValue> {
        self.0
    }

    fn add(&mut self, name: &str, value: Any) {
        if !self.0.iter().any(|attribute| attribute.key == name) {
            self.0.push(KeyValue {
                key: name.to_owned(),
                value: Some(wrapped(value)),
                ..KeyValue::default()
            });
        }
    }
}

fn wrapped(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

/// A JSON value as OTLP has it; none for null.
fn any_of(value: &Value) -> Option<Any> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => Any::BoolValue(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Any::IntValue(integer),
            None => Any::DoubleValue(number.as_f64()?),
        },
        Value::String(text) => Any::StringValue(text.clone()),
        Value::Array(values) => Any::ArrayValue(ArrayValue {
            values: values.iter().map(optional).collect(),
        }),
        Value::Object(members) => Any::KvlistValue(KeyValueList {
            values: members
                .iter()
                .map(|(key, value)| KeyValue {
                    key: key.clone(),
                    value: Some(optional(value)),
                    ..KeyValue::default()
                })
                .collect(),
        }),
    })
}

fn optional(value: &Value) -> AnyValue {
    AnyValue {
        value: any_of(value),
    }
}
