//! How requests begin.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::flow::Request;
use super::incoming::{Incoming, text};
use super::url;
use crate::{enabled, log};

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
/// :raises TypeError: for a part that no request has.
#[pyfunction]
#[pyo3(signature = (recorder, **parts))]
pub(crate) fn begin_request(
    recorder: &Bound<'_, PyAny>,
    parts: Option<&Bound<'_, PyDict>>,
) -> PyResult<Option<Request>> {
    let incoming = Incoming::of_parts(parts)?;
    Ok(begin(recorder, |_| Ok(incoming)))
}

/// Begins the segment of a request as WSGI describes it.
///
/// :param environ: the request's environment, or the same keys from elsewhere.
/// :param in_lambda: record a subsegment of the Lambda invocation instead.
/// :param path: path asked for, without escapes, if not the environment's.
/// :param url: address asked for, if not the environment's.
/// :returns: None when the request is not to be traced at all, or tracing failed.
#[pyfunction]
#[pyo3(signature = (recorder, environ, in_lambda=false, urls_as_annotation=false, path=None,
    url=None))]
pub(crate) fn begin_wsgi_request<'py>(
    recorder: &Bound<'py, PyAny>,
    environ: &Bound<'py, PyDict>,
    in_lambda: bool,
    urls_as_annotation: bool,
    path: Option<Bound<'py, PyAny>>,
    url: Option<Bound<'py, PyAny>>,
) -> Option<Request> {
    begin(recorder, |_| {
        let mut incoming = Incoming::of_environ(environ, text(path), text(url))?;
        incoming.in_lambda = in_lambda;
        incoming.urls_as_annotation = urls_as_annotation;
        Ok(incoming)
    })
}

/// Begins the segment of a request as it came over the wire.
///
/// :param headers: pairs of names and values.
/// :param authority: host to show in the URL.
/// :param raw_path: path asked for, with its escapes.
/// :returns: None when the request is not to be traced at all, or tracing failed.
#[pyfunction]
pub(crate) fn begin_raw_request<'py>(
    recorder: &Bound<'py, PyAny>,
    headers: &Bound<'py, PyTuple>,
    method: Bound<'py, PyAny>,
    scheme: &str,
    authority: &str,
    raw_path: Bound<'py, PyString>,
    client_ip: Bound<'py, PyAny>,
) -> Option<Request> {
    begin(recorder, |_| {
        let path = raw_path.to_string_lossy();
        let authority = url::strip_standard_port(authority, scheme);
        let mut incoming = Incoming {
            method: text(Some(method)),
            url: Some(url::join_escaped(scheme, authority, &path)),
            path: Some(url::without_escapes(&raw_path, &path)),
            client_ip: text(Some(client_ip)),
            ..Incoming::default()
        };
        incoming.read_headers(headers)?;
        incoming.name_by_bare_host();
        Ok(incoming)
    })
}

fn begin<'py>(
    recorder: &Bound<'py, PyAny>,
    read: impl FnOnce(Python<'py>) -> PyResult<Incoming<'py>>,
) -> Option<Request> {
    let py = recorder.py();
    if !enabled::is_enabled(py) {
        return None;
    }
    match read(py).and_then(|incoming| incoming.begin(recorder)) {
        Ok(request) => request,
        Err(error) => {
            log::failure(py, "a request is not traced", &error);
            None
        }
    }
}
