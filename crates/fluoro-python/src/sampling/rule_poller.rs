//! `aws_xray_sdk.core.sampling.rule_poller.RulePoller`

use std::sync::Arc;
use std::time::Duration;

use fluoro_core::polling::Poller;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::host::{PythonProgram, prepare};
use super::rule_cache::RuleCache;
use super::service_connector::ServiceConnector;

/// Keeps a rule cache up to date from one thread of the process: fetches rules every five minutes,
/// reports counters and fetches quotas every ten seconds.
///
/// :param cache: the ``RuleCache``.
/// :param connector: the ``ServiceConnector``.
#[pyclass(
    frozen,
    subclass,
    dict,
    weakref,
    module = "aws_xray_sdk.core.sampling.rule_poller"
)]
pub(super) struct RulePoller(pub(super) Arc<Poller>);

impl RulePoller {
    /// Starts the thread unless it runs in this process already.
    pub(super) fn ensure_running(&self, py: Python<'_>) -> PyResult<()> {
        if !self.0.is_running() {
            prepare(py)?;
            self.0.start();
        }
        Ok(())
    }
}

#[pymethods]
impl RulePoller {
    #[new]
    fn new(cache: &RuleCache, connector: &ServiceConnector) -> Self {
        let (cache, connector) = (cache.cache.clone(), connector.connector.clone());
        Self(Arc::new(Poller::new(
            cache,
            connector,
            Arc::new(PythonProgram),
        )))
    }

    /// Start the thread, unless it runs in this process already.
    fn start(&self, py: Python<'_>) -> PyResult<()> {
        self.ensure_running(py)
    }

    /// Fetch the rules now.
    fn wake_up(&self) {
        self.0.wake();
    }

    /// Stop the thread.
    ///
    /// :param timeout: seconds to wait for its end.
    /// :return: whether it ended in time; if not, it ends after the call it is in.
    #[pyo3(signature = (timeout = 1.0))]
    fn stop(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        let timeout = seconds(timeout)?;
        Ok(py.detach(|| self.0.stop(timeout)))
    }

    /// Whether the thread runs in this process.
    #[getter]
    fn is_running(&self) -> bool {
        self.0.is_running()
    }

    #[getter(_target_interval)]
    fn targets_interval(&self) -> f64 {
        self.0.targets_interval().as_secs_f64()
    }

    #[setter(_target_interval)]
    fn set_targets_interval(&self, interval: f64) -> PyResult<()> {
        self.0.set_targets_interval(seconds(interval)?);
        Ok(())
    }
}

fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| PyValueError::new_err(format!("{seconds} seconds: {error}")))
}
