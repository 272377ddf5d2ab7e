//! Context managers and decorators around segments and subsegments.

use crate::once::intern;
use fluoro_core::tree::Namespace;
use parking_lot::Mutex;
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::capture;
use crate::enabled;
use crate::entity::{Entity, as_entity};
use crate::recorder::Recorder;

/// Opens a subsegment around a block of code, or around each call of a function.
#[pyclass(frozen, subclass, module = "aws_xray_sdk.core.models.subsegment")]
pub(crate) struct SubsegmentContextManager {
    recorder: AnyRecorder,
    /// Name of the subsegment; the function's, if there is none.
    #[pyo3(get)]
    name: Option<Py<PyAny>>,
    subsegment_kwargs: Option<Py<PyDict>>,
    subsegment: Mutex<Option<Py<PyAny>>>,
}

/// Who begins and ends subsegments.
pub(crate) enum AnyRecorder {
    /// The engine, by the shortest way.
    Plain(Py<Recorder>),
    /// A recorder with methods of its own.
    Custom(Py<PyAny>),
}

impl From<&Bound<'_, Recorder>> for AnyRecorder {
    fn from(recorder: &Bound<'_, Recorder>) -> Self {
        if recorder.get().settings().is_plain(recorder) {
            AnyRecorder::Plain(recorder.clone().unbind())
        } else {
            AnyRecorder::Custom(recorder.clone().into_any().unbind())
        }
    }
}

impl From<&Bound<'_, PyAny>> for AnyRecorder {
    fn from(recorder: &Bound<'_, PyAny>) -> Self {
        match recorder.cast::<Recorder>() {
            Ok(recorder) => recorder.into(),
            Err(_) => AnyRecorder::Custom(recorder.clone().unbind()),
        }
    }
}

impl AnyRecorder {
    fn object<'a, 'py>(&'a self, py: Python<'py>) -> &'a Bound<'py, PyAny> {
        match self {
            AnyRecorder::Plain(recorder) => recorder.bind(py).as_any(),
            AnyRecorder::Custom(recorder) => recorder.bind(py),
        }
    }
}

impl SubsegmentContextManager {
    pub(crate) fn around(
        recorder: AnyRecorder,
        name: Option<Py<PyAny>>,
        subsegment_kwargs: Option<Py<PyDict>>,
    ) -> Self {
        SubsegmentContextManager {
            recorder,
            name,
            subsegment_kwargs,
            subsegment: Mutex::new(None),
        }
    }
}

#[pymethods]
impl SubsegmentContextManager {
    /// Subclasses may call this with the arguments of the class.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn __init__(&self, _args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) {}

    #[new]
    #[pyo3(signature = (recorder, name=None, **subsegment_kwargs))]
    fn new(
        recorder: &Bound<'_, PyAny>,
        name: Option<Py<PyAny>>,
        subsegment_kwargs: Option<Py<PyDict>>,
    ) -> Self {
        SubsegmentContextManager::around(recorder.into(), name, subsegment_kwargs)
    }

    /// The recorder.
    #[getter]
    fn recorder<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.recorder.object(py).clone()
    }

    /// Further arguments of `begin_subsegment`.
    #[getter]
    fn subsegment_kwargs<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        match &self.subsegment_kwargs {
            Some(kwargs) => kwargs.bind(py).clone(),
            None => PyDict::new(py),
        }
    }

    /// The subsegment, while the block runs and after.
    #[getter]
    fn get_subsegment<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let subsegment = self.subsegment.lock();
        Some(subsegment.as_ref()?.bind(py).clone())
    }
    #[setter]
    fn set_subsegment(&self, subsegment: Option<Py<PyAny>>) {
        let replaced = std::mem::replace(&mut *self.subsegment.lock(), subsegment);
        drop(replaced);
    }

    /// Returns the function with a subsegment around each call.
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let name = self.name.as_ref().map(|name| name.bind(py).clone());
        capture::wrap(self.recorder.object(py), name, function)
    }

    fn __enter__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let none = py.None();
        let name = self.name.as_ref().unwrap_or(&none).bind(py);
        let kwargs = self
            .subsegment_kwargs
            .as_ref()
            .map(|kwargs| kwargs.bind(py));
        let subsegment = match &self.recorder {
            AnyRecorder::Plain(recorder) => begin_plain(recorder.bind(py), name, kwargs)?,
            AnyRecorder::Custom(recorder) => begin_generally(recorder.bind(py), name, kwargs)?,
        };
        self.set_subsegment(subsegment.as_ref().map(|entity| entity.clone().unbind()));
        Ok(subsegment)
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        exc_type: &Bound<'_, PyAny>,
        exc_val: &Bound<'_, PyAny>,
        exc_tb: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let Some(subsegment) = self.get_subsegment(py) else {
            return Ok(());
        };
        if !exc_type.is_none() {
            record_exception(self.recorder.object(py), &subsegment, exc_val, exc_tb);
        }
        match &self.recorder {
            AnyRecorder::Plain(recorder) => end_plain(recorder.bind(py), &subsegment),
            AnyRecorder::Custom(recorder) => end_generally(recorder.bind(py)),
        }
    }
}

