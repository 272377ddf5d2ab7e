//! Methods and attributes that segments and subsegments share.

use crate::once::intern;
use fluoro_core::emission;
use pyo3::PyTraverseError;
use pyo3::exceptions::PyAttributeError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyList, PyTuple, PyType};

use super::mutation::{self, facade_mutation, takes_data};
use super::outcome::{flag, raise_flag};
use super::{
    Entity, Kind, annotations, attributes, change_outcome, children, fields, http, metadata,
    reconcile,
};
use crate::json::PythonResolver;
use crate::log;

#[pymethods]
impl Entity {
    /// Subclasses may call this with the arguments of the class.
    #[pyo3(signature = (*args, **kwargs))]
    fn __init__(
        slf: &Bound<'_, Self>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        if attributes::is_built_in(slf) {
            return Ok(());
        }
        let kwargs = kwargs.map_or_else(|| PyDict::new(slf.py()), Clone::clone);
        construction(slf.py())?.call_method1("initialize", (slf, args, kwargs))?;
        Ok(())
    }

    #[classmethod]
    fn __init_subclass__(cls: &Bound<'_, PyType>) -> PyResult<()> {
        construction(cls.py())?.call_method1("prepare", (cls,))?;
        Ok(())
    }

    fn __copy__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        construction(slf.py())?.call_method1("copy", (slf,))
    }

    /// Annotates the entity with an indexed key-value pair.
    fn put_annotation(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if takes_data(slf)? {
            annotations::put(slf, &key, &value)
        } else {
            Ok(())
        }
    }

    /// Adds a value that is kept but not indexed.
    #[pyo3(signature = (key, value, namespace=None))]
    fn put_metadata(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
        namespace: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        if takes_data(slf)? {
            metadata::put(slf, &key, &value, namespace.as_ref())
        } else {
            Ok(())
        }
    }

    /// Adds a part of the HTTP request or response; a status also sets the flags.
    fn put_http_meta(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if !takes_data(slf)? || value.is_none() {
            return Ok(());
        }
        http::put(slf, &key.str()?.to_string_lossy(), &value)
    }

    /// Sets the flags that an HTTP status stands for.
    fn apply_status_code(
        slf: &Bound<'_, Self>,
        status_code: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        if takes_data(slf)?
            && let Some(status_code) = status_code
        {
            let status = http::whole_status(&status_code)?;
            change_outcome(slf, |outcome| outcome.apply_status(status));
        }
        Ok(())
    }

    /// Sets the `aws` block.
    fn set_aws(slf: &Bound<'_, Self>, aws_meta: Bound<'_, PyAny>) -> PyResult<()> {
        if takes_data(slf)? {
            fields::set(slf, "aws", aws_meta);
        }
        Ok(())
    }

    /// Marks the entity as throttled.
    fn add_throttle_flag(slf: &Bound<'_, Self>) -> PyResult<()> {
        raise_flag(slf, |outcome| outcome.throttle = true)
    }

    /// Marks the entity as failed by a fault of the service.
    fn add_fault_flag(slf: &Bound<'_, Self>) -> PyResult<()> {
        raise_flag(slf, |outcome| outcome.fault = true)
    }

    /// Marks the entity as failed by an error of the caller.
    fn add_error_flag(slf: &Bound<'_, Self>) -> PyResult<()> {
        raise_flag(slf, |outcome| outcome.error = true)
    }

    /// Records an exception and marks the entity as failed.
    ///
    /// :param stack: rows of path, line and label, as `traceback.extract_stack` gives them.
    /// :param remote: True when a called service caused it.
    #[pyo3(signature = (exception, stack, remote=false))]
    fn add_exception(
        slf: &Bound<'_, Self>,
        exception: Bound<'_, PyAny>,
        stack: Bound<'_, PyAny>,
        remote: bool,
    ) -> PyResult<()> {
        if !takes_data(slf)? {
            return Ok(());
        }
        change_outcome(slf, |outcome| outcome.fault = true);
        let recorder = slf
            .py()
            .import(intern!(slf.py(), "aws_xray_sdk.core.models.entity"))?;
        recorder.call_method1(
            intern!(slf.py(), "record_exception"),
            (slf, exception, stack, remote),
        )?;
        Ok(())
    }

    /// Adds a subsegment as the last child.
    pub(crate) fn add_subsegment(
        slf: &Bound<'_, Self>,
        subsegment: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        children::add(slf, subsegment)
    }

    /// Takes a subsegment out of the children.
    fn remove_subsegment(slf: &Bound<'_, Self>, subsegment: Bound<'_, PyAny>) -> PyResult<()> {
        children::take_out(slf, subsegment)
    }

    /// Ends the entity.
    ///
    /// :param end_time: seconds since the epoch; now, if left out.
    #[pyo3(signature = (end_time=None))]
    pub(crate) fn close(slf: &Bound<'_, Self>, end_time: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        if slf.get().kind == Kind::Facade {
            return Err(facade_mutation(slf.py()));
        }
        mutation::close(slf, end_time.as_ref())
    }

    /// Keeps the trace header the request came with.
    fn save_origin_trace_header(slf: &Bound<'_, Self>, trace_header: Bound<'_, PyAny>) {
        fields::set(slf, "_origin_trace_header", trace_header);
    }

    /// The trace header the request came with.
    pub(crate) fn get_origin_trace_header(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        if let Some(known) = fields::get(slf, "_origin_trace_header") {
            return Ok(Some(known.unbind()));
        }
        crate::header::of_segment(slf)
    }

    /// The document as JSON text; None for what is not sampled.
    fn serialize(slf: &Bound<'_, Self>) -> PyResult<Option<String>> {
        match slf.get().kind {
            Kind::DummySegment | Kind::DummySubsegment => return Ok(None),
            Kind::Facade => return Err(facade_mutation(slf.py())),
            _ => {}
        }
        Ok(Some(document(slf)))
    }

    /// The document as a dict.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("json")?
            .call_method1("loads", (document(slf),))
    }

    fn _check_ended(slf: &Bound<'_, Self>) -> PyResult<()> {
        if slf.get().is_in_progress() {
            Ok(())
        } else {
            Err(log::already_ended(slf.py()))
        }
    }

    /// Id in the document, 16 hexadecimal digits.
    #[getter]
    fn id(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::id(slf)
    }

    /// Trace this is part of.
    #[getter]
    fn trace_id(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::trace_id(slf)
    }

    /// Id of what this hangs under.
    #[getter]
    fn parent_id(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        fields::parent_id(slf)
    }

    /// Name in the document.
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyAny> {
        let py = slf.py();
        let text = slf
            .get()
            .with_tree(|tree, index| tree.node(index).name.duplicate(py));
        text.to_python(py).into_any()
    }

    /// Beginning, in seconds since the epoch.
    #[getter]
    fn start_time(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        match fields::get(slf, "start_time") {
            Some(own) => Ok(own.unbind()),
            None => {
                let time = slf
                    .get()
                    .with_tree(|tree, index| tree.node(index).start_time);
                Ok(PyFloat::new(slf.py(), time).into_any().unbind())
            }
        }
    }

    /// End, in seconds since the epoch; there is none while in progress.
    #[getter]
    fn end_time(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        if let Some(own) = fields::get(slf, "end_time") {
            return Ok(own.unbind());
        }
        let time = slf.get().with_tree(|tree, index| {
            let node = tree.node(index);
            (!node.in_progress).then_some(node.end_time)
        });
        match time {
            Some(time) => Ok(PyFloat::new(slf.py(), time).into_any().unbind()),
            None => Err(PyAttributeError::new_err(
                "end_time: the entity is in progress",
            )),
        }
    }

    /// True until the entity ends.
    #[getter]
    fn in_progress(slf: &Bound<'_, Self>) -> bool {
        slf.get().is_in_progress()
    }

    /// False for what is never sent.
    #[getter]
    fn sampled(slf: &Bound<'_, Self>) -> bool {
        slf.get().is_sampled()
    }

    /// HTTP request and response.
    #[getter]
    fn http(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "http")
    }

    /// Indexed key-value pairs.
    #[getter]
    fn annotations(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "annotations")
    }

    /// Values by namespace and key.
    #[getter]
    fn metadata(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "metadata")
    }

    /// AWS resources involved.
    #[getter]
    fn aws(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "aws")
    }

    /// Exceptions recorded, or the id of one recorded elsewhere.
    #[getter]
    fn cause(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "cause")
    }

    /// Children in order of their beginning.
    #[getter]
    fn subsegments(slf: &Bound<'_, Self>) -> PyResult<Py<PyList>> {
        fields::subsegments(slf)
    }

    /// True when the service failed; there is no such attribute otherwise.
    #[getter]
    fn fault(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        flag(slf, "fault", |outcome| outcome.fault)
    }

    /// True when the caller made a mistake; there is no such attribute otherwise.
    #[getter]
    fn error(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        flag(slf, "error", |outcome| outcome.error)
    }

    /// True when the caller was asked to slow down; there is no such attribute otherwise.
    #[getter]
    fn throttle(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        flag(slf, "throttle", |outcome| outcome.throttle)
    }

    /// Every attribute; changing this changes nothing.
    #[getter]
    fn __dict__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        attributes::all(slf)
    }

    /// Attributes the program has set itself.
    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<Py<PyAny>> {
        attributes::get(slf, name)
    }

    fn __setattr__(slf: &Bound<'_, Self>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
        attributes::set(slf, name, value)
    }

    fn __delattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<()> {
        attributes::delete(slf, name)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let class = slf.get_type().name()?;
        Ok(slf.get().with_tree(|tree, index| {
            let node = tree.node(index);
            let state = if node.in_progress {
                "in progress"
            } else {
                "ended"
            };
            format!("<{class} {:?} {} {state}>", node.name.as_ref(), node.id)
        }))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.traverse(&visit)
    }

    fn __clear__(&self) {
        self.clear();
    }
}

fn construction(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("aws_xray_sdk.core.models._construction")
}

/// The document of an entity as text.
pub(crate) fn document(entity: &Bound<'_, Entity>) -> String {
    reconcile(entity.py(), entity);
    let inner = entity.get();
    let text = emission::document(&inner.shared().segment, inner.index(), &PythonResolver);
    String::from_utf8_lossy(&text).into_owned()
}
