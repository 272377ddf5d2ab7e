//! Calls to other services: one call at each end, and a header in between.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::once::intern;
use fluoro_core::request;
use fluoro_core::tree::Namespace;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::context::Context;
use crate::entity::{Entity, change_outcome, fields, segment_of};
use crate::manager::record_raised;
use crate::recorder::Recorder;
use crate::request::{stripped, text};
use crate::text::Text;
use crate::{enabled, log};

/// A request to another service that is being recorded.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct ClientRequest {
    recorder: Py<PyAny>,
    /// The subsegment that stands for the call.
    #[pyo3(get)]
    subsegment: Py<PyAny>,
    ended: AtomicBool,
}

/// An awaitable that has come to its end, for who has nothing to wait for.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct Completed;

#[pymethods]
impl Completed {
    const fn __await__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    const fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    const fn __next__(&self) -> Option<()> {
        None
    }
}

/// Begins the subsegment of a call to another service; None when no segment is open.
///
/// :param name: name of the subsegment, usually the other host's.
/// :param url: address called; the query string and credentials are left out.
/// :raises SegmentNotFoundException: when no segment is open, instrumentation is strict and the
///     strategy says so.
#[pyfunction]
#[pyo3(signature = (recorder, name, method=None, url=None))]
pub(crate) fn begin_client_request<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    method: Option<Bound<'py, PyAny>>,
    url: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<ClientRequest>> {
    let begun = (|| {
        let Some(subsegment) = begin_open(recorder, name, Namespace::Remote)? else {
            return Ok(None);
        };
        let method = text(method);
        let url = text(url);
        if let Ok(entity) = subsegment.cast::<Entity>() {
            let url = url.as_ref().map(stripped);
            let method = method.as_ref().map(Text::new);
            entity.get().with_tree(|tree, index| {
                let node = tree.node_mut(index);
                if node.sampled {
                    let http = node.details().http();
                    http.url = url;
                    http.method = method;
                }
            });
        }
        Ok::<_, PyErr>(Some(ClientRequest {
            recorder: recorder.clone().unbind(),
            subsegment: subsegment.unbind(),
            ended: AtomicBool::new(false),
        }))
    })();
    begun.or_else(|error| untraced(recorder, "a call is not traced", error))
}

/// Begins a subsegment if a segment is open; never a word if none is, unless that is wanted.
pub(crate) fn begin_open<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    namespace: Namespace,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = recorder.py();
    if !enabled::is_enabled(py) {
        return Ok(None);
    }
    if let Some(own) = crate::manager::plain_recorder(recorder) {
        if let Some(child) = own.get().begin_fast(py, name, namespace, true)? {
            return Ok(Some(child.into_any()));
        }
        let context = own.get().settings().context(py);
        if context.is_ok() && own.get().peek(py).is_none() {
            return missing_unless_allowed(recorder);
        }
    }
    begin_generally(recorder, name, namespace)
}

#[cold]
fn begin_generally<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    namespace: Namespace,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = recorder.py();
    if !is_open(recorder)? {
        return missing_unless_allowed(recorder);
    }
    let begin = recorder.getattr(intern!(py, "begin_subsegment"))?;
    let begun = match namespace {
        Namespace::Local => begin.call1((name,))?,
        other => begin.call1((name, other.as_str()))?,
    };
    Ok((!begun.is_none()).then_some(begun))
}

/// Goes on without a subsegment; strict instrumentation does what the strategy for missing segments says.
fn missing_unless_allowed<T>(recorder: &Bound<'_, PyAny>) -> PyResult<Option<T>> {
    if is_strict(recorder) {
        let py = recorder.py();
        recorder
            .getattr(intern!(py, "context"))?
            .call_method0(intern!(py, "handle_context_missing"))?;
    }
    Ok(None)
}

fn is_strict(recorder: &Bound<'_, PyAny>) -> bool {
    recorder
        .cast::<Recorder>()
        .is_ok_and(|own| own.get().settings().strict_instrumentation())
}

