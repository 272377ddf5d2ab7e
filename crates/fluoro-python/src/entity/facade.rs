//! The segment that AWS Lambda makes for an invocation: it takes subsegments and nothing else.

use pyo3::prelude::*;

use super::{Entity, Kind, Segment, segment};

/// Stands for the segment of a Lambda invocation.
#[pyclass(frozen, subclass, extends = Segment, module = "aws_xray_sdk.core.models.facade_segment")]
pub(crate) struct FacadeSegment {
    /// True while Lambda has not told the invocation's trace.
    #[pyo3(get)]
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
        sampled: Option<bool>,
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
        let tree = segment::new_tree(py, &name, identity, sampled.unwrap_or(false))?;
        Ok(PyClassInitializer::from(Entity::root(Kind::Facade, tree))
            .add_subclass(Segment)
            .add_subclass(FacadeSegment { initializing }))
    }
}
