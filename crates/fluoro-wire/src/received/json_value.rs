//! Reading JSON whose types cannot be relied on: one odd field never spoils a document.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Made from a JSON value of any type; what a type does not understand counts as absent.
pub(super) trait FromValue<'de>: Default {
    fn from_text(_: Cow<'de, str>) -> Self {
        Self::default()
    }

    fn from_number(_: f64) -> Self {
        Self::default()
    }

    fn from_flag(_: bool) -> Self {
        Self::default()
    }

    fn from_array<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        skip_items(items)?;
        Ok(Self::default())
    }

    fn from_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        skip_entries(entries)?;
        Ok(Self::default())
    }
}

pub(super) fn skip_items<'de, A: SeqAccess<'de>>(mut items: A) -> Result<(), A::Error> {
    while items.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

pub(super) fn skip_entries<'de, A: MapAccess<'de>>(mut entries: A) -> Result<(), A::Error> {
    while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads the value of the entry whose key was read last.
pub(super) fn value<'de, T: FromValue<'de>, A: MapAccess<'de>>(
    entries: &mut A,
) -> Result<T, A::Error> {
    entries.next_value().map(|Value(value)| value)
}

/// Calls `read` for each entry with its key; it must read or skip the value.
pub(super) fn for_each_entry<'de, A: MapAccess<'de>>(
    mut entries: A,
    mut read: impl FnMut(Cow<'de, str>, &mut A) -> Result<(), A::Error>,
) -> Result<(), A::Error> {
    while let Some(Key(key)) = entries.next_key()? {
        read(key, &mut entries)?;
    }
    Ok(())
}

/// A key, borrowed unless it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Anything but an array counts as an empty one.
impl<'de, T: FromValue<'de>> FromValue<'de> for Vec<T> {
    fn from_array<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut values = Self::new();
        while let Some(Value(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(values)
    }
}

impl FromValue<'_> for bool {
    fn from_flag(flag: bool) -> Self {
        flag
    }
}

impl<'de> FromValue<'de> for Option<Cow<'de, str>> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Some(text)
    }

    /// Account ids and the like come as numbers from some SDKs.
    fn from_number(number: f64) -> Self {
        Some(Cow::Owned(number.to_string()))
    }
}

/// Some SDKs write numbers as strings.
impl FromValue<'_> for Option<f64> {
    fn from_text(text: Cow<'_, str>) -> Self {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn from_number(number: f64) -> Self {
        Some(number)
    }
}

/// The bridge between serde and [`FromValue`].
pub(super) struct Value<T>(pub(super) T);

impl<'de, T: FromValue<'de>> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(AnyVisitor(PhantomData))
            .map(Self)
    }
}

struct AnyVisitor<T>(PhantomData<T>);

impl<'de, T: FromValue<'de>> Visitor<'de> for AnyVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::from_text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<T, E> {
        Ok(T::from_flag(flag))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::from_number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::from_number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::from_number(number as f64))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::from_array(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        T::from_object(entries)
    }
}
