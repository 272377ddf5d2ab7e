//! The switch `AWS_XRAY_SDK_ENABLED`, kept natively so that reading it costs nothing.

use std::sync::atomic::{AtomicU8, Ordering};

use pyo3::prelude::*;

const UNKNOWN: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Follows every change of `global_sdk_config`.
#[pyfunction]
pub(crate) fn set_enabled(enabled: bool) {
    STATE.store(if enabled { ON } else { OFF }, Ordering::Relaxed);
}

/// True unless the SDK is switched off.
pub(crate) fn is_enabled(py: Python<'_>) -> bool {
    match STATE.load(Ordering::Relaxed) {
        ON => true,
        OFF => false,
        _ => ask(py),
    }
}

/// Asks `global_sdk_config`, which reads the environment when it is asked first.
#[cold]
fn ask(py: Python<'_>) -> bool {
    let answer = py
        .import("aws_xray_sdk")
        .and_then(|package| {
            package
                .getattr("global_sdk_config")?
                .call_method0("sdk_enabled")
        })
        .and_then(|enabled| enabled.is_truthy());
    answer.unwrap_or(true)
}
