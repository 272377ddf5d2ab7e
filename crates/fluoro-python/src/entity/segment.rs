//! The `Segment` class.

use fluoro_core::tree::{ROOT, Tree};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};

use super::{Entity, Kind, PythonTree, clean_name, fields};
use crate::host::Value;
use crate::log;
use crate::text::Text;

/// A request or a unit of work of a service, with its subsegments.
#[pyclass(frozen, subclass, weakref, extends = Entity, module = "aws_xray_sdk.core.models.segment")]
pub(crate) struct Segment;

/// Ids given by the program, in whatever form.
#[derive(Default)]
pub(crate) struct Identity<'py> {
    pub(crate) entity_id: Option<Bound<'py, PyAny>>,
    pub(crate) trace_id: Option<Bound<'py, PyAny>>,
    pub(crate) parent_id: Option<Bound<'py, PyAny>>,
}

/// A tree that holds a new segment only.
///
/// # Errors
/// `SegmentNameMissingException` without a name.
pub(crate) fn new_tree(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    identity: Identity<'_>,
    sampled: bool,
) -> PyResult<PythonTree> {
    if !name.is_truthy()? {
        return Err(log::exception(
            py,
            "SegmentNameMissingException",
            "a segment needs a name: pass one, configure(service=...) or set AWS_XRAY_TRACING_NAME",
        ));
    }
    let name = clean_name(py, name)?;
    let start_time = fluoro_core::clock::now();
    let mut tree = Tree::new(
        name,
        fluoro_core::random::trace_id(start_time),
        fluoro_core::random::segment_id(),
        start_time,
        sampled,
    );
    set_identity(&mut tree, identity)?;
    Ok(tree)
}

/// Takes over ids given by the program; those of an unusual form are kept as they are.
pub(crate) fn set_identity(tree: &mut PythonTree, identity: Identity<'_>) -> PyResult<()> {
    if let Some(id) = given(identity.entity_id)? {
        match id.extract::<&str>().ok().and_then(super::parse_id) {
            Some(id) => tree.node_mut(ROOT).id = id,
            None => keep(tree, "id", id),
        }
    }
    if let Some(id) = given(identity.trace_id)? {
        match id.extract::<&str>().ok().and_then(fields::parse_trace_id) {
            Some(id) => tree.trace_id = id,
            None => keep(tree, "trace_id", id),
        }
    }
    if let Some(id) = given(identity.parent_id)? {
        match id.extract::<&str>().ok().and_then(super::parse_id) {
            Some(id) => tree.parent_id = Some(id),
            None => keep(tree, "parent_id", id),
        }
    }
    Ok(())
}

