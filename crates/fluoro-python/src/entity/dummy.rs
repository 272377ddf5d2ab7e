//! Entities that are not sampled: they keep the structure, take no data and are never sent.

use fluoro_core::tree::{Namespace, Tree};
use fluoro_wire::segment_id::SegmentId;
use fluoro_wire::trace_id::TraceId;
use pyo3::prelude::*;

use super::{Entity, Kind, PythonTree, Segment, Subsegment, clean_name, subsegment};
use crate::text::Text;

/// A segment that the sampling decision turned down.
#[pyclass(frozen, subclass, extends = Segment, module = "aws_xray_sdk.core.models.dummy_entities")]
pub(crate) struct DummySegment;

#[pymethods]
impl DummySegment {
    #[new]
    #[pyo3(signature = (name=None))]
    fn new(py: Python<'_>, name: Option<Bound<'_, PyAny>>) -> PyResult<PyClassInitializer<Self>> {
        let name = match name {
            Some(name) => clean_name(py, &name)?,
            None => Text::Static("dummy"),
        };
        Ok(initializer(tree(name, None)))
    }
}

/// A subsegment of something that is not sampled.
#[pyclass(frozen, subclass, extends = Subsegment, module = "aws_xray_sdk.core.models.dummy_entities")]
pub(crate) struct DummySubsegment;

#[pymethods]
impl DummySubsegment {
    #[new]
    #[pyo3(signature = (segment, name=None))]
    fn new(
        py: Python<'_>,
        segment: Bound<'_, PyAny>,
        name: Option<Bound<'_, PyAny>>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let name = match name {
            Some(name) => clean_name(py, &name)?,
            None => Text::Static("dummy"),
        };
        let entity = subsegment::insert(py, &segment, name, identifier(), Namespace::Dummy, false)?;
        Ok(PyClassInitializer::from(entity)
            .add_subclass(Subsegment)
            .add_subclass(DummySubsegment))
    }
}

/// Makes a segment that is not sampled; with a trace id it keeps that for the services it calls.
pub(crate) fn new_segment(
    py: Python<'_>,
    name: Text,
    trace_id: Option<TraceId>,
) -> PyResult<Bound<'_, Entity>> {
    let made = Bound::new(py, initializer(tree(name, trace_id)))?;
    Ok(made.into_super().into_super())
}

fn initializer(tree: PythonTree) -> PyClassInitializer<DummySegment> {
    PyClassInitializer::from(Entity::root(Kind::DummySegment, tree))
        .add_subclass(Segment)
        .add_subclass(DummySegment)
}

fn tree(name: Text, trace_id: Option<TraceId>) -> PythonTree {
    let start_time = fluoro_core::clock::now();
    let (trace_id, id) = match trace_id {
        Some(trace_id) => (trace_id, fluoro_core::random::segment_id()),
        None if wants_real_ids() => (
            fluoro_core::random::trace_id(start_time),
            fluoro_core::random::segment_id(),
        ),
        None => (TraceId::NOOP, SegmentId::NOOP),
    };
    Tree::new(name, trace_id, id, start_time, false)
}

/// Id of a subsegment that is not sampled.
pub(crate) fn identifier() -> SegmentId {
    if wants_real_ids() {
        fluoro_core::random::segment_id()
    } else {
        SegmentId::NOOP
    }
}

/// True when the environment asks for real ids in what is not sampled.
fn wants_real_ids() -> bool {
    std::env::var(fluoro_wire::environment::AWS_XRAY_NOOP_ID)
        .is_ok_and(|value| value.eq_ignore_ascii_case("false"))
}
