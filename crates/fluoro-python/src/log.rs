//! Messages for the application's logs, and exceptions defined in Python.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// Logs a message through Python's `logging`; a failing handler never reaches the caller.
#[cold]
pub(crate) fn log(py: Python<'_>, level: &str, message: &str) {
    let result = (|| {
        let logger = py
            .import("logging")?
            .call_method1("getLogger", ("aws_xray_sdk.core",))?;
        logger.call_method1(level, ("%s", message))
    })();
    if let Err(error) = result {
        error.write_unraisable(py, None);
    }
}

/// Logs a warning.
#[cold]
pub(crate) fn warn(py: Python<'_>, message: &str) {
    log(py, "warning", message);
}

/// Logs an error of our own that was kept from the application, with its traceback.
#[cold]
pub(crate) fn failure(py: Python<'_>, consequence: &str, error: &PyErr) {
    let result = (|| {
        let logger = py
            .import("logging")?
            .call_method1("getLogger", ("aws_xray_sdk.core",))?;
        let keywords = pyo3::types::PyDict::new(py);
        keywords.set_item("exc_info", error.value(py))?;
        logger.call_method(
            "error",
            ("%s: %s", consequence, error.value(py)),
            Some(&keywords),
        )
    })();
    if let Err(error) = result {
        error.write_unraisable(py, None);
    }
}

/// An exception of `aws_xray_sdk.core.exceptions.exceptions`.
#[cold]
pub(crate) fn exception(py: Python<'_>, class: &str, message: &str) -> PyErr {
    let made = py
        .import("aws_xray_sdk.core.exceptions.exceptions")
        .and_then(|module| module.getattr(class)?.call1((message,)));
    match made {
        Ok(value) => PyErr::from_value(value),
        Err(_) => PyRuntimeError::new_err(format!("{class}: {message}")),
    }
}

/// The exception for a mutation of an entity that has ended.
#[cold]
pub(crate) fn already_ended(py: Python<'_>) -> PyErr {
    exception(
        py,
        "AlreadyEndedException",
        "this segment or subsegment has ended and takes no more data",
    )
}
