//! Asks whichever sampler a recorder has.

use crate::once;
use crate::once::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};
use std::sync::OnceLock;

use super::central_sampler::CentralSampler;

/// The default sampler's class, and its methods as the package defines them.
struct DefaultSampler {
    class: Py<PyType>,
    should_trace: Py<PyAny>,
    start: Py<PyAny>,
}

static DEFAULT: OnceLock<DefaultSampler> = OnceLock::new();

/// What is known of a web request.
#[derive(Clone, Copy)]
pub(crate) struct WebRequest<'a, 'py> {
    /// The `Host` header.
    pub(crate) host: Option<&'a Bound<'py, PyString>>,
    /// The HTTP method.
    pub(crate) method: Option<&'a Bound<'py, PyString>>,
    /// The URL path.
    pub(crate) path: Option<&'a Bound<'py, PyString>>,
}

/// Asks `sampler` about a segment called `service`, for a web request or other work: the name of a
/// centralized rule, `True` or `False`, or what a sampler of the program answers.
///
/// The package's own default sampler is asked without a detour through Python. The caller makes
/// sure that the SDK is enabled.
pub(crate) fn ask<'py>(
    sampler: &Bound<'py, PyAny>,
    service: &Bound<'py, PyAny>,
    request: Option<WebRequest<'_, 'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = sampler.py();
    if let Ok(service) = service.cast::<PyString>()
        && is_untouched_default(sampler)?
    {
        let sampler = sampler.cast::<CentralSampler>()?.get();
        return match request {
            Some(WebRequest { host, method, path }) => {
                sampler.decide(py, Some(service), host, method, path)
            }
            None => sampler.decide(py, Some(service), None, None, None),
        };
    }
    let question = PyDict::new(py);
    if let Some(WebRequest { host, method, path }) = request {
        question.set_item(intern!(py, "host"), host)?;
        question.set_item(intern!(py, "method"), method)?;
        question.set_item(intern!(py, "path"), path)?;
    }
    question.set_item(intern!(py, "service"), service)?;
    sampler.call_method1(intern!(py, "should_trace"), (question,))
}

/// Remembers the default sampler's class, before a program can put anything in its place.
pub(super) fn remember_default(py: Python<'_>) -> PyResult<()> {
    let module = py.import("aws_xray_sdk.core.sampling.sampler")?;
    let class = module.getattr("DefaultSampler")?.cast_into::<PyType>()?;
    let should_trace = class.getattr("should_trace")?.unbind();
    let start = class.getattr("start")?.unbind();
    once::get_or_make(&DEFAULT, || DefaultSampler {
        class: class.unbind(),
        should_trace,
        start,
    });
    Ok(())
}

/// True for an instance of the very class, when neither it nor the instance was patched.
pub(super) fn is_untouched_default(sampler: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = sampler.py();
    let class = sampler.get_type();
    let Some(default) = DEFAULT.get().filter(|default| class.is(&default.class)) else {
        return Ok(false);
    };
    let own = sampler.getattr(intern!(py, "__dict__"))?;
    Ok(own.cast::<PyDict>()?.is_empty()
        && class
            .getattr(intern!(py, "should_trace"))?
            .is(&default.should_trace)
        && class.getattr(intern!(py, "start"))?.is(&default.start))
}
