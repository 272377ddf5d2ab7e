//! A request as it comes in, and how its segment begins.

use crate::once::intern;
use fluoro_core::details::Scalar;
use fluoro_core::request::{decision_of, forwarded_client};
use fluoro_wire::trace_header::{SamplingFlag, TraceHeader};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};

use super::flow::Request;
use super::url::stripped;
use crate::entity::Entity;
use crate::log;
use crate::recorder::Recorder;
use crate::sampling::{WebRequest, ask};
use crate::text::Text;

/// What is known of a request; everything is unchecked, and may be missing.
#[derive(Default)]
pub(super) struct Incoming<'py> {
    /// Value of `X-Amzn-Trace-Id`.
    pub(super) header: Option<Bound<'py, PyString>>,
    pub(super) method: Option<Bound<'py, PyString>>,
    /// Address asked for, without what may be secret.
    pub(super) url: Option<Text>,
    pub(super) path: Option<Bound<'py, PyString>>,
    /// The `Host` header.
    pub(super) host: Option<Bound<'py, PyString>>,
    /// What the name patterns are matched with, if not the host.
    pub(super) naming_host: Option<Bound<'py, PyString>>,
    /// The peer's address.
    pub(super) client_ip: Option<Bound<'py, PyString>>,
    pub(super) forwarded_for: Option<Bound<'py, PyString>>,
    pub(super) user_agent: Option<Bound<'py, PyString>>,
    /// True to record a subsegment of the Lambda invocation instead.
    pub(super) in_lambda: bool,
    /// True to repeat the http data as annotations.
    pub(super) urls_as_annotation: bool,
}

/// A part of a request, if it is text.
pub(crate) fn text(value: Option<Bound<'_, PyAny>>) -> Option<Bound<'_, PyString>> {
    value?.cast_into::<PyString>().ok()
}

/// A part that says something: servers give the peer behind a Unix socket an empty address.
fn filled(part: Option<&Bound<'_, PyString>>) -> Option<Text> {
    part.map(Text::new).filter(|text| !text.as_ref().is_empty())
}

impl<'py> Incoming<'py> {
    /// Reads the parts by their names.
    ///
    /// # Errors
    /// `TypeError` for a name that is none.
    pub(super) fn of_parts(parts: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut incoming = Incoming::default();
        for (name, value) in parts.into_iter().flat_map(|parts| parts.iter()) {
            match name.cast::<PyString>()?.to_str()? {
                "header" => incoming.header = text(Some(value)),
                "method" => incoming.method = text(Some(value)),
                "url" => incoming.url = text(Some(value)).as_ref().map(stripped),
                "path" => incoming.path = text(Some(value)),
                "host" => incoming.host = text(Some(value)),
                "naming_host" => incoming.naming_host = text(Some(value)),
                "client_ip" => incoming.client_ip = text(Some(value)),
                "forwarded_for" => incoming.forwarded_for = text(Some(value)),
                "user_agent" => incoming.user_agent = text(Some(value)),
                "in_lambda" => incoming.in_lambda = value.is_truthy()?,
                "urls_as_annotation" => incoming.urls_as_annotation = value.is_truthy()?,
                unknown => {
                    let message = format!("a request has no part called {unknown:?}");
                    return Err(PyTypeError::new_err(message));
                }
            }
        }
        Ok(incoming)
    }

    /// Begins the segment; `None` when the request is not to be traced.
    pub(super) fn begin(mut self, recorder: &Bound<'py, PyAny>) -> PyResult<Option<Request>> {
        let py = recorder.py();
        let header = self.header.take();
        let header = header.and_then(|header| TraceHeader::parse(&header.to_string_lossy()).ok());
        let header = header.unwrap_or_default();
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
            if let Ok(entity) = begun.cast::<Entity>() {
                crate::header::keep(entity, &header)?;
            }
            begun
        } else {
            let decision = self.decide(recorder, own, &name, &header)?;
            begin_segment(recorder, own, &name, &header, &decision)?
        };
        let (in_lambda, urls_as_annotation) = (self.in_lambda, self.urls_as_annotation);
        if let Ok(entity) = segment.cast::<Entity>() {
            self.describe(entity, header);
        } else {
            self.describe_foreign(&segment)?;
        }
        Ok(Some(Request::new(
            own.clone(),
            segment,
            outer,
            super::flow::Traits {
                decision_requested,
                in_lambda,
                urls_as_annotation,
            },
        )))
    }

    fn name(&self, recorder: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = recorder.py();
        let naming = recorder.getattr(intern!(py, "_dynamic_naming"))?;
        let name = if naming.is_none() {
            recorder.getattr(intern!(py, "service"))?
        } else {
            naming.call_method1(
                intern!(py, "get_name"),
                (self.naming_host.as_ref().or(self.host.as_ref()),),
            )?
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

    /// Where the client is: the first entry of `X-Forwarded-For` if there is one, else the peer's.
    fn client(&self) -> (Option<Text>, bool) {
        if let Some(forwarded) = &self.forwarded_for {
            let forwarded = forwarded.to_string_lossy();
            if let Some(client) = forwarded_client(&forwarded) {
                return (Some(Text::Owned(client.into())), true);
            }
        }
        (filled(self.client_ip.as_ref()), false)
    }

    fn describe(self, entity: &Bound<'py, Entity>, header: TraceHeader) {
        let py = entity.py();
        let (client_ip, forwarded) = self.client();
        let method = self.method.as_ref().map(Text::new);
        let user_agent = filled(self.user_agent.as_ref());
        let parts = [self.url, method, user_agent, client_ip];
        let repeated = self.urls_as_annotation.then(|| {
            parts
                .each_ref()
                .map(|part| Some(part.as_ref()?.duplicate(py)))
        });
        let keys = ["url", "method", "user_agent", "client_ip"];
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
            [http.url, http.method, http.user_agent, http.client_ip] = parts;
            http.x_forwarded_for = forwarded;
            let Some(repeated) = repeated else { return };
            for (key, value) in keys.into_iter().zip(repeated) {
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
        let url = self.url.as_ref().map(|url| url.to_python(py));
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
