//! The `Subsegment` class.

use fluoro_core::tree::{Beginning, Namespace};
use fluoro_wire::segment_id::SegmentId;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::{Entity, Kind, clean_name, fields, segment_of};
use crate::host::Value;
use crate::log;
use crate::text::Text;

/// A part of the work of a segment: a call to another service, a query, a function.
#[pyclass(frozen, subclass, weakref, extends = Entity, module = "aws_xray_sdk.core.models.subsegment")]
pub(crate) struct Subsegment;

#[pymethods]
impl Subsegment {
    #[new]
    fn new<'py>(
        py: Python<'py>,
        name: Bound<'py, PyAny>,
        namespace: Bound<'py, PyAny>,
        segment: Bound<'py, PyAny>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let name = clean_name(py, &name)?;
        let text = namespace.extract::<&str>().ok();
        let known = text.and_then(Namespace::parse);
        let id = fluoro_core::random::segment_id();
        let entity = insert(py, &segment, name, id, known.unwrap_or_default(), true)?;
        if known.is_none() && !namespace.is_none() {
            entity.with_tree(|tree, index| {
                let overlay = tree.node_mut(index).attachment.overlay();
                overlay.set("namespace", Value(namespace.clone().unbind()))
            });
        }
        Ok(PyClassInitializer::from(entity).add_subclass(Subsegment))
    }

    /// The segment this is part of.
    #[getter]
    fn parent_segment<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Entity> {
        segment_of(slf.as_super())
    }

    /// Always `subsegment`.
    #[getter]
    fn r#type(slf: &Bound<'_, Self>) -> Py<PyAny> {
        let own = fields::get(slf.as_super(), "type");
        own.unwrap_or_else(|| PyString::intern(slf.py(), "subsegment").into_any())
            .unbind()
    }

    /// Kind of call: `local`, `remote` or `aws`.
    #[getter]
    fn namespace(slf: &Bound<'_, Self>) -> Py<PyAny> {
        let entity = slf.as_super();
        if let Some(own) = fields::get(entity, "namespace") {
            return own.unbind();
        }
        let namespace = entity
            .get()
            .with_tree(|tree, index| tree.node(index).namespace);
        PyString::intern(slf.py(), namespace.as_str())
            .into_any()
            .unbind()
    }

    /// What is known about the SQL statement.
    #[getter]
    fn sql(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf.as_super(), "sql")
    }

    /// Describes the SQL statement this stands for.
    fn set_sql(slf: &Bound<'_, Self>, sql: Bound<'_, PyAny>) {
        if !slf.as_super().get().is_dummy() {
            fields::set(slf.as_super(), "sql", sql);
        }
    }
}

/// Adds a node that hangs nowhere yet to the tree of `segment`.
pub(crate) fn insert(
    py: Python<'_>,
    segment: &Bound<'_, PyAny>,
    name: Text,
    id: SegmentId,
    namespace: Namespace,
    sampled: bool,
) -> PyResult<Entity> {
    let Ok(segment) = segment.cast::<Entity>() else {
        return Err(log::exception(
            py,
            "SegmentNotFoundException",
            "a subsegment needs the segment it is part of",
        ));
    };
    let segment = segment_of(segment);
    let beginning = Beginning::now(name, id, namespace, sampled);
    let index = segment.get().with_tree(|tree, _| tree.insert(beginning));
    let kind = if sampled {
        Kind::Subsegment
    } else {
        Kind::DummySubsegment
    };
    Ok(Entity::child(kind, segment.unbind(), index))
}
