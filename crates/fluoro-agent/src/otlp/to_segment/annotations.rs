//! Attributes that have no place of their own: annotations and metadata.

use std::borrow::Cow;

use fluoro_wire::{
    hex, json,
    limits::{
        MAX_ANNOTATION_KEY_CHARACTERS, MAX_ANNOTATION_STRING_CHARACTERS, MAX_INDEXED_ANNOTATIONS,
        cut_to_characters,
    },
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value::Value as Any};
use serde_json::{Map, Value};

use super::{
    attributes::{Attributes, as_text},
    detail::Detail,
    object::{Object, write_object},
};

/// What the attributes begin with that hold a metadata namespace as a JSON text.
const NAMESPACES: &str = "aws.xray.metadata.";

/// What the attributes that are left become.
pub(super) struct Leftover<'a> {
    /// Keys in X-Ray's spelling, and plain values.
    annotations: Vec<(Cow<'a, str>, &'a Any)>,
    /// Everything else, for the namespace `default`.
    metadata: Vec<(&'a str, &'a Any)>,
    /// Namespaces that came as JSON texts.
    namespaces: Vec<(&'a str, Map<String, Value>)>,
}

impl<'a> Leftover<'a> {
    /// Divides what the other blocks have not taken.
    pub(super) fn of(attributes: &Attributes<'a>) -> Self {
        let wanted = attributes.texts(&["aws.xray.annotations"]);
        let mut leftover = Self {
            annotations: Vec::new(),
            metadata: Vec::new(),
            namespaces: Vec::new(),
        };
        for (key, value) in attributes.with_prefix(NAMESPACES) {
            leftover.add_namespace(key, value);
        }
        let (first, second): (Vec<_>, Vec<_>) = attributes
            .rest()
            .into_iter()
            .partition(|(key, _)| wanted.contains(key));
        for (key, value) in first.into_iter().chain(second) {
            leftover.add(key, value);
        }
        leftover
    }

    fn add(&mut self, key: &'a str, value: &'a Any) {
        let annotation = annotation_key(key);
        let is_annotation = self.annotations.len() < MAX_INDEXED_ANNOTATIONS
            && is_plain(value)
            && !self
                .annotations
                .iter()
                .any(|(taken, _)| *taken == annotation);
        if is_annotation {
            self.annotations.push((annotation, value));
        } else {
            self.metadata.push((key, value));
        }
    }

    /// Only objects are namespaces; another value stays the attribute that it was.
    fn add_namespace(&mut self, key: &'a str, value: &'a Any) {
        let object = as_text(value).and_then(|text| serde_json::from_str(text).ok());
        match object {
            Some(object) => self.namespaces.push((&key[NAMESPACES.len()..], object)),
            None => self.metadata.push((key, value)),
        }
    }

    /// Writes the annotations.
    pub(super) fn write_annotations(&self, object: &mut Object<'_>, detail: Detail) {
        object.object("annotations", |annotations| {
            for (key, value) in &self.annotations {
                write_value(annotations.value(key), value, detail);
            }
        });
    }

    /// Writes the members of the namespace `default`.
    pub(super) fn write_default(&self, default: &mut Object<'_>, detail: Detail) {
        let given = self
            .namespaces
            .iter()
            .filter(|(name, _)| *name == "default");
        for (key, value) in given.flat_map(|(_, members)| members) {
            default.value(key).extend(value.to_string().into_bytes());
        }
        for (key, value) in &self.metadata {
            if detail == Detail::Full || !matches!(value, Any::ArrayValue(_) | Any::KvlistValue(_))
            {
                write_value(default.value(key), value, detail);
            }
        }
    }

    /// Writes the other namespaces; `taken` are written by somebody else.
    pub(super) fn write_namespaces(&self, metadata: &mut Object<'_>, taken: &[&str]) {
        for (namespace, members) in &self.namespaces {
            if !taken.contains(namespace) {
                let value = Value::Object(members.clone());
                metadata
                    .value(namespace)
                    .extend(value.to_string().into_bytes());
            }
        }
    }
}

/// The key with `_` for what X-Ray does not allow.
fn annotation_key(key: &str) -> Cow<'_, str> {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_');
    let key = cut_to_characters(key, MAX_ANNOTATION_KEY_CHARACTERS);
    if key.is_empty() {
        "_".into()
    } else if key.chars().all(is_allowed) {
        key.into()
    } else {
        key.replace(|character| !is_allowed(character), "_").into()
    }
}

fn is_plain(value: &Any) -> bool {
    match value {
        Any::StringValue(text) => {
            text.len() <= MAX_ANNOTATION_STRING_CHARACTERS
                || text.chars().count() <= MAX_ANNOTATION_STRING_CHARACTERS
        }
        Any::BoolValue(_) | Any::IntValue(_) => true,
        Any::DoubleValue(number) => number.is_finite(),
        _ => false,
    }
}

/// Appends a value as JSON. Bytes become hex digits, numbers that JSON does not have a text.
pub(super) fn write_value(out: &mut Vec<u8>, value: &Any, detail: Detail) {
    match value {
        Any::StringValue(text) => json::write_str(out, &detail.cut(text)),
        Any::BoolValue(flag) => json::write_bool(out, *flag),
        Any::IntValue(number) => json::write_i64(out, *number),
        Any::DoubleValue(number) if number.is_finite() => json::write_f64(out, *number),
        Any::DoubleValue(number) => json::write_str(out, &number.to_string()),
        Any::ArrayValue(list) => write_list(out, &list.values, detail),
        Any::KvlistValue(members) => write_object(out, |object| {
            for member in &members.values {
                write_optional(object.value(&member.key), member.value.as_ref(), detail);
            }
        }),
        Any::BytesValue(bytes) => write_bytes(out, bytes),
        // An index into a table that spans do not have.
        Any::StringValueStrindex(index) => json::write_i64(out, i64::from(*index)),
    }
}

fn write_list(out: &mut Vec<u8>, values: &[AnyValue], detail: Detail) {
    out.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_optional(out, Some(value), detail);
    }
    out.push(b']');
}

fn write_optional(out: &mut Vec<u8>, value: Option<&AnyValue>, detail: Detail) {
    match value.and_then(|value| value.value.as_ref()) {
        Some(value) => write_value(out, value, detail),
        None => out.extend_from_slice(b"null"),
    }
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for byte in bytes {
        hex::write_hex_bytes(out, [*byte]);
    }
    out.push(b'"');
}
