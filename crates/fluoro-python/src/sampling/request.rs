//! Sampling requests as Python spells them: a dict with some of the keys `host`, `method`, `path`,
//! `service` and `service_type`.

use crate::once::intern;
use fluoro_sampling::SamplingRequest;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// What a request dict says.
#[derive(Default)]
pub(super) struct Request {
    host: Option<String>,
    method: Option<String>,
    path: Option<String>,
    service: Option<String>,
    service_type: Option<String>,
}

impl Request {
    /// Reads a dict or anything that has its `get` method.
    pub(super) fn read(request: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = request.py();
        Ok(Self {
            host: read_field(request, intern!(py, "host"))?,
            method: read_field(request, intern!(py, "method"))?,
            path: read_field(request, intern!(py, "path"))?,
            service: read_field(request, intern!(py, "service"))?,
            service_type: read_field(request, intern!(py, "service_type"))?,
        })
    }

    /// Uses `origin` when the request does not say what type of service it is for.
    pub(super) fn or_service_type(mut self, origin: Option<&str>) -> Self {
        if self.service_type.as_deref().unwrap_or_default().is_empty() {
            self.service_type = origin.map(str::to_owned);
        }
        self
    }

    pub(super) fn as_request(&self) -> SamplingRequest<'_> {
        SamplingRequest {
            host: self.host.as_deref(),
            method: self.method.as_deref(),
            path: self.path.as_deref(),
            service: self.service.as_deref(),
            service_type: self.service_type.as_deref(),
        }
    }
}

fn read_field(request: &Bound<'_, PyAny>, name: &Bound<'_, PyString>) -> PyResult<Option<String>> {
    let value = match request.cast::<PyDict>() {
        Ok(dict) => dict.get_item(name)?,
        Err(_) => Some(request.call_method1(intern!(request.py(), "get"), (name,))?),
    };
    match value {
        Some(value) if !value.is_none() => Ok(Some(value.str()?.to_string_lossy().into_owned())),
        _ => Ok(None),
    }
}