/// Opens a segment around a block of code.
#[pyclass(subclass, module = "aws_xray_sdk.core.models.segment")]
pub(crate) struct SegmentContextManager {
    /// The recorder.
    #[pyo3(get, set)]
    recorder: Py<PyAny>,
    /// Name of the segment; the service's, if there is none.
    #[pyo3(get, set)]
    name: Option<Py<PyAny>>,
    /// Further arguments of `begin_segment`.
    #[pyo3(get, set)]
    segment_kwargs: Py<PyDict>,
    /// The segment, while the block runs and after.
    #[pyo3(get, set)]
    segment: Option<Py<PyAny>>,
}

#[pymethods]
impl SegmentContextManager {
    /// Subclasses may call this with the arguments of the class.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn __init__(&self, _args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) {}

    #[new]
    #[pyo3(signature = (recorder, name=None, **segment_kwargs))]
    fn new(
        py: Python<'_>,
        recorder: Py<PyAny>,
        name: Option<Py<PyAny>>,
        segment_kwargs: Option<Py<PyDict>>,
    ) -> Self {
        SegmentContextManager {
            recorder,
            name,
            segment_kwargs: segment_kwargs.unwrap_or_else(|| PyDict::new(py).unbind()),
            segment: None,
        }
    }

    fn __enter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let (recorder, name, kwargs) = {
            let own = slf.borrow();
            let kwargs = own.segment_kwargs.bind(py).clone();
            let name = own.name.as_ref().map(|name| name.clone_ref(py));
            (own.recorder.bind(py).clone(), name, kwargs)
        };
        let begin = recorder.getattr(intern!(py, "begin_segment"))?;
        let name = name.unwrap_or_else(|| py.None()).into_bound(py);
        let segment = begin.call((), Some(&with_name(&name, Some(&kwargs))?))?;
        slf.borrow_mut().segment = Some(segment.clone().unbind());
        Ok(segment)
    }

    fn __exit__(
        slf: &Bound<'_, Self>,
        exc_type: Bound<'_, PyAny>,
        exc_val: Bound<'_, PyAny>,
        exc_tb: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = slf.py();
        let (recorder, segment) = {
            let own = slf.borrow();
            let segment = own.segment.as_ref().map(|entity| entity.bind(py).clone());
            (own.recorder.bind(py).clone(), segment)
        };
        let Some(segment) = segment else {
            return Ok(());
        };
        if !exc_type.is_none() {
            record_exception(&recorder, &segment, &exc_val, &exc_tb);
        }
        recorder.call_method0(intern!(py, "end_segment")).map(drop)
    }
}

#[inline]
fn begin_plain<'py>(
    recorder: &Bound<'py, Recorder>,
    name: &Bound<'py, PyAny>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = recorder.py();
    if kwargs.is_none()
        && enabled::is_enabled(py)
        && let Some(child) = recorder
            .get()
            .begin_fast(py, name, Namespace::Local, true)?
    {
        return Ok(Some(child.into_any()));
    }
    begin_generally(recorder.as_any(), name, kwargs)
}

#[cold]
fn begin_generally<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = recorder.py();
    let begin = recorder.getattr(intern!(py, "begin_subsegment"))?;
    let subsegment = begin.call((), Some(&with_name(name, kwargs)?))?;
    Ok((!subsegment.is_none()).then_some(subsegment))
}

/// Arguments by keyword, as methods of the program's own may want them.
fn with_name<'py>(
    name: &Bound<'py, PyAny>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(name.py());
    all.set_item(intern!(name.py(), "name"), name)?;
    if let Some(kwargs) = kwargs {
        all.update(kwargs.as_mapping())?;
    }
    Ok(all)
}

/// Ends the subsegment that `begin` returned, whatever else has happened since.
pub(crate) fn end(recorder: &Bound<'_, PyAny>, subsegment: &Bound<'_, PyAny>) -> PyResult<()> {
    match plain_recorder(recorder) {
        Some(plain) => end_plain(plain, subsegment),
        None => end_generally(recorder),
    }
}

