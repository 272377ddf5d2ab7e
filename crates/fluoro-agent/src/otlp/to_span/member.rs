//! Members of a document's objects, read leniently: what has another type counts as absent.

use std::str::FromStr;

use fluoro_wire::SegmentId;
use serde_json::{Map, Value};

use super::convert::ToSpanError;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A text.
pub(super) fn text<'a>(object: &'a Object, member: &str) -> Option<&'a str> {
    object.get(member)?.as_str()
}

/// An integer; a text that spells one will do.
pub(super) fn integer(object: &Object, member: &str) -> Option<i64> {
    match object.get(member)? {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A truth value.
pub(super) fn boolean(object: &Object, member: &str) -> Option<bool> {
    object.get(member)?.as_bool()
}

/// Whether the member is `true`.
pub(super) fn flag(object: &Object, member: &str) -> bool {
    boolean(object, member) == Some(true)
}

/// An object.
pub(super) fn object<'a>(object: &'a Object, member: &str) -> Option<&'a Object> {
    object.get(member)?.as_object()
}

/// The objects of a list.
pub(super) fn objects<'a>(object: &'a Object, member: &str) -> impl Iterator<Item = &'a Object> {
    list(object, member).filter_map(Value::as_object)
}

/// The texts of a list.
pub(super) fn texts<'a>(object: &'a Object, member: &str) -> impl Iterator<Item = &'a str> {
    list(object, member).filter_map(Value::as_str)
}

fn list<'a>(object: &'a Object, member: &str) -> impl Iterator<Item = &'a Value> {
    object
        .get(member)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A text that reads as `T`.
pub(super) fn parsed<T: FromStr>(
    object: &Object,
    member: &'static str,
    expected: &'static str,
) -> Result<T, ToSpanError> {
    text(object, member)
        .and_then(|text| text.parse().ok())
        .ok_or(ToSpanError::Malformed { member, expected })
}

/// The id of a segment or subsegment.
pub(super) fn id(object: &Object, member: &'static str) -> Result<SegmentId, ToSpanError> {
    parsed(object, member, "16 hex digits")
}

/// Epoch seconds as nanoseconds.
///
/// Seconds and their fraction are taken apart, because their product with 10⁹ has more digits
/// than a float.
pub(super) fn nanoseconds(object: &Object, member: &str) -> Option<u64> {
    let seconds = object.get(member)?.as_f64()?;
    if seconds < 0.0 {
        return None;
    }
    let whole = seconds.trunc();
    let fraction = (seconds - whole) * 1e9;
    // 64 bits of nanoseconds end in the year 2554.
    let nanoseconds = (whole as u64).checked_mul(1_000_000_000)?;
    Some(nanoseconds.saturating_add(fraction.round() as u64))
}
