//! One document, taken apart as far as its subsegments.

use std::{borrow::Cow, fmt};

use fluoro_wire::{SegmentId, nested_json};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// A segment or subsegment with what is nested in it. Borrows from the document's bytes.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    /// Its members as they are written, without its subsegments.
    pub(super) members: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// What is nested in it.
    pub(super) subsegments: Vec<Document<'a>>,
}

impl<'a> Document<'a> {
    /// Reads a document; none if it is not a JSON object.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let Item(document) = nested_json::from_slice(bytes).ok()?;
        document
    }

    /// A member as it is written.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let mut members = self.members.iter();
        members
            .find(|(known, _)| known == key)
            .map(|(_, value)| *value)
    }

    /// The text of a member; none if it is not one.
    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        let Text(text) = serde_json::from_str(self.get(key)?.get()).ok()?;
        Some(text)
    }

    /// The number of a member; none if it is not one.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.get().parse().ok()
    }

    /// The id in a member; none if it is not one.
    pub(super) fn id(&self, key: &str) -> Option<SegmentId> {
        self.text(key)?.parse().ok()
    }

    /// Whether a member is `true`.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.get() == "true")
    }

    /// Whether it was sent ahead of its segment.
    pub(super) fn is_streamed_subsegment(&self) -> bool {
        self.text("type").as_deref() == Some("subsegment")
    }
}

/// A text, borrowed unless it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An item of a list of subsegments; what is no object is nothing.
struct Item<'a>(Option<Document<'a>>);

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

/// Generates the visits of scalars, which all give the same.
macro_rules! nothing_from {
    ($value:expr; $($visit:ident($type:ty)),+) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok($value)
        })+
    };
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a segment document")
    }

    nothing_from!(Item(None); visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Item(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Item(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut document = Document::default();
        while let Some(Text(key)) = entries.next_key()? {
            if key == "subsegments" {
                let List(subsegments) = entries.next_value()?;
                document.subsegments.extend(subsegments);
            } else {
                document.members.push((key, entries.next_value()?));
            }
        }
        Ok(Item(Some(document)))
    }
}

/// A list of subsegments; anything else is an empty one.
struct List<'a>(Vec<Document<'a>>);

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of subsegments")
    }

    nothing_from!(List(Vec::new()); visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(List(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut subsegments = Vec::new();
        while let Some(Item(item)) = items.next_element()? {
            subsegments.extend(item);
        }
        Ok(List(subsegments))
    }
}
