//! A request that is being recorded, from its begin to its end.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::once::intern;
use fluoro_core::details::Scalar;
use parking_lot::Mutex;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use super::answer;
use crate::entity::{Entity, change_outcome, fields};
use crate::log;
use crate::manager::record_raised;
use crate::recorder::Recorder;
use crate::text::Text;

/// A request that is being recorded.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct Request {
    recorder: Py<Recorder>,
    /// The entity that stands for the request.
    #[pyo3(get)]
    segment: Py<PyAny>,
    /// What was current before.
    outer: Option<Py<PyAny>>,
    traits: Traits,
    state: Mutex<State>,
    announced: AtomicBool,
    ended: AtomicBool,
}

/// What does not change while a request runs.
#[derive(Clone, Copy)]
pub(super) struct Traits {
    /// The caller wants to know whether the request is sampled.
    pub(super) decision_requested: bool,
    /// It is a subsegment of a Lambda invocation.
    pub(super) in_lambda: bool,
    /// Its http data is repeated as annotations.
    pub(super) urls_as_annotation: bool,
}

/// What becomes known while a request runs.
#[derive(Default)]
struct State {
    /// What was current in the request's code when that was left last.
    inner: Option<Py<PyAny>>,
    /// What was current before the segment was attached again.
    detached: Vec<Option<Py<PyAny>>>,
    /// What went wrong; whether that is a fault is for the final status to say.
    exceptions: Vec<Py<PyAny>>,
    response: Response,
}

/// What is known of the response.
#[derive(Clone, Copy, Default)]
pub(super) struct Response {
    pub(super) status: Option<i64>,
    pub(super) content_length: Option<i64>,
}

impl Response {
    fn or(self, other: Response) -> Response {
        Response {
            status: self.status.or(other.status),
            content_length: self.content_length.or(other.content_length),
        }
    }

    /// Its members, by the names they have in documents.
    fn members(self) -> [(&'static str, Option<i64>); 2] {
        [
            ("status", self.status),
            ("content_length", self.content_length),
        ]
    }
}

#[pymethods]
impl Request {
    /// Value of the response's ``X-Amzn-Trace-Id`` header.
    fn response_header(&self, py: Python<'_>) -> Option<String> {
        self.header(py).ok()
    }

    /// Takes over what a response says, and adds the trace header to its headers.
    ///
    /// :param status: the status, or a text that begins with it.
    /// :param headers: a list of pairs, or a dict of lower-case names and pairs; it is changed.
    fn answer(&self, py: Python<'_>, status: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>) {
        let result = (|| {
            let content_length = answer::add_header(headers, &self.header(py)?)?;
            self.state.lock().response = Response {
                status: answer::status_of(status)?,
                content_length,
            };
            Ok::<_, PyErr>(())
        })();
        if let Err(error) = result {
            log::failure(py, "a response is not described", &error);
        }
    }

    /// Records an exception. Whether the request failed is for its final status to say.
    fn add_exception(&self, exception: Bound<'_, PyAny>) {
        let mut state = self.state.lock();
        if !state.exceptions.iter().any(|known| exception.is(known)) {
            state.exceptions.push(exception.unbind());
        }
    }

    /// Records an exception that ended the request: a fault, whatever its response began with.
    fn fail(&self, py: Python<'_>, exception: Bound<'_, PyAny>) {
        self.record(py, &exception);
    }

    /// Ends the request's segment and sends it. Ending it again does nothing.
    ///
    /// :param status: status of the response; the one it was answered with, if left out.
    #[pyo3(signature = (status=None, content_length=None))]
    fn end(&self, py: Python<'_>, status: Option<i64>, content_length: Option<i64>) {
        if self.ended.swap(true, Ordering::AcqRel) {
            return;
        }
        let given = Response {
            status,
            content_length,
        };
        let (exceptions, response) = {
            let mut state = self.state.lock();
            let exceptions = std::mem::take(&mut state.exceptions);
            (exceptions, given.or(state.response))
        };
        for exception in exceptions {
            self.record_unless_handled(exception.bind(py), response.status);
        }
        if let Err(error) = self.finish(py, response) {
            log::failure(py, "the segment of a request was not ended", &error);
        }
    }

    /// True when the request's segment was ended.
    #[getter]
    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Sends the segment as it stands, marked as in progress; for requests that take long. The
    /// service takes one such document of a segment, so doing it again does nothing.
    fn send_in_progress(&self, py: Python<'_>) {
        if self.has_ended() || self.announced.swap(true, Ordering::AcqRel) {
            return;
        }
        let recorder = self.recorder.bind(py);
        if let Ok(entity) = self.segment.bind(py).cast::<Entity>()
            && entity.get().is_sampled()
            && entity.get().is_segment()
            && let Err(error) = Recorder::send_preview(recorder, entity)
        {
            log::failure(py, "an unfinished segment was not sent", &error);
        }
    }

    /// Makes current what was current in the request's code when it was left last, at first its
    /// segment: for code of the request that runs somewhere else, such as a response's body.
    fn attach(&self, py: Python<'_>) {
        let recorder = self.recorder.bind(py);
        let before = recorder.get().peek(py).map(Bound::unbind);
        let inner = {
            let mut state = self.state.lock();
            state.detached.push(before);
            state.inner.as_ref().unwrap_or(&self.segment).clone_ref(py)
        };
        if !self.has_ended() {
            make_current(recorder, Some(&inner));
        }
    }