fn given(id: Option<Bound<'_, PyAny>>) -> PyResult<Option<Bound<'_, PyAny>>> {
    match id {
        Some(id) if id.is_truthy()? => Ok(Some(id)),
        _ => Ok(None),
    }
}

fn keep(tree: &mut PythonTree, key: &str, value: Bound<'_, PyAny>) {
    tree.node_mut(ROOT)
        .attachment
        .overlay()
        .set(key, Value(value.unbind()));
}

#[pymethods]
impl Segment {
    #[new]
    #[pyo3(signature = (name, entityid=None, traceid=None, parent_id=None, sampled=None))]
    fn new<'py>(
        py: Python<'py>,
        name: Bound<'py, PyAny>,
        entityid: Option<Bound<'py, PyAny>>,
        traceid: Option<Bound<'py, PyAny>>,
        parent_id: Option<Bound<'py, PyAny>>,
        sampled: Option<Bound<'py, PyAny>>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let sampled = match sampled {
            Some(sampled) => sampled.is_truthy()?,
            None => true,
        };
        let identity = Identity {
            entity_id: entityid,
            trace_id: traceid,
            parent_id,
        };
        let tree = new_tree(py, &name, identity, sampled)?;
        Ok(PyClassInitializer::from(Entity::root(Kind::Segment, tree)).add_subclass(Segment))
    }

    /// Sets the user of the request; users are indexed.
    fn set_user(slf: &Bound<'_, Self>, user: Bound<'_, PyAny>) -> PyResult<()> {
        let entity = slf.as_super();
        if !super::mutation::takes_data(entity)? {
            return Ok(());
        }
        fields::set(entity, "user", user);
        Ok(())
    }

    /// The user of the request.
    #[getter]
    fn user(slf: &Bound<'_, Self>) -> Option<Py<PyAny>> {
        let entity = slf.as_super();
        fields::get(entity, "user").map(Bound::unbind)
    }

    /// Describes the runtime; the recorder does this.
    fn set_service(slf: &Bound<'_, Self>, service_info: Bound<'_, PyAny>) {
        let entity = slf.as_super();
        if !entity.get().is_dummy() {
            fields::set(entity, "service", service_info);
        }
    }

    /// The runtime.
    #[getter]
    fn service(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        let entity = slf.as_super();
        match fields::service(entity)? {
            Some(service) => Ok(service.unbind()),
            None => Err(PyAttributeError::new_err("service")),
        }
    }

    /// Names the sampling rule that chose this segment; the recorder does this.
    fn set_rule_name(slf: &Bound<'_, Self>, rule_name: Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let aws = fields::dict(slf.as_super(), "aws")?;
        let xray = match aws.get_item("xray")? {
            Some(xray) if xray.is_truthy()? => xray,
            _ => {
                aws.set_item("xray", PyDict::new(py))?;
                aws.get_item("xray")?.expect("just set")
            }
        };
        xray.set_item("sampling_rule_name", rule_name)
    }

    /// True when the segment and all its subsegments have ended.
    pub(crate) fn ready_to_send(slf: &Bound<'_, Self>) -> bool {
        let entity = slf.as_super().get();
        entity.kind != Kind::Facade && entity.with_tree(|tree, _| tree.is_complete())
    }

    /// Number of subsegments held, open or closed.
    fn get_total_subsegments_size(slf: &Bound<'_, Self>) -> i64 {
        slf.as_super().get().with_tree(|tree, _| tree.held)
    }

    /// Counts a subsegment more, open and held.
    fn increment(slf: &Bound<'_, Self>) {
        let facade = slf.as_super().get().kind == Kind::Facade;
        slf.as_super().get().with_tree(|tree, _| {
            tree.held += 1;
            tree.open += i64::from(!facade);
        });
    }

    /// Counts an open subsegment less.
    fn decrement_ref_counter(slf: &Bound<'_, Self>) {
        if slf.as_super().get().kind != Kind::Facade {
            slf.as_super().get().with_tree(|tree, _| tree.open -= 1);
        }
    }

    /// Counts a held subsegment less, and returns how many are left.
    fn decrement_subsegments_size(slf: &Bound<'_, Self>) -> i64 {
        slf.as_super().get().with_tree(|tree, _| {
            tree.held -= 1;
            tree.held
        })
    }

    /// Counter of open subsegments.
    #[getter]
    fn ref_counter(slf: &Bound<'_, Self>) -> RefCounter {
        RefCounter {
            segment: slf.as_super().clone().unbind(),
        }
    }
}

/// Makes a sampled segment for the recorder.
pub(crate) fn new_segment<'py>(py: Python<'py>, tree: PythonTree) -> PyResult<Bound<'py, Entity>> {
    let class = PyClassInitializer::from(Entity::root(Kind::Segment, tree)).add_subclass(Segment);
    Ok(Bound::new(py, class)?.into_super())
}

/// The number of open subsegments of a segment, as a counter that can be read and changed.
#[pyclass(frozen, module = "aws_xray_sdk.core.utils.atomic_counter")]
pub(crate) struct RefCounter {
    segment: Py<Entity>,
}

#[pymethods]
impl RefCounter {
    /// The number now.
    fn get_current(&self) -> i64 {
        self.segment.get().with_tree(|tree, _| tree.open)
    }

    /// The number now.
    #[getter]
    fn value(&self) -> i64 {
        self.get_current()
    }

    /// Adds `num`.
    #[pyo3(signature = (num=1))]
    fn increment(&self, num: i64) -> i64 {
        self.segment.get().with_tree(|tree, _| {
            tree.open += num;
            tree.open
        })
    }

    /// Takes `num` off.
    #[pyo3(signature = (num=1))]
    fn decrement(&self, num: i64) -> i64 {
        self.increment(-num)
    }

    /// Starts again from zero.
    fn reset(&self) -> i64 {
        self.segment.get().with_tree(|tree, _| tree.open = 0);
        0
    }
}

/// True for Python's own truth values and for text or numbers that mean a sampling decision.
pub(crate) fn is_rule_name(decision: &Bound<'_, PyAny>) -> bool {
    decision.is_instance_of::<PyString>() && !decision.is_instance_of::<PyBool>()
}

/// Text of a rule's name.
pub(crate) fn rule_text(decision: &Bound<'_, PyAny>) -> Option<Text> {
    Some(Text::new(decision.cast::<PyString>().ok()?))
}
