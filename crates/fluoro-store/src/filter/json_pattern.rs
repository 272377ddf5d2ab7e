//! `rootcause.json = #[…]`: what a root cause looks like.

use std::fmt;

use serde_json::Value;

/// A piece of JSON that a root cause must have in it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct JsonPattern {
    written: Box<str>,
    value: Value,
}

impl JsonPattern {
    /// Reads the JSON at the start of a text; tells how many bytes it takes, or where it is wrong
    /// and how.
    pub(super) fn parse_start(text: &str) -> Result<(Self, usize), (usize, String)> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter();
        match values.next() {
            Some(Ok(value)) => {
                let length = values.byte_offset();
                let written = text[..length].trim().into();
                Ok((Self { written, value }, length))
            }
            Some(Err(error)) => Err((offset(text, &error), plain(&error))),
            None => Err((0, "the JSON is missing".to_owned())),
        }
    }

    /// Whether a value has everything that is written: objects may have more members, lists must
    /// be as long. Of a list on the outside, one item is enough.
    pub(super) fn matches(&self, value: &Value) -> bool {
        match &self.value {
            Value::Array(alternatives) => alternatives.iter().any(|one| is_in(one, value)),
            pattern => is_in(pattern, value),
        }
    }
}

fn is_in(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::Object(pattern), Value::Object(value)) => pattern
            .iter()
            .all(|(key, pattern)| value.get(key).is_some_and(|value| is_in(pattern, value))),
        (Value::Array(pattern), Value::Array(value)) => {
            let mut pairs = pattern.iter().zip(value);
            pattern.len() == value.len() && pairs.all(|(pattern, value)| is_in(pattern, value))
        }
        (Value::Number(pattern), Value::Number(value)) => pattern.as_f64() == value.as_f64(),
        _ => pattern == value,
    }
}

/// Where serde_json stopped, as a byte.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let before: usize = lines.map(str::len).sum();
    let mut offset = (before + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// What serde_json says, without the place.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    format!("not JSON: {}", &message[..end])
}

impl fmt::Display for JsonPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.written)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_may_be_more_but_items_not() {
        let (pattern, length) = JsonPattern::parse_start(r#" [{"a":[{"n":1}]}] AND ok"#).unwrap();
        assert_eq!(length, 18);
        assert_eq!(pattern.to_string(), r#"#[{"a":[{"n":1}]}]"#);
        assert!(pattern.matches(&json!({"a": [{"n": 1.0, "m": 2}], "b": true})));
        assert!(!pattern.matches(&json!({"a": [{"n": 1}, {"n": 1}]})));
        assert!(!pattern.matches(&json!({"a": [{"n": 2}]})));
        assert!(!pattern.matches(&json!({"b": true})));
    }

    #[test]
    fn the_place_of_a_mistake_is_told() {
        assert_eq!(JsonPattern::parse_start("[1,\n x]").unwrap_err().0, 5);
        assert_eq!(JsonPattern::parse_start("").unwrap_err().0, 0);
        assert_eq!(
            JsonPattern::parse_start("[1 2]").unwrap_err(),
            (3, "not JSON: expected `,` or `]`".to_owned())
        );
    }
}