    /// Leaves the request's code: makes current what was current before the last `attach`, or
    /// before the request.
    fn detach(&self, py: Python<'_>) {
        let recorder = self.recorder.bind(py);
        let inner = recorder.get().peek(py).map(Bound::unbind);
        let (before, replaced) = {
            let mut state = self.state.lock();
            let before = match state.detached.pop() {
                Some(before) => before,
                None => self.outer.as_ref().map(|outer| outer.clone_ref(py)),
            };
            (before, std::mem::replace(&mut state.inner, inner))
        };
        drop(replaced);
        make_current(recorder, before.as_ref());
    }

    /// A copy of what it hangs on, such as a framework's request, is not recorded: there it is None.
    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, Bound<'py, PyTuple>) {
        (py.None().into_bound(py).get_type(), PyTuple::empty(py))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.recorder)?;
        visit.call(&self.segment)?;
        self.outer.iter().try_for_each(|outer| visit.call(outer))?;
        let Some(state) = self.state.try_lock() else {
            return Ok(());
        };
        let detached = state.detached.iter().flatten();
        let mut kept = state.inner.iter().chain(detached).chain(&state.exceptions);
        kept.try_for_each(|object| visit.call(object))
    }
}

impl Request {
    pub(super) fn new(
        recorder: Bound<'_, Recorder>,
        segment: Bound<'_, PyAny>,
        outer: Option<Bound<'_, PyAny>>,
        traits: Traits,
    ) -> Self {
        Request {
            recorder: recorder.unbind(),
            segment: segment.unbind(),
            outer: outer.map(Bound::unbind),
            traits,
            state: Mutex::default(),
            announced: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }
    }

    fn header(&self, py: Python<'_>) -> PyResult<String> {
        let segment = self.segment.bind(py);
        let (trace_id, sampled) = match segment.cast::<Entity>() {
            Ok(entity) => (fields::trace_id_text(entity)?, entity.get().is_sampled()),
            Err(_) => (
                segment.getattr("trace_id")?.to_string(),
                segment.getattr("sampled")?.is_truthy()?,
            ),
        };
        let asked = self.traits.decision_requested;
        Ok(fluoro_core::request::response_header(
            &trace_id, sampled, asked,
        ))
    }

    fn record(&self, py: Python<'_>, exception: &Bound<'_, PyAny>) {
        record_raised(
            self.recorder.bind(py).as_any(),
            self.segment.bind(py),
            exception,
        );
    }

    /// Records an exception; it is a fault unless the response says otherwise.
    fn record_unless_handled(&self, exception: &Bound<'_, PyAny>, status: Option<i64>) {
        let py = exception.py();
        let segment = self.segment.bind(py).cast::<Entity>().ok();
        let before = segment.map(|entity| entity.get().outcome());
        self.record(py, exception);
        if let (Some(entity), Some(before)) = (segment, before)
            && status.is_some_and(|status| status < 500)
        {
            entity
                .get()
                .with_tree(|tree, index| tree.node_mut(index).outcome = before);
        }
    }

    fn finish(&self, py: Python<'_>, response: Response) -> PyResult<()> {
        let recorder = self.recorder.bind(py);
        let segment = self.segment.bind(py);
        let Ok(entity) = segment.cast::<Entity>() else {
            for (key, value) in response.members() {
                segment.call_method1(intern!(py, "put_http_meta"), (key, value))?;
            }
            recorder.call_method0(intern!(py, "end_segment"))?;
            return Ok(());
        };
        self.describe_response(entity, response)?;
        if self.traits.in_lambda {
            recorder.call_method1(intern!(py, "_end_own_subsegment"), (entity, py.None()))?;
            return Ok(());
        }
        let result = Recorder::end_segment_of(recorder, entity);
        self.leave(recorder, entity);
        result
    }

    /// Whatever is still open goes on by itself; here the request is over.
    fn leave(&self, recorder: &Bound<'_, Recorder>, entity: &Bound<'_, Entity>) {
        let py = recorder.py();
        if let Some(current) = recorder.get().peek(py) {
            let own = current.cast::<Entity>();
            if own.is_ok_and(|current| current.get().is_related(entity.get())) {
                make_current(recorder, None);
            }
        }
        if let Some(outer) = &self.outer
            && let Ok(outer) = outer.bind(py).cast::<Entity>()
            && outer.get().is_in_progress()
            && recorder.get().peek(py).is_none()
        {
            make_current(recorder, Some(outer.as_any().as_unbound()));
        }
    }

    fn describe_response(&self, entity: &Bound<'_, Entity>, response: Response) -> PyResult<()> {
        let py = entity.py();
        if let Some(status) = response.status
            && entity.get().is_sampled()
        {
            change_outcome(entity, |outcome| outcome.apply_status(status));
        }
        let as_python = fields::get(entity, "http").is_some();
        if as_python && entity.get().is_in_progress() && !entity.get().is_dummy() {
            for (key, value) in response.members() {
                entity.call_method1(intern!(py, "put_http_meta"), (key, value))?;
            }
        }
        entity.get().with_tree(|tree, index| {
            let node = tree.node_mut(index);
            if !node.sampled || !node.in_progress {
                return;
            }
            let details = node.details();
            if !as_python {
                details.http().status = response.status;
                details.http().content_length = response.content_length;
            }
            if self.traits.urls_as_annotation {
                for (key, value) in response.members() {
                    if let Some(value) = value {
                        details.put_annotation(Text::Static(key), Scalar::Integer(value));
                    }
                }
            }
        });
        Ok(())
    }
}

fn make_current(recorder: &Bound<'_, Recorder>, entity: Option<&Py<PyAny>>) {
    let py = recorder.py();
    let result = match entity {
        Some(entity) => recorder.call_method1(intern!(py, "set_trace_entity"), (entity,)),
        None => recorder.call_method0(intern!(py, "clear_trace_entities")),
    };
    if let Err(error) = result {
        log::failure(py, "the current entity was not changed", &error);
    }
}
