//! One request flow for every web framework: one call at each end of a request.
//!
//! It trusts nothing that comes with the request and never raises: what fails inside leaves the
//! request untraced.

use std::sync::atomic::{AtomicBool, Ordering};

use fluoro_core::details::Scalar;
use fluoro_core::request::{decision_of, forwarded_address, response_header};
use fluoro_wire::trace_header::{SamplingFlag, TraceHeader};
use parking_lot::Mutex;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};

use crate::entity::Entity;
use crate::entity::methods::change_outcome;
use crate::manager::record_raised;
use crate::recorder::Recorder;
use crate::sampling::{WebRequest, ask};
use crate::text::Text;
use crate::{enabled, log};

/// A request that is being recorded.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct Request {
    recorder: Py<Recorder>,
    /// The entity that stands for the request.
    #[pyo3(get)]
    segment: Py<PyAny>,
    /// What was current before.
    outer: Option<Py<PyAny>>,
    /// What was current before the segment was attached again.
    detached: Mutex<Vec<Option<Py<PyAny>>>>,
    decision_requested: bool,
    in_lambda: bool,
    urls_as_annotation: bool,
    announced: AtomicBool,
    ended: AtomicBool,
}

/// Begins the segment of an incoming request.
///
/// :param recorder: the recorder.
/// :param header: value of ``X-Amzn-Trace-Id``, if there is one.
/// :param url: address asked for; the query string and credentials are left out.
/// :param host: the ``Host`` header, unchecked.
/// :param forwarded_for: the ``X-Forwarded-For`` header, unchecked.
/// :param in_lambda: record a subsegment of the Lambda invocation instead.
/// :param naming_host: what the name patterns are matched with, if not the host.
/// :returns: None when the request is not to be traced at all, or tracing failed.
#[pyfunction]
#[pyo3(signature = (recorder, *, header=None, method=None, url=None, path=None, host=None,
    client_ip=None, forwarded_for=None, user_agent=None, in_lambda=false,
    urls_as_annotation=false, naming_host=None))]
#[allow(clippy::too_many_arguments)] // a keyword for each part of a request
pub(crate) fn begin_request<'py>(
    recorder: &Bound<'py, PyAny>,
    header: Option<Bound<'py, PyAny>>,
    method: Option<Bound<'py, PyAny>>,
    url: Option<Bound<'py, PyAny>>,
    path: Option<Bound<'py, PyAny>>,
    host: Option<Bound<'py, PyAny>>,
    client_ip: Option<Bound<'py, PyAny>>,
    forwarded_for: Option<Bound<'py, PyAny>>,
    user_agent: Option<Bound<'py, PyAny>>,
    in_lambda: bool,
    urls_as_annotation: bool,
    naming_host: Option<Bound<'py, PyAny>>,
) -> Option<Request> {
    let py = recorder.py();
    if !enabled::is_enabled(py) {
        return None;
    }
    let incoming = Incoming {
        method: text(method),
        url: text(url),
        path: text(path),
        naming_host: text(naming_host).or_else(|| text(host.clone())),
        host: text(host),
        client_ip: text(client_ip),
        forwarded_for: text(forwarded_for),
        user_agent: text(user_agent),
        in_lambda,
        urls_as_annotation,
    };
    let header = text(header).and_then(|header| parse_header(&header));
    match incoming.begin(recorder, header.unwrap_or_default()) {
        Ok(request) => request,
        Err(error) => {
            log::failure(py, "a request is not traced", &error);
            None
        }
    }
}

struct Incoming<'py> {
    method: Option<Bound<'py, PyString>>,
    url: Option<Bound<'py, PyString>>,
    path: Option<Bound<'py, PyString>>,
    host: Option<Bound<'py, PyString>>,
    naming_host: Option<Bound<'py, PyString>>,
    client_ip: Option<Bound<'py, PyString>>,
    forwarded_for: Option<Bound<'py, PyString>>,
    user_agent: Option<Bound<'py, PyString>>,
    in_lambda: bool,
    urls_as_annotation: bool,
}

