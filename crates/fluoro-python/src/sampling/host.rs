//! The poller's way into the Python program, and out of it before it ends.
//!
//! A thread that asks for the interpreter while it shuts down is killed, or kills the process. So
//! when the first poller starts, a function is registered with `atexit` that keeps pollers out from
//! then on, and waits a moment for one that is in.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fluoro_core::fork;
use fluoro_core::polling::{LogLevel, PollerHost};
use pyo3::prelude::*;

const LOGGER: &str = "aws_xray_sdk.core.sampling.rule_poller";
const LONGEST_WAIT_AT_EXIT: Duration = Duration::from_millis(200);

static HAS_ENDED: AtomicBool = AtomicBool::new(false);
static IS_REGISTERED: AtomicBool = AtomicBool::new(false);
/// Pollers inside the interpreter, of the process of this fork generation.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// The Python program as the poller sees it.
pub(super) struct PythonProgram;

impl PollerHost for PythonProgram {
    fn log(&self, level: LogLevel, message: &str) {
        let method = match level {
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warning => "warning",
        };
        attach_unless_ended(|py| {
            let logged = py
                .import("logging")
                .and_then(|logging| logging.call_method1("getLogger", (LOGGER,)))
                .and_then(|logger| logger.call_method1(method, ("%s", message)));
            if let Err(error) = logged {
                error.write_unraisable(py, None);
            }
        });
    }

    /// Python forks with the interpreter held, so holding it keeps the process from being forked.
    fn without_fork(&self, change: &mut dyn FnMut()) {
        attach_unless_ended(|_| change());
    }
}

/// Runs `work` with the interpreter, unless the program ends.
pub(super) fn attach_unless_ended<T>(work: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    let result = if HAS_ENDED.load(Ordering::SeqCst) {
        None
    } else {
        Python::try_attach(work)
    };
    INSIDE.fetch_sub(1, Ordering::SeqCst);
    result
}

/// Prepares for pollers of this process; to be called before one starts.
pub(super) fn prepare(py: Python<'_>) -> PyResult<()> {
    let generation = fork::generation();
    if GENERATION.swap(generation, Ordering::SeqCst) != generation {
        INSIDE.store(0, Ordering::SeqCst); // the parent's pollers are not in this process
    }
    if !IS_REGISTERED.swap(true, Ordering::SeqCst) {
        let leave = wrap_pyfunction!(leave, py)?;
        py.import("atexit")?.call_method1("register", (leave,))?;
    }
    Ok(())
}

#[pyfunction]
fn leave(py: Python<'_>) {
    HAS_ENDED.store(true, Ordering::SeqCst);
    let deadline = Instant::now() + LONGEST_WAIT_AT_EXIT;
    py.detach(|| {
        while INSIDE.load(Ordering::SeqCst) > 0 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    });
}