/// What instrumentation does when a subsegment could not be begun: the call goes on untraced.
///
/// # Errors
/// The one that strict instrumentation wants to be seen.
pub(crate) fn untraced<T>(
    recorder: &Bound<'_, PyAny>,
    consequence: &'static str,
    error: PyErr,
) -> PyResult<Option<T>> {
    let py = recorder.py();
    if is_strict(recorder) && log::is_exception(&error, py, "SegmentNotFoundException") {
        return Err(error);
    }
    log::failure(py, consequence, &error);
    Ok(None)
}

/// True when there is something to record into; asking has no consequences.
fn is_open(recorder: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = recorder.py();
    let context = recorder.getattr(intern!(py, "context"))?;
    if context.is_instance_of::<Context>() {
        return context.call_method0(intern!(py, "_is_open"))?.is_truthy();
    }
    Ok(!recorder.call_method0(intern!(py, "_peek"))?.is_none())
}

#[pymethods]
impl ClientRequest {
    /// Value of the ``X-Amzn-Trace-Id`` header to send along.
    fn header(&self, py: Python<'_>) -> Option<String> {
        let subsegment = self.subsegment.bind(py);
        let result = match subsegment.cast::<Entity>() {
            Ok(entity) => outgoing_header(entity),
            Err(_) => (|| {
                let headers = PyDict::new(py);
                let util = py.import("aws_xray_sdk.ext.util")?;
                util.call_method1("inject_trace_header", (&headers, subsegment))?;
                Ok(headers.values().get_item(0)?.to_string())
            })(),
        };
        result.ok()
    }

    /// Records an exception that ended the call.
    fn add_exception(&self, py: Python<'_>, exception: Bound<'_, PyAny>) {
        record_raised(self.recorder.bind(py), self.subsegment.bind(py), &exception);
    }

    /// Ends the call's subsegment. Ending it again does nothing.
    #[pyo3(signature = (status=None, content_length=None))]
    fn end(&self, py: Python<'_>, status: Option<i64>, content_length: Option<i64>) {
        if self.ended.swap(true, Ordering::AcqRel) {
            return;
        }
        let subsegment = self.subsegment.bind(py);
        let result = (|| {
            if let Ok(entity) = subsegment.cast::<Entity>() {
                if let Some(status) = status
                    && entity.get().is_sampled()
                {
                    change_outcome(entity, |outcome| outcome.apply_status(status));
                }
                entity.get().with_tree(|tree, index| {
                    let node = tree.node_mut(index);
                    if !node.sampled || !node.in_progress {
                        return;
                    }
                    let http = node.details().http();
                    http.status = status.or(http.status);
                    http.content_length = content_length.or(http.content_length);
                });
            } else {
                subsegment.call_method1(intern!(py, "put_http_meta"), ("status", status))?;
            }
            crate::manager::end(self.recorder.bind(py), subsegment)
        })();
        if let Err(error) = result {
            log::failure(py, "the subsegment of a call was not ended", &error);
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.recorder)?;
        visit.call(&self.subsegment)
    }
}

/// The header that makes a called service continue the trace under `entity`.
fn outgoing_header(entity: &Bound<'_, Entity>) -> PyResult<String> {
    let py = entity.py();
    let trace_id = fields::trace_id_text(entity)?;
    let id = fields::id(entity)?.bind(py).to_string();
    let sampled = entity.get().is_sampled();
    let segment = segment_of(entity);
    let saved = fields::get(&segment, "_origin_trace_header");
    if let Some(Ok(data)) = saved.map(|saved| saved.getattr(intern!(py, "data"))) {
        let data = data
            .cast_into::<PyDict>()
            .unwrap_or_else(|_| PyDict::new(py));
        return Ok(request::outgoing_header(
            &trace_id,
            &id,
            sampled,
            data.iter(),
        ));
    }
    Ok(segment.get().with_tree(|tree, _| {
        let data = tree.header.iter().flat_map(|header| &header.data);
        request::outgoing_header(
            &trace_id,
            &id,
            sampled,
            data.map(|(key, value)| (key, value)),
        )
    }))
}
