//! The streaming policy as Python sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::once::intern;
use fluoro_core::streaming;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::entity::{Entity, handle, reconcile, segment_of, unlist};

/// Streams ended subsegments out of segments that hold more than a threshold of them.
///
/// :param streaming_threshold: number of subsegments a segment may hold; 30 by default.
#[pyclass(
    frozen,
    subclass,
    module = "aws_xray_sdk.core.streaming.default_streaming"
)]
pub(crate) struct DefaultStreaming {
    pub(crate) threshold: Arc<AtomicI64>,
}

#[pymethods]
impl DefaultStreaming {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        DefaultStreaming {
            threshold: Arc::new(AtomicI64::new(streaming::DEFAULT_THRESHOLD)),
        }
    }

    #[pyo3(signature = (streaming_threshold=streaming::DEFAULT_THRESHOLD))]
    fn __init__(&self, #[pyo3(from_py_with = whole_number)] streaming_threshold: i64) {
        self.threshold.store(streaming_threshold, Ordering::Relaxed);
    }

    /// True when a segment is sampled and holds more subsegments than the threshold.
    fn is_eligible(slf: &Bound<'_, Self>, segment: Option<Bound<'_, PyAny>>) -> PyResult<bool> {
        let py = slf.py();
        let Some(segment) = segment else {
            return Ok(false);
        };
        if !segment.is_truthy()? || !segment.getattr(intern!(py, "sampled"))?.is_truthy()? {
            return Ok(false);
        }
        let size = segment.call_method0(intern!(py, "get_total_subsegments_size"))?;
        let threshold = slf.getattr(intern!(py, "streaming_threshold"))?;
        size.gt(threshold)
    }

    /// Passes every ended subtree to `callback` and takes it out of the tree.
    fn stream(&self, entity: &Bound<'_, PyAny>, callback: &Bound<'_, PyAny>) -> PyResult<()> {
        let Ok(entity) = entity.cast::<Entity>() else {
            return Ok(());
        };
        reconcile(entity.py(), entity);
        let ready = entity.get().with_tree(|tree, _| tree.take_streamable());
        stream_out(entity, &ready, |child| callback.call1((child,)).map(drop))
    }

    /// Number of subsegments a segment may hold.
    #[getter]
    fn streaming_threshold(&self) -> i64 {
        self.streaming_threshold_value()
    }

    #[setter]
    fn set_streaming_threshold(&self, #[pyo3(from_py_with = whole_number)] value: i64) {
        self.threshold.store(value, Ordering::Relaxed);
    }
}

/// A threshold that is no whole number is rounded down: as many are held as below the number given.
fn whole_number(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    match value.extract::<i64>() {
        Ok(number) => Ok(number),
        Err(_) => Ok(value.extract::<f64>()?.floor() as i64),
    }
}

impl DefaultStreaming {
    /// Number of subsegments a segment may hold.
    pub(crate) fn streaming_threshold_value(&self) -> i64 {
        self.threshold.load(Ordering::Relaxed)
    }
}

/// Passes subtrees that were taken out of their tree to `send`, and gives their memory back.
pub(crate) fn stream_out<'py>(
    entity: &Bound<'py, Entity>,
    taken: &[u32],
    mut send: impl FnMut(&Bound<'py, Entity>) -> PyResult<()>,
) -> PyResult<()> {
    let py = entity.py();
    let segment = segment_of(entity);
    // All before the first is sent: sending may let another thread run, and what it found listed
    // it would send as well.
    for &index in taken {
        unlist(py, &segment, index);
    }
    for &index in taken {
        let child = handle(py, &segment, index)?;
        if child.get().is_sampled() {
            send(&child)?;
        }
        segment.get().shared().segment.remove(index);
    }
    Ok(())
}
