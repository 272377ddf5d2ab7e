//! The segment that AWS Lambda makes for an invocation: it takes subsegments and nothing else.

use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::{Entity, Kind, Segment, fields, segment};

/// Stands for the segment of a Lambda invocation.
#[pyclass(frozen, subclass, extends = Segment, module = "aws_xray_sdk.core.models.facade_segment")]
pub(crate) struct FacadeSegment {
    initializing: bool,
}

#[pymethods]
impl FacadeSegment {
    #[new]
    fn new(
        py: Python<'_>,
        name: Bound<'_, PyAny>,
        entityid: Option<Bound<'_, PyAny>>,
        traceid: Option<Bound<'_, PyAny>>,
        sampled: Option<Bound<'_, PyAny>>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let missing = |id: &Option<Bound<'_, PyAny>>| {
            !id.as_ref()
                .is_some_and(|id| id.is_truthy().unwrap_or(false))
        };
        let initializing = missing(&entityid) || missing(&traceid) || sampled.is_none();
        let identity = segment::Identity {
            entity_id: entityid,
            trace_id: traceid,
            parent_id: None,
        };
        let sampled = match sampled {
            Some(sampled) => sampled.is_truthy()?,
            None => false,
        };
        let tree = segment::new_tree(py, &name, identity, sampled)?;
        Ok(PyClassInitializer::from(Entity::root(Kind::Facade, tree))
            .add_subclass(Segment)
            .add_subclass(FacadeSegment { initializing }))
    }

    /// True while Lambda has not told the invocation's trace.
    #[getter]
    fn initializing(slf: &Bound<'_, Self>) -> Py<PyAny> {
        let entity = slf.as_super().as_super();
        match fields::get(entity, "initializing") {
            Some(own) => own.unbind(),
            None => PyBool::new(slf.py(), slf.get().initializing)
                .to_owned()
                .into_any()
                .unbind(),
        }
    }
}
