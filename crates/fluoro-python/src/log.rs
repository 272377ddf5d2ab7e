//! Messages for the application's logs, and exceptions defined in Python.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
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

/// Logs an error of our own that was kept from the application, with its traceback: one of a kind
/// a minute, because what fails for one request may fail for all.
#[cold]
pub(crate) fn failure(py: Python<'_>, consequence: &'static str, error: &PyErr) {
    let result = (|| {
        let kind = error.get_type(py).name()?.to_string();
        let Some(unreported) = FAILURES.lock().report(consequence, kind, Instant::now()) else {
            return Ok(());
        };
        let logger = py
            .import("logging")?
            .call_method1("getLogger", ("aws_xray_sdk.core",))?;
        let keywords = pyo3::types::PyDict::new(py);
        keywords.set_item("exc_info", error.value(py))?;
        let arguments = match unreported {
            0 => ("%s: %s", consequence, error.value(py)).into_pyobject(py)?,
            more => {
                let format = format!("%s: %s ({more} alike went unreported)");
                (format, consequence, error.value(py)).into_pyobject(py)?
            }
        };
        logger.call_method("error", arguments, Some(&keywords))?;
        Ok::<_, PyErr>(())
    })();
    if let Err(error) = result {
        error.write_unraisable(py, None);
    }
}

static FAILURES: Mutex<Failures> = Mutex::new(Failures(BTreeMap::new()));

/// When a kind of failure was reported last, and how many alike there were since.
struct Failures(BTreeMap<(&'static str, String), (Instant, u64)>);

impl Failures {
    const INTERVAL: Duration = Duration::from_secs(60);
    const MOST_KINDS: usize = 1000;

    /// The number of those that went unreported, if now is the time for a report.
    fn report(&mut self, consequence: &'static str, kind: String, now: Instant) -> Option<u64> {
        let key = (consequence, kind);
        if let Some((last, unreported)) = self.0.get_mut(&key)
            && now.duration_since(*last) < Self::INTERVAL
        {
            *unreported += 1;
            return None;
        }
        if self.0.len() >= Self::MOST_KINDS {
            self.0.clear();
        }
        let before = self.0.insert(key, (now, 0));
        Some(before.map_or(0, |(_, unreported)| unreported))
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

/// True for an exception of that class of `aws_xray_sdk.core.exceptions.exceptions`.
#[cold]
pub(crate) fn is_exception(error: &PyErr, py: Python<'_>, class: &str) -> bool {
    py.import("aws_xray_sdk.core.exceptions.exceptions")
        .and_then(|module| module.getattr(class))
        .is_ok_and(|class| error.is_instance(py, &class))
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
