//! Attributes by name, and which of them have found their place.

use std::cell::RefCell;

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value as Any};

/// The attributes of a span, a resource or an event.
pub(super) struct Attributes<'a> {
    list: &'a [KeyValue],
    placed: RefCell<Vec<bool>>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(list: &'a [KeyValue]) -> Self {
        Self {
            list,
            placed: RefCell::new(vec![false; list.len()]),
        }
    }

    /// The value under the first of `names` that is there; all of them count as placed.
    pub(super) fn take(&self, names: &[&str]) -> Option<&'a Any> {
        self.search(names, true)
    }

    /// The value under the first of `names` that is there; it stays with the others.
    pub(super) fn look(&self, names: &[&str]) -> Option<&'a Any> {
        self.search(names, false)
    }

    fn search(&self, names: &[&str], place: bool) -> Option<&'a Any> {
        let mut best = None;
        for (index, attribute) in self.list.iter().enumerate() {
            let Some(rank) = names.iter().position(|name| *name == attribute.key) else {
                continue;
            };
            if place {
                self.placed.borrow_mut()[index] = true;
            }
            if let Some(value) = value_of(attribute)
                && best.is_none_or(|(best_rank, _)| rank < best_rank)
            {
                best = Some((rank, value));
            }
        }
        best.map(|(_, value)| value)
    }

    /// Takes a text.
    pub(super) fn text(&self, names: &[&str]) -> Option<&'a str> {
        self.take(names).and_then(as_text)
    }

    /// Looks at a text.
    pub(super) fn peek(&self, names: &[&str]) -> Option<&'a str> {
        self.look(names).and_then(as_text)
    }

    /// Takes an integer; texts that spell one will do.
    pub(super) fn integer(&self, names: &[&str]) -> Option<i64> {
        self.take(names).and_then(as_integer)
    }

    /// Takes a truth value.
    pub(super) fn boolean(&self, names: &[&str]) -> Option<bool> {
        match self.take(names)? {
            Any::BoolValue(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Takes a list of texts; one text will do.
    pub(super) fn texts(&self, names: &[&str]) -> Vec<&'a str> {
        self.take(names).map_or_else(Vec::new, texts_of)
    }

    /// Looks at a list of texts; one text will do.
    pub(super) fn look_texts(&self, name: &str) -> Vec<&'a str> {
        self.look(&[name]).map_or_else(Vec::new, texts_of)
    }

    /// What has found no place yet.
    pub(super) fn rest(&self) -> Vec<(&'a str, &'a Any)> {
        self.list
            .iter()
            .zip(self.placed.borrow().iter())
            .filter(|(_, placed)| !**placed)
            .filter_map(|(attribute, _)| Some((attribute.key.as_str(), value_of(attribute)?)))
            .collect()
    }

    /// Takes the attributes whose name starts with `prefix`.
    pub(super) fn with_prefix(&self, prefix: &str) -> Vec<(&'a str, &'a Any)> {
        let mut found = Vec::new();
        for (index, attribute) in self.list.iter().enumerate() {
            if attribute.key.starts_with(prefix)
                && let Some(value) = value_of(attribute)
            {
                self.placed.borrow_mut()[index] = true;
                found.push((attribute.key.as_str(), value));
            }
        }
        found
    }
}

fn value_of(attribute: &KeyValue) -> Option<&Any> {
    let AnyValue { value } = attribute.value.as_ref()?;
    value.as_ref()
}

/// The text, unless it is empty.
pub(super) fn as_text(value: &Any) -> Option<&str> {
    match value {
        Any::StringValue(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The integer; a text that spells one will do.
pub(super) fn as_integer(value: &Any) -> Option<i64> {
    match value {
        Any::IntValue(number) => Some(*number),
        Any::DoubleValue(number) if number.fract() == 0.0 => Some(*number as i64),
        Any::StringValue(text) => text.parse().ok(),
        _ => None,
    }
}

fn texts_of(value: &Any) -> Vec<&str> {
    match value {
        Any::ArrayValue(list) => list
            .values
            .iter()
            .filter_map(|value| value.value.as_ref().and_then(as_text))
            .collect(),
        value => as_text(value).into_iter().collect(),
    }
}