#[inline]
fn end_plain(recorder: &Bound<'_, Recorder>, subsegment: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Some(entity) = as_entity(subsegment)
        && let Some(result) = Recorder::end_entity(recorder, entity, None)
    {
        return result;
    }
    end_generally(recorder.as_any())
}

#[cold]
fn end_generally(recorder: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = recorder.py();
    recorder
        .call_method0(intern!(py, "end_subsegment"))
        .map(drop)
}

/// The recorder, unless a subclass begins or ends subsegments in its own way.
pub(crate) fn plain_recorder<'a, 'py>(
    recorder: &'a Bound<'py, PyAny>,
) -> Option<&'a Bound<'py, Recorder>> {
    let own = recorder.cast::<Recorder>().ok()?;
    own.get().settings().is_plain(recorder).then_some(own)
}

/// Records an exception; a failure to do so never reaches the program.
pub(crate) fn record_exception(
    recorder: &Bound<'_, PyAny>,
    entity: &Bound<'_, PyAny>,
    exception: &Bound<'_, PyAny>,
    traceback: &Bound<'_, PyAny>,
) {
    if let Ok(own) = entity.cast::<Entity>()
        && own.get().is_dummy()
    {
        return;
    }
    let py = recorder.py();
    let result = (|| {
        let limit = recorder.getattr(intern!(py, "max_trace_back"))?;
        let module = py.import(intern!(py, "aws_xray_sdk.core.models.entity"))?;
        let stack = module.call_method1(intern!(py, "stack_of"), (traceback, limit))?;
        entity.call_method1(intern!(py, "add_exception"), (exception, stack))
    })();
    if let Err(error) = result {
        crate::log::log(
            py,
            crate::log::Logger::Recorder,
            "debug",
            &format!("an exception was not recorded: {error}"),
        );
    }
}

/// Records an exception that was raised, with the frames it was raised through.
pub(crate) fn record_raised(
    recorder: &Bound<'_, PyAny>,
    entity: &Bound<'_, PyAny>,
    exception: &Bound<'_, PyAny>,
) {
    let py = recorder.py();
    let traceback = exception.getattr(intern!(py, "__traceback__"));
    let traceback = traceback.unwrap_or_else(|_| py.None().into_bound(py));
    record_exception(recorder, entity, exception, &traceback);
}

/// True for what `except Exception` catches.
pub(crate) fn is_exception(error: &PyErr, py: Python<'_>) -> bool {
    error.is_instance_of::<PyException>(py)
}

/// A call of `wrapped` inside a subsegment.
pub(crate) fn call_captured<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    wrapped: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = recorder.py();
    let Some(plain) = plain_recorder(recorder) else {
        return call_recorded(recorder, name, wrapped, args, kwargs);
    };
    let Some(subsegment) = begin_plain(plain, name, None)? else {
        return wrapped.call(args, kwargs);
    };
    let result = wrapped.call(args, kwargs);
    if let Err(error) = &result
        && is_exception(error, py)
    {
        let traceback = match error.traceback(py) {
            Some(traceback) => traceback.into_any(),
            None => py.None().into_bound(py),
        };
        record_exception(recorder, &subsegment, error.value(py), &traceback);
    }
    if let Err(failure) = end_plain(plain, &subsegment) {
        crate::log::log(
            py,
            crate::log::Logger::Recorder,
            "error",
            &format!("a subsegment was not ended: {failure}"),
        );
    }
    result
}

/// A call of `wrapped` by a recorder that encloses calls its own way.
#[cold]
fn call_recorded<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    wrapped: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = recorder.py();
    let instance = wrapped.getattr_opt(intern!(py, "__self__"))?;
    let kwargs = match kwargs {
        Some(kwargs) => kwargs.clone(),
        None => PyDict::new(py),
    };
    let how = PyDict::new(py);
    how.set_item(intern!(py, "name"), name)?;
    how.set_item(intern!(py, "namespace"), intern!(py, "local"))?;
    how.set_item(intern!(py, "meta_processor"), py.None())?;
    recorder
        .getattr(intern!(py, "record_subsegment"))?
        .call((wrapped, instance, args, kwargs), Some(&how))
}

/// What `value` needs to be so that it can be decorated.
pub(crate) fn require_callable(value: &Bound<'_, PyAny>) -> PyResult<()> {
    let decorated = value.is_callable()
        || value.get_type().hasattr(intern!(value.py(), "__get__"))?
        || value.is_instance_of::<PyType>();
    if decorated {
        return Ok(());
    }
    let class = value.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "capture decorates functions, not a {class}"
    )))
}
