//! The host of Rust programs: plain text and JSON-like values.

use std::borrow::Cow;

use fluoro_wire::json;

use crate::host::Host;

/// Stands where the rest of a list or map was left out.
const CUT: &str = "<cut>";

/// The host of Rust programs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Native;

impl Host for Native {
    type Text = Cow<'static, str>;
    type Value = Value;
    type Attachment = ();
}

/// A metadata value of a Rust program: anything JSON can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number; not-a-number and infinities are written as `null`.
    Float(f64),
    /// Text.
    Text(Cow<'static, str>),
    /// A list of values.
    List(Vec<Value>),
    /// Members in the order given.
    Map(Vec<(Cow<'static, str>, Value)>),
}

impl Value {
    /// Appends the value as JSON; texts longer than `longest_text` bytes are cut with a marker.
    pub fn write(&self, out: &mut Vec<u8>, longest_text: usize) {
        let limit = out.len().saturating_add(longest_text.saturating_mul(4));
        self.write_until(limit, out, longest_text);
    }

    /// Writes until the text is `limit` bytes long; lists and maps end with a marker then.
    fn write_until(&self, limit: usize, out: &mut Vec<u8>, longest_text: usize) {
        match self {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(value) => json::write_bool(out, *value),
            Value::Integer(value) => json::write_i64(out, *value),
            Value::Float(value) => json::write_f64(out, *value),
            Value::Text(text) => crate::encode::write_text(out, text, longest_text),
            Value::List(items) => {
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    if out.len() > limit {
                        json::write_str(out, CUT);
                        break;
                    }
                    item.write_until(limit, out, longest_text);
                }
                out.push(b']');
            }
            Value::Map(members) => {
                out.push(b'{');
                for (position, (key, value)) in members.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    if out.len() > limit {
                        json::write_str(out, CUT);
                        out.extend_from_slice(b":true");
                        break;
                    }
                    json::write_str(out, key);
                    out.push(b':');
                    value.write_until(limit, out, longest_text);
                }
                out.push(b'}');
            }
        }
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Integer(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Integer(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Float(value)
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(integer) => Value::Integer(integer),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Value::Text(Cow::Owned(text)),
            serde_json::Value::Array(items) => {
                Value::List(items.into_iter().map(Value::from).collect())
            }
            serde_json::Value::Object(members) => Value::Map(
                members
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key), Value::from(value)))
                    .collect(),
            ),
        }
    }
}
