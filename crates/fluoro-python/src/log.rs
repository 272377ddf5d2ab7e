//! Messages for the application's logs, and exceptions defined in Python.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use pyo3::exceptions::{PyRecursionError, PyRuntimeError};
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
        not_logged(py, error);
    }
}

/// Shows why a message could not be logged, unless the interpreter has no room for another call:
/// the program then learns that from its own exception.
#[cold]
fn not_logged(py: Python<'_>, error: PyErr) {
    if !error.is_instance_of::<PyRecursionError>(py) {
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
    let kind = match error.get_type(py).name() {
        Ok(name) => name.to_string(),
        Err(error) => return not_logged(py, error),
    };
    let kind = (consequence, kind);
    let Some(unreported) = FAILURES.lock().report(kind.clone(), Instant::now()) else {
        return;
    };
    let result = (|| {
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
        FAILURES.lock().forget(&kind);
        not_logged(py, error);
    }
}

static FAILURES: Mutex<Failures> = Mutex::new(Failures(BTreeMap::new()));

/// The consequence of a failure, and the class of its exception.
type Kind = (&'static str, String);

/// When a kind of failure was reported last, and how many alike there were since.
struct Failures(BTreeMap<Kind, (Instant, u64)>);

impl Failures {
    const INTERVAL: Duration = Duration::from_secs(60);
    const MOST_KINDS: usize = 1000;

    /// The number of those that went unreported, if now is the time for a report.
    fn report(&mut self, kind: Kind, now: Instant) -> Option<u64> {
        if let Some((last, unreported)) = self.0.get_mut(&kind)
            && now.duration_since(*last) < Self::INTERVAL
        {
            *unreported += 1;
            return None;
        }
        if self.0.len() >= Self::MOST_KINDS {
            self.0.clear();
        }
        let before = self.0.insert(kind, (now, 0));
        Some(before.map_or(0, |(_, unreported)| unreported))
    }

    /// Lets the next one be reported after all.
    fn forget(&mut self, kind: &Kind) {
        self.0.remove(kind);
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