impl<'py> Incoming<'py> {
    fn begin(self, recorder: &Bound<'py, PyAny>, header: TraceHeader) -> PyResult<Option<Request>> {
        let py = recorder.py();
        let own = recorder.cast::<Recorder>()?;
        let Some(name) = self.name(recorder)? else {
            return Err(log::exception(
                py,
                "SegmentNameMissingException",
                "requests have no name: use configure(service=...) or set AWS_XRAY_TRACING_NAME",
            ));
        };
        let outer = own.get().peek(py);
        let decision_requested = header.sampled == Some(SamplingFlag::Requested);
        let segment = if self.in_lambda {
            let begun = recorder.call_method1(intern!(py, "begin_subsegment"), (&name,))?;
            if begun.is_none() {
                return Ok(None);
            }
            begun
        } else {
            let decision = self.decide(recorder, own, &name, &header)?;
            begin_segment(recorder, own, &name, &header, &decision)?
        };
        if let Ok(entity) = segment.cast::<Entity>() {
            self.describe(entity, header);
        } else {
            self.describe_foreign(&segment)?;
        }
        Ok(Some(Request {
            recorder: own.clone().unbind(),
            segment: segment.unbind(),
            outer: outer.map(Bound::unbind),
            detached: Mutex::new(Vec::new()),
            decision_requested,
            in_lambda: self.in_lambda,
            urls_as_annotation: self.urls_as_annotation,
            announced: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }))
    }

    fn name(&self, recorder: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = recorder.py();
        let naming = recorder.getattr(intern!(py, "_dynamic_naming"))?;
        let name = if naming.is_none() {
            recorder.getattr(intern!(py, "service"))?
        } else {
            naming.call_method1(intern!(py, "get_name"), (self.naming_host.clone(),))?
        };
        if name.is_truthy()? {
            return Ok(Some(name));
        }
        let service = recorder.getattr(intern!(py, "service"))?;
        Ok(service.is_truthy()?.then_some(service))
    }

    fn decide(
        &self,
        recorder: &Bound<'py, PyAny>,
        own: &Bound<'py, Recorder>,
        name: &Bound<'py, PyAny>,
        header: &TraceHeader,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = recorder.py();
        let answer = |sampled: bool| Ok(PyBool::new(py, sampled).to_owned().into_any());
        if let Some(decision) = decision_of(header) {
            return answer(decision);
        }
        if !own.get().settings().sampling() {
            return answer(true);
        }
        let sampler = recorder.getattr(intern!(py, "sampler"))?;
        let request = WebRequest {
            host: self.host.as_ref(),
            method: self.method.as_ref(),
            path: self.path.as_ref(),
        };
        ask(&sampler, name, Some(request))
    }

    /// Where the client is: the first address of `X-Forwarded-For` if it is one, else the peer's.
    fn client(&self) -> (Option<Text>, bool) {
        if let Some(forwarded) = &self.forwarded_for {
            let forwarded = forwarded.to_string_lossy();
            if let Some(address) = forwarded_address(&forwarded) {
                return (Some(Text::Owned(address.to_string().into())), true);
            }
        }
        (self.client_ip.as_ref().map(Text::new), false)
    }

    fn describe(&self, entity: &Bound<'py, Entity>, header: TraceHeader) {
        let url = self.url.as_ref().map(stripped);
        let (client_ip, forwarded) = self.client();
        let annotations = self.urls_as_annotation.then(|| {
            let url = self.url.as_ref().map(stripped);
            (url, self.client().0)
        });
        entity.get().with_tree(|tree, index| {
            if index == fluoro_core::tree::ROOT {
                tree.header = Some(Box::new(header));
            }
            let node = tree.node_mut(index);
            if !node.sampled {
                return;
            }
            let details = node.details();
            let http = details.http();
            http.url = url;
            http.method = self.method.as_ref().map(Text::new);
            http.user_agent = self.user_agent.as_ref().map(Text::new);
            http.client_ip = client_ip;
            http.x_forwarded_for = forwarded;
            let Some((url, client_ip)) = annotations else {
                return;
            };
            for (key, value) in [
                ("url", url),
                ("method", self.method.as_ref().map(Text::new)),
                ("user_agent", self.user_agent.as_ref().map(Text::new)),
                ("client_ip", client_ip),
            ] {
                if let Some(value) = value {
                    details.put_annotation(Text::Static(key), Scalar::Text(value));
                }
            }
            if forwarded {
                details.put_annotation(Text::Static("x_forwarded_for"), Scalar::Bool(true));
            }
        });
    }

