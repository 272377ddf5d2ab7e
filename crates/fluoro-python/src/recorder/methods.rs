//! The recorder as Python sees it.

use fluoro_core::tree::Namespace;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple};

use super::Recorder;
use super::settings::Settings;
use crate::context::is_subsegment;
use crate::entity::{DummySegment, DummySubsegment, Entity, fields, segment_of};
use crate::manager::SubsegmentContextManager;
use crate::once::intern;
use crate::{enabled, log, sampling};

#[pymethods]
impl Recorder {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(
        py: Python<'_>,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> Self {
        Recorder {
            settings: Settings::new(py),
        }
    }

    /// Begins a segment and makes it current.
    ///
    /// :param name: its name; the configured service name, if left out.
    /// :param traceid: the trace it is part of; a new one, if left out.
    /// :param parent_id: the caller's segment or subsegment.
    /// :param sampling: 0 or False: not sampled; 1, True or a rule's name: sampled; None or empty: decide.
    /// :raises SegmentNameMissingException: without any name.
    #[pyo3(signature = (name=None, traceid=None, parent_id=None, sampling=None))]
    fn begin_segment<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        traceid: Option<Bound<'py, PyAny>>,
        parent_id: Option<Bound<'py, PyAny>>,
        sampling: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if !enabled::is_enabled(py) {
            return py.get_type::<DummySegment>().call0();
        }
        let name = match name {
            Some(name) if name.is_truthy()? => name,
            _ => slf.getattr(intern!(py, "service"))?,
        };
        if !name.is_truthy()? {
            return Err(log::exception(
                py,
                "SegmentNameMissingException",
                "a segment needs a name: pass one, configure(service=...) or set AWS_XRAY_TRACING_NAME",
            ));
        }
        let decision = match sampling {
            Some(sampling) if sampling.is_truthy()? || sampling.eq(0)? => sampling,
            _ if slf.get().settings.sampling() => {
                let sampler = slf.getattr(intern!(py, "_sampler"))?;
                sampling::ask(&sampler, &name, None)?
            }
            _ => PyBool::new(py, true).to_owned().into_any(),
        };
        Ok(Recorder::begin_segment_decided(slf, &name, traceid, parent_id, &decision)?.into_any())
    }

    /// Ends the current segment, and sends it when all its subsegments have ended.
    ///
    /// :param end_time: seconds since the epoch; now, if left out.
    #[pyo3(signature = (end_time=None))]
    fn end_segment(slf: &Bound<'_, Self>, end_time: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        if !enabled::is_enabled(slf.py()) {
            return Ok(());
        }
        Recorder::end_current_segment(slf, end_time)
    }

    /// Begins a subsegment under the current entity and makes it current; None without a segment.
    ///
    /// :param name: its name.
    /// :param namespace: ``local``, ``remote`` or ``aws``.
    #[pyo3(signature = (name, namespace=None))]
    pub(crate) fn begin_subsegment<'py>(
        slf: &Bound<'py, Self>,
        name: Bound<'py, PyAny>,
        namespace: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        if !enabled::is_enabled(py) {
            return disabled_subsegment(py).map(Some);
        }
        let known = match &namespace {
            None => Some(Namespace::Local),
            Some(namespace) => namespace.extract::<&str>().ok().and_then(Namespace::parse),
        };
        if let Some(child) = slf
            .get()
            .begin_fast(py, &name, known.unwrap_or_default(), true)?
        {
            if known.is_none()
                && let Some(namespace) = namespace
            {
                fields::set(&child, "namespace", namespace);
            }
            return Ok(Some(child.into_any()));
        }
        Recorder::begin_generally(slf, name, namespace, true)
    }

    /// Begins a subsegment that is not sampled, and so is everything inside it.
    fn begin_subsegment_without_sampling<'py>(
        slf: &Bound<'py, Self>,
        name: Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        if !enabled::is_enabled(py) {
            return disabled_subsegment(py).map(Some);
        }
        match slf.get().begin_fast(py, &name, Namespace::Dummy, false)? {
            Some(child) => Ok(Some(child.into_any())),
            None => Recorder::begin_generally(slf, name, None, false),
        }
    }

    /// Ends the current subsegment; sends the segment if it was the last one open.
    ///
    /// :param end_time: seconds since the epoch; now, if left out.
    #[pyo3(signature = (end_time=None))]
    fn end_subsegment(slf: &Bound<'_, Self>, end_time: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        if !enabled::is_enabled(slf.py()) {
            return Ok(());
        }
        Recorder::end_current_subsegment(slf, end_time)
    }

    /// The current entity; without one, what the strategy for missing contexts says.
    fn get_trace_entity(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        Ok(slf.get().current(slf.py())?.map(Bound::unbind))
    }

    /// The segment of the current entity.
    fn current_segment<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let Some(current) = slf.get().current(py)? else {
            return Ok(None);
        };
        match current.cast::<Entity>() {
            Ok(entity) => Ok(Some(segment_of(entity).into_any())),
            Err(_) if is_subsegment(&current)? => {
                current.getattr(intern!(py, "parent_segment")).map(Some)
            }
            Err(_) => Ok(Some(current)),
        }
    }

    /// The innermost open subsegment; None when there is none.
    fn current_subsegment<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        if !enabled::is_enabled(py) {
            return disabled_subsegment(py).map(Some);
        }
        let Some(current) = slf.get().current(py)? else {
            return Ok(None);
        };
        Ok(is_subsegment(&current)?.then_some(current))
    }

    /// Makes an entity current.
    fn set_trace_entity(slf: &Bound<'_, Self>, trace_entity: Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        match slf.get().settings.context(py) {
            Ok(context) => context.get().current.set(py, &trace_entity),
            Err(foreign) => foreign
                .call_method1(intern!(py, "set_trace_entity"), (trace_entity,))
                .map(drop),
        }
    }

    /// Makes nothing current.
    fn clear_trace_entities(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        match slf.get().settings.context(py) {
            Ok(context) => context.get().current.set(py, py.None().bind(py)),
            Err(foreign) => foreign
                .call_method0(intern!(py, "clear_trace_entities"))
                .map(drop),
        }
    }

    /// Annotates the current entity with an indexed key-value pair.
    fn put_annotation(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if !enabled::is_enabled(slf.py()) {
            return Ok(());
        }
        slf.get().put_current_annotation(&key, &value)
    }

    /// Adds a value that is kept but not indexed to the current entity.
    #[pyo3(signature = (key, value, namespace=None))]
    fn put_metadata(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
        namespace: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        if !enabled::is_enabled(slf.py()) {
            return Ok(());
        }
        slf.get().put_current_metadata(key, value, namespace)
    }

    /// True when the current entity is sampled.
    fn is_sampled<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let no = || PyBool::new(py, false).to_owned().into_any();
        if !enabled::is_enabled(py) {
            return Ok(no());
        }
        match slf.get().current(py)? {
            Some(current) => current.getattr(intern!(py, "sampled")),
            None => Ok(no()),
        }
    }

    /// Sends ended subsegments of the current segment when it has grown too large.
    fn stream_subsegments(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let segment = slf.call_method0(intern!(py, "current_segment"))?;
        Recorder::stream(slf, &segment)
    }

    /// Opens a subsegment around a block of code or a function.
    ///
    /// :param name: its name; the function's, if left out.
    /// :param namespace: ``local``, ``remote`` or ``aws``.
    // Without `**keywords`, for which CPython would make a tuple of the arguments at each call.
    #[pyo3(signature = (name=None, namespace=None))]
    fn in_subsegment(
        slf: &Bound<'_, Self>,
        name: Option<Py<PyAny>>,
        namespace: Option<Bound<'_, PyAny>>,
    ) -> PyResult<SubsegmentContextManager> {
        let kwargs = match namespace {
            Some(namespace) => {
                let kwargs = PyDict::new(slf.py());
                kwargs.set_item(intern!(slf.py(), "namespace"), namespace)?;
                Some(kwargs.unbind())
            }
            None => None,
        };
        Ok(SubsegmentContextManager::around(slf.into(), name, kwargs))
    }

    fn _send_segment(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let segment = slf.call_method0(intern!(py, "current_segment"))?;
        if let Ok(segment) = segment.cast::<Entity>() {
            return Recorder::send_segment(slf, segment);
        }
        if !segment.is_truthy()? {
            return Ok(());
        }
        if segment.getattr(intern!(py, "sampled"))?.is_truthy()? {
            slf.get().emit(py, &segment)?;
        }
        slf.call_method0(intern!(py, "clear_trace_entities"))
            .map(drop)
    }

    fn _stream_subsegment_out(slf: &Bound<'_, Self>, subsegment: Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        if subsegment.getattr(intern!(py, "sampled"))?.is_truthy()? {
            slf.get().emit(py, &subsegment)?;
        }
        Ok(())
    }

    /// Ends the given subsegment, wherever the current entity stands by now.
    fn _end_own_subsegment(
        slf: &Bound<'_, Self>,
        subsegment: Bound<'_, PyAny>,
        end_time: Option<f64>,
    ) -> PyResult<()> {
        let py = slf.py();
        if let Ok(entity) = subsegment.cast::<Entity>()
            && slf.get().settings.is_plain(slf)
            && let Some(result) = Recorder::end_entity(slf, entity, end_time)
        {
            return result;
        }
        slf.call_method1(intern!(py, "end_subsegment"), (end_time,))
            .map(drop)
    }

    /// The current entity, or None; unlike `get_trace_entity` it never logs or raises.
    fn _peek<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.peek(py)
    }

    fn _is_subsegment(&self, entity: Bound<'_, PyAny>) -> PyResult<bool> {
        is_subsegment(&entity)
    }

    /// Takes notice of a method that was put on the recorder itself, or taken off it.
    fn _look_at_methods(slf: &Bound<'_, Self>) -> PyResult<()> {
        slf.get().settings.look_at_methods(slf)
    }

    /// Keeps what is current.
    #[getter]
    fn get_context(&self, py: Python<'_>) -> Py<PyAny> {
        self.settings.context_object(py)
    }
    #[setter]
    fn set_context(&self, context: Bound<'_, PyAny>) {
        self.settings.set_context(context);
    }
    /// Takes documents away.
    #[getter]
    fn get_emitter<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.settings.emitter(py)
    }
    #[setter]
    fn set_emitter(&self, emitter: Bound<'_, PyAny>) {
        self.settings.set_emitter(emitter);
    }
    /// Decides when subsegments leave before their segment.
    #[getter]
    fn get_streaming<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.settings.streaming(py)
    }
    #[setter]
    fn set_streaming(&self, streaming: Bound<'_, PyAny>) {
        self.settings.set_streaming(streaming);
    }
    /// Whether sampling decisions are made at all.
    #[getter]
    fn get_sampling<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.settings.sampling_object(py)
    }
    #[setter]
    fn set_sampling(&self, sampling: Bound<'_, PyAny>) -> PyResult<()> {
        self.settings.set_sampling(sampling)
    }
    /// What is known of the machine, for the `aws` block.
    #[getter]
    fn get_aws_metadata<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.settings.aws_metadata(py)
    }
    #[setter]
    fn set_aws_metadata(&self, metadata: Bound<'_, PyAny>) {
        self.settings.set_aws_metadata(metadata);
    }
    /// Kind of machine.
    #[getter]
    fn get_origin<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.settings.origin(py)
    }
    #[setter]
    fn set_origin(&self, origin: Bound<'_, PyAny>) {
        self.settings.set_origin(origin);
    }

    /// Name of segments that are begun without one.
    #[getter]
    fn get_service<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.settings.service(py)
    }
    #[setter]
    fn set_service(&self, service: Bound<'_, PyAny>) {
        self.settings.set_service(service);
    }
    /// False keeps the text of SQL statements out of documents.
    #[getter]
    fn get_stream_sql(&self) -> bool {
        self.settings.stream_sql()
    }
    #[setter]
    fn set_stream_sql(&self, stream_sql: Bound<'_, PyAny>) -> PyResult<()> {
        self.settings.set_stream_sql(stream_sql.is_truthy()?);
        Ok(())
    }
    /// True applies the strategy for missing segments to the calls of instrumented libraries, too.
    #[getter]
    fn get_strict_instrumentation(&self) -> bool {
        self.settings.strict_instrumentation()
    }
    #[setter]
    fn set_strict_instrumentation(&self, strict: Bound<'_, PyAny>) -> PyResult<()> {
        self.settings
            .set_strict_instrumentation(strict.is_truthy()?);
        Ok(())
    }

    /// Says what runs here: sent with every segment.
    fn _set_service_info(&self, info: Bound<'_, PyDict>) {
        self.settings.set_service_info(info);
    }

    fn __traverse__(&self, visit: pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        self.settings.traverse(&visit)
    }
}

fn disabled_subsegment(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let segment = py.get_type::<DummySegment>().call0()?;
    py.get_type::<DummySubsegment>().call1((segment,))
}
