//! Python objects as JSON values, for rules and answers that a program brings itself.

use crate::once::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// Nesting beyond this is cut off; no rule or answer comes near it.
const DEEPEST: usize = 16;

/// The JSON value of an object. A point in time becomes its epoch seconds, any number a number, and
/// what JSON has no word for its text.
pub(super) fn to_json(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(object, DEEPEST)
}

fn convert(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if object.is_none() || depth == 0 {
        return Ok(Value::Null);
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Value::String(text.to_string_lossy().into_owned()));
    }
    if let Ok(truth) = object.cast::<PyBool>() {
        return Ok(Value::Bool(truth.is_true()));
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let mut fields = Map::new();
        for (key, value) in dict.iter() {
            fields.insert(
                key.str()?.to_string_lossy().into_owned(),
                convert(&value, depth - 1)?,
            );
        }
        return Ok(Value::Object(fields));
    }
    if let Ok(list) = object.cast::<PyList>() {
        return list.iter().map(|item| convert(&item, depth - 1)).collect();
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        return tuple.iter().map(|item| convert(&item, depth - 1)).collect();
    }
    if let Ok(number) = object.extract::<i64>() {
        return Ok(Value::Number(number.into()));
    }
    let timestamp = intern!(object.py(), "timestamp");
    let number = match object.extract::<f64>() {
        Err(_) if object.hasattr(timestamp)? => object.call_method0(timestamp)?.extract(),
        number => number,
    };
    match number {
        Ok(number) => Ok(Number::from_f64(number).map_or(Value::Null, Value::Number)),
        Err(_) => Ok(Value::String(object.str()?.to_string_lossy().into_owned())),
    }
}