    /// The same for an entity of the program's own class.
    #[cold]
    fn describe_foreign(&self, entity: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = entity.py();
        let url = self.url.as_ref().map(|url| stripped(url).to_python(py));
        let (client_ip, forwarded) = self.client();
        let client_ip = client_ip.map(|address| address.to_python(py));
        let parts = [
            ("url", url),
            ("method", self.method.clone()),
            ("user_agent", self.user_agent.clone()),
            ("client_ip", client_ip),
        ];
        for (key, value) in parts {
            entity.call_method1(intern!(py, "put_http_meta"), (key, value))?;
        }
        if forwarded {
            entity.call_method1(intern!(py, "put_http_meta"), ("x_forwarded_for", true))?;
        }
        Ok(())
    }
}

fn begin_segment<'py>(
    recorder: &Bound<'py, PyAny>,
    own: &Bound<'py, Recorder>,
    name: &Bound<'py, PyAny>,
    header: &TraceHeader,
    decision: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = recorder.py();
    if own.get().settings().is_plain(recorder) {
        let begun = Recorder::begin_segment_with(own, name, header.root, header.parent, decision)?;
        return Ok(begun.into_any());
    }
    let keywords = PyDict::new(py);
    keywords.set_item("name", name)?;
    keywords.set_item("traceid", header.root.map(|root| root.to_string()))?;
    keywords.set_item("parent_id", header.parent.map(|parent| parent.to_string()))?;
    let sampling = if decision.is_truthy()? {
        decision.clone()
    } else {
        0i64.into_pyobject(py)?.into_any()
    };
    keywords.set_item("sampling", sampling)?;
    recorder.call_method(intern!(py, "begin_segment"), (), Some(&keywords))
}

#[pymethods]
impl Request {
    /// Value of the response's ``X-Amzn-Trace-Id`` header.
    fn response_header(&self, py: Python<'_>) -> Option<String> {
        let segment = self.segment.bind(py);
        let result = (|| {
            let (trace_id, sampled) = match segment.cast::<Entity>() {
                Ok(entity) => {
                    let id = crate::entity::fields::trace_id(entity)?
                        .bind(py)
                        .to_string();
                    (id, entity.get().is_sampled())
                }
                Err(_) => (
                    segment.getattr("trace_id")?.to_string(),
                    segment.getattr("sampled")?.is_truthy()?,
                ),
            };
            Ok::<_, PyErr>(response_header(trace_id, sampled, self.decision_requested))
        })();
        result.ok()
    }

    /// Records an exception that ended the request.
    fn add_exception(&self, py: Python<'_>, exception: Bound<'_, PyAny>) {
        record_raised(
            self.recorder.bind(py).as_any(),
            self.segment.bind(py),
            &exception,
        );
    }

    /// Ends the request's segment and sends it. Ending it again does nothing.
    #[pyo3(signature = (status=None, content_length=None))]
    fn end(&self, py: Python<'_>, status: Option<i64>, content_length: Option<i64>) {
        if self.ended.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Err(error) = self.finish(py, status, content_length) {
            log::failure(py, "the segment of a request was not ended", &error);
        }
    }

