//! Messages for the application's logs, and exceptions defined in Python.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// Whose message it is: a logger has the name of the module that programs know it from.
#[derive(Clone, Copy)]
pub(crate) enum Logger {
    Context,
    Emitter,
    Entity,
    Recorder,
    TraceHeader,
}

impl Logger {
    fn name(self) -> &'static str {
        match self {
            Logger::Context => "aws_xray_sdk.core.context",
            Logger::Emitter => "aws_xray_sdk.core.emitters.udp_emitter",
            Logger::Entity => "aws_xray_sdk.core.models.entity",
            Logger::Recorder => "aws_xray_sdk.core.recorder",
            Logger::TraceHeader => "aws_xray_sdk.core.models.trace_header",
        }
    }
}

/// Logs a message through Python's `logging`; a failing handler never reaches the caller.
#[cold]
pub(crate) fn log(py: Python<'_>, logger: Logger, level: &str, message: &str) {
    let result = (|| {
        let logger = py
            .import("logging")?
            .call_method1("getLogger", (logger.name(),))?;
        logger.call_method1(level, ("%s", message))
    })();
    if let Err(error) = result {
        error.write_unraisable(py, None);
    }
}

/// Logs a warning.
#[cold]
pub(crate) fn warn(py: Python<'_>, logger: Logger, message: &str) {
    log(py, logger, "warning", message);
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
