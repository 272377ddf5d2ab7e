//! Headers of responses, in the forms that frameworks keep them in.

use crate::once::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

/// The trace header, in lower case.
const TRACE_HEADER: &str = "x-amzn-trace-id";

/// Adds the trace header, in place of one that was passed on from another service. Returns the
/// length of the body, if the headers tell it.
///
/// # Errors
/// When `headers` is neither a list nor a dict.
pub(super) fn add_header(headers: &Bound<'_, PyAny>, value: &str) -> PyResult<Option<i64>> {
    let py = headers.py();
    let pair = (intern!(py, "X-Amzn-Trace-Id"), value).into_pyobject(py)?;
    if let Ok(dict) = headers.cast::<PyDict>() {
        let length = dict.get_item(intern!(py, "content-length"))?;
        dict.set_item(intern!(py, TRACE_HEADER), pair)?;
        return Ok(length.and_then(|pair| number(&pair.cast::<PyTuple>().ok()?.get_item(1).ok()?)));
    }
    let list = headers.cast::<PyList>()?;
    let mut length = None;
    let mut passed_on = None;
    for (position, header) in list.iter().enumerate() {
        let Ok((name, value)) = header.extract::<(PyBackedStr, Bound<'_, PyAny>)>() else {
            continue; // for the server to judge
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = number(&value);
        } else if name.eq_ignore_ascii_case(TRACE_HEADER) {
            passed_on = Some(position);
        }
    }
    match passed_on {
        Some(position) => list.set_item(position, pair)?,
        None => list.append(pair)?,
    }
    Ok(length)
}

/// A number that is written in digits alone.
fn number(value: &Bound<'_, PyAny>) -> Option<i64> {
    let text = value.cast::<PyString>().ok()?.to_str().ok()?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// The status in `200` or `"200 OK"`.
pub(super) fn status_of(status: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    match status.cast::<PyString>() {
        Ok(line) => Ok(line
            .to_str()?
            .split(' ')
            .next()
            .and_then(|code| code.parse().ok())),
        Err(_) => status.extract().map(Some),
    }
}
