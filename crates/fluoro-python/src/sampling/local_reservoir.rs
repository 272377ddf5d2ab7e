//! `aws_xray_sdk.core.sampling.local.reservoir.Reservoir`

use std::sync::Arc;

use fluoro_core::clock;
use fluoro_sampling::EpochSeconds;
use pyo3::prelude::*;

/// A fixed number of requests to record each second.
///
/// :param traces_per_sec: that number.
#[pyclass(
    frozen,
    subclass,
    weakref,
    name = "Reservoir",
    module = "aws_xray_sdk.core.sampling.local.reservoir"
)]
pub(super) struct LocalReservoir(pub(super) Arc<fluoro_sampling::LocalReservoir>);

#[pymethods]
impl LocalReservoir {
    #[new]
    #[pyo3(signature = (traces_per_sec = 0.0))]
    fn new(traces_per_sec: f64) -> Self {
        Self(Arc::new(fluoro_sampling::LocalReservoir::new(
            traces_per_sec.ceil() as u64,
        )))
    }

    /// Take one request of the current second; ``False`` when there is none left.
    fn take(&self) -> bool {
        self.0.take(EpochSeconds::containing(clock::now()))
    }

    /// Requests to record each second.
    #[getter]
    fn traces_per_sec(&self) -> u64 {
        self.0.per_second()
    }

    /// Requests taken in the second ``this_sec``.
    #[getter]
    fn used_this_sec(&self) -> u64 {
        self.0.used().1
    }

    /// Epoch second in which a request was last taken.
    #[getter]
    fn this_sec(&self) -> i64 {
        self.0.used().0.0
    }
}
