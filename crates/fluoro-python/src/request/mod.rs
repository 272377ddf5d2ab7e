//! One request flow for every web framework: one call at each end of a request.
//!
//! It trusts nothing that comes with the request and never raises: what fails inside leaves the
//! request untraced.

mod answer;
mod begin;
mod environ;
mod flow;
mod incoming;
mod raw_headers;
mod url;

use pyo3::prelude::*;

pub(crate) use incoming::text;
pub(crate) use url::stripped;

/// Adds what Python uses of this.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<flow::Request>()?;
    module.add_function(wrap_pyfunction!(begin::begin_request, module)?)?;
    module.add_function(wrap_pyfunction!(begin::begin_wsgi_request, module)?)?;
    module.add_function(wrap_pyfunction!(begin::begin_raw_request, module)?)?;
    module.add_function(wrap_pyfunction!(url::strip_url, module)?)
}