    /// Sends the segment as it stands, marked as in progress; for requests that take long. The
    /// service takes one such document of a segment, so doing it again does nothing.
    fn send_in_progress(&self, py: Python<'_>) {
        if self.ended.load(Ordering::Acquire) || self.announced.swap(true, Ordering::AcqRel) {
            return;
        }
        let recorder = self.recorder.bind(py);
        if let Ok(entity) = self.segment.bind(py).cast::<Entity>()
            && entity.get().is_sampled()
            && entity.get().is_segment()
            && let Err(error) = recorder.get().emit(py, entity.as_any())
        {
            log::failure(py, "an unfinished segment was not sent", &error);
        }
    }

    /// Makes the request's segment current here, for code that runs outside the view.
    fn attach(&self, py: Python<'_>) {
        let recorder = self.recorder.bind(py);
        let before = recorder.get().peek(py).map(Bound::unbind);
        self.detached.lock().push(before);
        let _ = recorder.call_method1(intern!(py, "set_trace_entity"), (&self.segment,));
    }

    /// Undoes the last `attach`.
    fn detach(&self, py: Python<'_>) {
        let before = self.detached.lock().pop();
        if let Some(before) = before {
            make_current(self.recorder.bind(py), before.as_ref());
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.recorder)?;
        visit.call(&self.segment)?;
        self.outer.iter().try_for_each(|outer| visit.call(outer))?;
        let Some(detached) = self.detached.try_lock() else {
            return Ok(());
        };
        detached
            .iter()
            .flatten()
            .try_for_each(|before| visit.call(before))
    }
}

impl Request {
    fn finish(
        &self,
        py: Python<'_>,
        status: Option<i64>,
        content_length: Option<i64>,
    ) -> PyResult<()> {
        let recorder = self.recorder.bind(py);
        let segment = self.segment.bind(py);
        let Ok(entity) = segment.cast::<Entity>() else {
            segment.call_method1(intern!(py, "put_http_meta"), ("status", status))?;
            segment.call_method1(
                intern!(py, "put_http_meta"),
                ("content_length", content_length),
            )?;
            recorder.call_method0(intern!(py, "end_segment"))?;
            return Ok(());
        };
        self.describe_response(entity, status, content_length)?;
        if self.in_lambda {
            recorder.call_method1(intern!(py, "_end_own_subsegment"), (entity, py.None()))?;
            return Ok(());
        }
        let result = Recorder::end_segment_of(recorder, entity);
        // Whatever is still open goes on by itself; here the request is over.
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
        result
    }

    fn describe_response(
        &self,
        entity: &Bound<'_, Entity>,
        status: Option<i64>,
        content_length: Option<i64>,
    ) -> PyResult<()> {
        let py = entity.py();
        if let Some(status) = status
            && entity.get().is_sampled()
        {
            change_outcome(entity, |outcome| outcome.apply_status(status));
        }
        let as_python = crate::entity::fields::get(entity, "http").is_some();
        if as_python && entity.get().is_in_progress() && !entity.get().is_dummy() {
            for (key, value) in [("status", status), ("content_length", content_length)] {
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
                details.http().status = status;
                details.http().content_length = content_length;
            }
            if self.urls_as_annotation {
                for (key, value) in [("status", status), ("content_length", content_length)] {
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

pub(crate) fn text<'py>(value: Option<Bound<'py, PyAny>>) -> Option<Bound<'py, PyString>> {
    value?.cast_into::<PyString>().ok()
}

fn parse_header(header: &Bound<'_, PyString>) -> Option<TraceHeader> {
    TraceHeader::parse(&header.to_string_lossy()).ok()
}

/// A URL without credentials, query string and fragment.
#[pyfunction]
pub(crate) fn strip_url(url: &str) -> String {
    fluoro_wire::url::strip_url(url).into_owned()
}

pub(crate) fn stripped(url: &Bound<'_, PyString>) -> Text {
    let text = Text::new(url);
    match fluoro_wire::url::strip_url(text.as_ref()) {
        std::borrow::Cow::Borrowed(same) if same.len() == text.as_ref().len() => text,
        shorter => Text::Owned(shorter.into_owned().into()),
    }
}
