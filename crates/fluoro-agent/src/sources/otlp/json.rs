//! OTLP's JSON, read as protobuf's own JSON is where that allows more: `null` for what is not
//! given, names of enumerations, and texts for numbers that JSON has no digits for.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{span::SpanKind, status::StatusCode},
};
use serde::de::Error;
use serde_json::{Map, Value};

/// Reads an export request. The strict reading comes first; it takes what nearly all exporters
/// write, in half the time.
///
/// # Errors
///
/// What the strict reading says, if the lenient one fails as well.
pub(super) fn read(body: &[u8]) -> Result<ExportTraceServiceRequest, serde_json::Error> {
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::custom("it is a list, not an object"));
    }
    serde_json::from_slice(body).or_else(|strict| {
        let mut value: Value = serde_json::from_slice(body)?;
        loosen(&mut value);
        serde_json::from_value(value).map_err(|_| strict)
    })
}

/// Writes what protobuf's JSON allows as OTLP's has it.
fn loosen(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(loosen),
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    "kind" => use_number(member, SpanKind::from_str_name),
                    "code" => use_number(member, StatusCode::from_str_name),
                    _ => loosen(member),
                }
            }
            loosen_double(members);
        }
        _ => {}
    }
}

/// Puts the number of an enumeration's value in the place of its name.
fn use_number<E: Into<i32>>(member: &mut Value, find: impl Fn(&str) -> Option<E>) {
    if let Some(found) = member.as_str().and_then(find) {
        *member = Value::from(found.into());
    }
}

/// A number that is written as text becomes one; what is no number, say `NaN`, stays a text.
fn loosen_double(members: &mut Map<String, Value>) {
    let Some(Value::String(text)) = members.get("doubleValue") else {
        return;
    };
    let (name, value) = match text.parse::<f64>() {
        Ok(number) if number.is_finite() => ("doubleValue", Value::from(number)),
        _ => ("stringValue", Value::from(text.as_str())),
    };
    members.remove("doubleValue");
    members.insert(name.to_owned(), value);
}
