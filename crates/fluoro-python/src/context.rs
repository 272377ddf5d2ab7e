//! Where the current entity is kept: a context variable.
//!
//! Its value is the innermost open entity; the way to the outer ones is the tree itself. Tasks and
//! copied contexts therefore each have their own place in the tree and cannot disturb each other.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::once::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::context_variable::ContextVariable;
use crate::entity::{DummySegment, Entity, Subsegment, enclosing};
use crate::methods_of_ours::MethodsOfOurs;
use crate::{carried, enabled, log};

/// Methods that do more in a subclass, or as a mock, than what the recorder does by itself.
const METHODS: [&str; 7] = [
    "put_segment",
    "end_segment",
    "put_subsegment",
    "end_subsegment",
    "get_trace_entity",
    "set_trace_entity",
    "clear_trace_entities",
];

/// Keeps the current segment or subsegment of each thread and task.
#[pyclass(frozen, subclass, name = "Context", module = "aws_xray_sdk._engine")]
pub(crate) struct Context {
    pub(crate) current: ContextVariable,
    methods: MethodsOfOurs,
    plain: AtomicBool,
}

impl Context {
    /// True when all methods were ours when that was last looked at, so that a recorder need not
    /// call them.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.plain.load(Ordering::Relaxed)
    }

    /// Looks at whose methods there are. That is done when a recorder is given the context and when
    /// the context is given a method; asking at each subsegment would be noticed there.
    pub(crate) fn look_at_class(&self, own: &Bound<'_, Self>) {
        let plain = self.methods.are_in_use::<Self>(own);
        self.plain.store(plain, Ordering::Relaxed);
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        carried::unregister(&self.current);
    }
}

#[pymethods]
impl Context {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(
        py: Python<'_>,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let current = ContextVariable::new(py, c"aws_xray_entity")?;
        carried::register(py, &current);
        Ok(Context {
            current,
            methods: MethodsOfOurs::new(&METHODS),
            plain: AtomicBool::new(false),
        })
    }

    /// Makes a segment current, in place of any other.
    fn put_segment(&self, py: Python<'_>, segment: Bound<'_, PyAny>) -> PyResult<()> {
        self.current.set(py, &segment)
    }

    /// Ends the current segment.
    ///
    /// :param end_time: seconds since the epoch; now, if left out.
    #[pyo3(signature = (end_time=None))]
    fn end_segment(slf: &Bound<'_, Self>, end_time: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        let py = slf.py();
        let entity = slf.call_method0(intern!(py, "get_trace_entity"))?;
        if !entity.is_truthy()? {
            log::warn(py, log::Logger::Context, "there is no segment to end");
            return Ok(());
        }
        let segment = if is_subsegment(&entity)? {
            entity.getattr(intern!(py, "parent_segment"))?
        } else {
            entity
        };
        segment.call_method1(intern!(py, "close"), (end_time,))?;
        Ok(())
    }

    /// Adds a subsegment under the current entity and makes it current.
    fn put_subsegment(slf: &Bound<'_, Self>, subsegment: Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let entity = slf.call_method0(intern!(py, "get_trace_entity"))?;
        if !entity.is_truthy()? {
            let name = subsegment.getattr("name")?;
            log::warn(
                py,
                log::Logger::Context,
                &format!("no segment is open, subsegment {name} is left out"),
            );
            return Ok(());
        }
        entity.call_method1(intern!(py, "add_subsegment"), (&subsegment,))?;
        slf.get().current.set(py, &subsegment)
    }

    /// Ends the current subsegment; False when none is open.
    ///
    /// :param end_time: seconds since the epoch; now, if left out.
    #[pyo3(signature = (end_time=None))]
    fn end_subsegment(slf: &Bound<'_, Self>, end_time: Option<Bound<'_, PyAny>>) -> PyResult<bool> {
        let py = slf.py();
        let entity = slf.call_method0(intern!(py, "get_trace_entity"))?;
        if is_subsegment(&entity)? {
            entity.call_method1(intern!(py, "close"), (end_time,))?;
            let outer = match entity.cast::<Entity>() {
                Ok(entity) => enclosing(entity)?.into_any(),
                Err(_) => entity.getattr(intern!(py, "parent_segment"))?,
            };
            slf.get().current.set(py, &outer)?;
            return Ok(true);
        }
        if !entity.is_instance_of::<DummySegment>() && !entity.is_none() {
            log::warn(py, log::Logger::Context, "there is no subsegment to end");
        }
        Ok(false)
    }

    /// The current entity; without one, what the strategy for missing contexts says.
    fn get_trace_entity(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        if let Some(current) = slf.get().current.get(py) {
            return Ok(current.unbind());
        }
        missing(slf.as_any())
    }

    /// Makes an entity current, in place of any other.
    fn set_trace_entity(&self, py: Python<'_>, trace_entity: Bound<'_, PyAny>) -> PyResult<()> {
        self.current.set(py, &trace_entity)
    }

    /// Makes nothing current.
    fn clear_trace_entities(&self, py: Python<'_>) -> PyResult<()> {
        self.current.set(py, py.None().bind(py))
    }

    /// Takes notice of a method that was put on the context itself, or taken off it.
    fn _look_at_methods(slf: &Bound<'_, Self>) -> PyResult<()> {
        slf.get().methods.look_at(slf)?;
        slf.get().look_at_class(slf);
        Ok(())
    }

    /// The segment and the open subsegments down to the current one.
    fn _open_entities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let entities = PyList::empty(py);
        let mut next = self.current.get(py);
        while let Some(entity) = next {
            entities.insert(0, &entity)?;
            next = match entity.cast::<Entity>() {
                Ok(own) if own.get().is_segment() => None,
                Ok(own) => Some(enclosing(own)?.into_any()),
                Err(_) if is_subsegment(&entity)? => {
                    Some(entity.getattr(intern!(py, "parent_segment"))?)
                }
                Err(_) => None,
            };
        }
        Ok(entities)
    }

    /// Whether there is a current entity, without any consequence.
    fn _is_open(&self, py: Python<'_>) -> bool {
        self.current.get(py).is_some()
    }

    /// The current entity, or None, without any consequence.
    fn _peek<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.current.get(py)
    }

    fn _is_subsegment(&self, entity: Bound<'_, PyAny>) -> PyResult<bool> {
        is_subsegment(&entity)
    }
}

/// What a context answers when nothing is current.
#[cold]
pub(crate) fn missing(context: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    let py = context.py();
    if !enabled::is_enabled(py) {
        return Ok(py.get_type::<DummySegment>().call0()?.unbind());
    }
    Ok(context
        .call_method0(intern!(py, "handle_context_missing"))?
        .unbind())
}

/// True for subsegments, and for whatever else says that it is one.
pub(crate) fn is_subsegment(entity: &Bound<'_, PyAny>) -> PyResult<bool> {
    if entity.is_instance_of::<Entity>() {
        return Ok(entity.is_instance_of::<Subsegment>());
    }
    match entity.getattr_opt(intern!(entity.py(), "type"))? {
        Some(kind) => kind.eq("subsegment"),
        None => Ok(false),
    }
}
