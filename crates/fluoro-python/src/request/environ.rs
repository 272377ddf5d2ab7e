//! What a WSGI environment says about a request.

use crate::once::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::incoming::{Incoming, text};
use super::url;

impl<'py> Incoming<'py> {
    /// Reads an environment, except for what the framework knows better.
    pub(super) fn of_environ(
        environ: &Bound<'py, PyDict>,
        path: Option<Bound<'py, PyString>>,
        url: Option<Bound<'py, PyString>>,
    ) -> PyResult<Self> {
        let py = environ.py();
        let get = |key: &Bound<'py, PyString>| environ.get_item(key).map(text);
        let scheme = get(intern!(py, "wsgi.url_scheme"))?;
        let scheme = scheme.as_ref().map(|scheme| scheme.to_string_lossy());
        let scheme = scheme.as_deref().unwrap_or("http");
        let host = match get(intern!(py, "HTTP_HOST"))? {
            Some(host) => Some(host),
            None => server(environ)?,
        };
        let host = host.map(|host| url::without_standard_port(host, scheme));
        let path = match path {
            Some(path) => path,
            None => path_of(environ)?,
        };
        let url = match url {
            Some(url) => url::stripped(&url),
            None => {
                let host = host.as_ref().map(|host| host.to_string_lossy());
                let host = host.as_deref().unwrap_or_default();
                url::join(scheme, host, &path.to_string_lossy())
            }
        };
        Ok(Incoming {
            header: get(intern!(py, "HTTP_X_AMZN_TRACE_ID"))?,
            method: get(intern!(py, "REQUEST_METHOD"))?,
            url: Some(url),
            path: Some(path),
            host,
            naming_host: None,
            client_ip: get(intern!(py, "REMOTE_ADDR"))?,
            forwarded_for: get(intern!(py, "HTTP_X_FORWARDED_FOR"))?,
            user_agent: get(intern!(py, "HTTP_USER_AGENT"))?,
            in_lambda: false,
            urls_as_annotation: false,
        })
    }
}

/// The server's own name; HTTP/1.0 requests need not name a host.
#[cold]
fn server<'py>(environ: &Bound<'py, PyDict>) -> PyResult<Option<Bound<'py, PyString>>> {
    let py = environ.py();
    let Some(name) = text(environ.get_item(intern!(py, "SERVER_NAME"))?) else {
        return Ok(None);
    };
    let name = name.to_string_lossy();
    let port = match environ.get_item(intern!(py, "SERVER_PORT"))? {
        Some(port) => port.str()?.to_string_lossy().into_owned(),
        None => String::new(),
    };
    let host = if name.contains(':') {
        format!("[{name}]:{port}")
    } else {
        format!("{name}:{port}")
    };
    Ok(Some(PyString::new(py, &host)))
}

/// The whole path, without escapes.
fn path_of<'py>(environ: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyString>> {
    let py = environ.py();
    let root = text(environ.get_item(intern!(py, "SCRIPT_NAME"))?);
    let path = text(environ.get_item(intern!(py, "PATH_INFO"))?);
    let is_root = match &root {
        Some(root) => root.is_empty()?,
        None => true,
    };
    if is_root
        && let Some(path) = &path
        && let Ok(text) = path.to_str()
        && text.is_ascii()
        && text.starts_with('/')
    {
        return Ok(path.clone());
    }
    let decoded = |part: Option<Bound<'py, PyString>>| {
        part.map_or(String::new(), |part| decode(&part.to_string_lossy()))
    };
    let (root, path) = (decoded(root), decoded(path));
    let whole = format!(
        "{}/{}",
        root.trim_end_matches('/'),
        path.trim_start_matches('/')
    );
    Ok(PyString::new(py, &whole))
}

/// WSGI hands over bytes as if they were Latin-1.
fn decode(text: &str) -> String {
    let bytes: Vec<u8> = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
