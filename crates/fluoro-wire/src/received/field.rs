//! Fields that the service insists on: absent, wrong or readable.

use std::{borrow::Cow, fmt};

use serde::de::{MapAccess, SeqAccess};

use super::json_value::{FromValue, skip_entries, skip_items};
use crate::{SegmentId, TraceId, limits::cut_to_characters};

/// Characters of a wrong value that are shown.
const SHOWN_CHARACTERS: usize = 60;

/// A field that the service insists on.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Field<T> {
    /// The document does not have it, or has `null`.
    #[default]
    Absent,
    /// It is not what it must be; this is how the value looks.
    Wrong(Box<str>),
    /// It is there and readable.
    Value(T),
}

impl<T> Field<T> {
    /// The value, unless it is absent or wrong.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Wrong(_) => None,
        }
    }
}

/// What a required field may hold.
pub(super) trait Required<'de>: Sized {
    fn from_text(text: Cow<'de, str>) -> Result<Self, Cow<'de, str>> {
        Err(text)
    }

    fn from_number(_: f64) -> Option<Self> {
        None
    }
}

impl<'de> Required<'de> for Cow<'de, str> {
    fn from_text(text: Self) -> Result<Self, Self> {
        Ok(text)
    }
}

impl Required<'_> for f64 {
    fn from_number(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl<'de> Required<'de> for SegmentId {
    fn from_text(text: Cow<'de, str>) -> Result<Self, Cow<'de, str>> {
        text.parse().map_err(|_| text)
    }
}

impl<'de> Required<'de> for TraceId {
    /// Only X-Ray's own spelling: the service does not take 32 digits without dashes here.
    fn from_text(text: Cow<'de, str>) -> Result<Self, Cow<'de, str>> {
        if text.len() != Self::TEXT_LENGTH {
            return Err(text);
        }
        text.parse().map_err(|_| text)
    }
}

impl<'de, T: Required<'de>> FromValue<'de> for Field<T> {
    fn from_text(text: Cow<'de, str>) -> Self {
        T::from_text(text).map_or_else(|text| wrong(quoted(&text)), Self::Value)
    }

    fn from_number(number: f64) -> Self {
        T::from_number(number).map_or_else(|| wrong(number), Self::Value)
    }

    fn from_flag(flag: bool) -> Self {
        wrong(flag)
    }

    fn from_array<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        skip_items(items)?;
        Ok(wrong("an array"))
    }

    fn from_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        skip_entries(entries)?;
        Ok(wrong("an object"))
    }
}

#[cold]
fn wrong<T>(value: impl fmt::Display) -> Field<T> {
    Field::Wrong(value.to_string().into())
}

/// The text in quotes, cut if it is long.
pub(crate) fn quoted(text: &str) -> String {
    let shown = cut_to_characters(text, SHOWN_CHARACTERS);
    let ellipsis = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{ellipsis}")
}
