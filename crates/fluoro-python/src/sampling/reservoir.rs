//! `aws_xray_sdk.core.sampling.reservoir.Reservoir`

use crate::once;
use fluoro_sampling::{EpochSeconds, Quota, ReservoirDecision};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use std::sync::OnceLock;

/// The quota of a centralized rule and what was used of it in the current second.
#[pyclass(
    frozen,
    subclass,
    weakref,
    module = "aws_xray_sdk.core.sampling.reservoir"
)]
#[derive(Default)]
pub(super) struct Reservoir(pub(super) fluoro_sampling::Reservoir);

#[pymethods]
impl Reservoir {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self::default()
    }

    /// Ask for one unit.
    ///
    /// :param now: epoch seconds.
    /// :param can_borrow: whether the rule has a reservoir to borrow from while no quota is known.
    /// :return: a ``ReservoirDecision``, or ``None`` when there is no quota and nothing to borrow.
    fn borrow_or_take<'py>(
        &self,
        py: Python<'py>,
        now: f64,
        can_borrow: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let name = match self
            .0
            .borrow_or_take(EpochSeconds::containing(now), can_borrow)
        {
            ReservoirDecision::Take => "TAKE",
            ReservoirDecision::Borrow => "BORROW",
            ReservoirDecision::Exhausted => "NO",
            ReservoirDecision::Unavailable => return Ok(None),
        };
        static DECISION: OnceLock<Py<PyType>> = OnceLock::new();
        let module = "aws_xray_sdk.core.sampling.reservoir";
        once::import(&DECISION, py, module, "ReservoirDecision")?
            .getattr(name)
            .map(Some)
    }

    /// Take over a quota; ``None`` leaves that part as it was.
    ///
    /// :param quota: requests to record each second.
    /// :param TTL: epoch seconds until which the quota counts.
    /// :param interval: seconds between two reports.
    #[pyo3(signature = (quota, TTL, interval))]
    #[allow(non_snake_case, reason = "the Python name of the parameter")]
    fn load_quota(&self, quota: Option<i64>, TTL: Option<f64>, interval: Option<i64>) {
        self.0.load_quota(Quota {
            per_second: quota,
            expires: TTL.map(EpochSeconds::containing),
            report_interval: interval,
        });
    }

    /// Requests to record each second; ``None`` when the service assigned none yet.
    #[getter]
    fn quota(&self) -> Option<i64> {
        self.0.quota().per_second
    }

    /// Epoch seconds until which the quota counts.
    #[getter(TTL)]
    fn expires(&self) -> Option<i64> {
        self.0.quota().expires.map(|expires| expires.0)
    }
}
