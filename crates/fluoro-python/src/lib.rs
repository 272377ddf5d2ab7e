//! The Python module `aws_xray_sdk._engine`: converts, delegates to `fluoro-core`, maps errors.

mod capture;
mod carried;
mod client_request;
mod context;
mod context_variable;
mod emitter;
mod enabled;
mod entity;
mod header;
mod host;
mod json;
mod log;
mod manager;
mod methods_of_ours;
mod once;
mod query;
mod recorder;
mod request;
mod sampling;
mod streaming;
mod text;

use pyo3::prelude::*;

/// The engine of `aws_xray_sdk`. Not for direct use: import from `aws_xray_sdk.core`.
#[pymodule(gil_used = false)]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<entity::Entity>()?;
    module.add_class::<entity::Segment>()?;
    module.add_class::<entity::Subsegment>()?;
    module.add_class::<entity::DummySegment>()?;
    module.add_class::<entity::DummySubsegment>()?;
    module.add_class::<entity::FacadeSegment>()?;
    module.add_class::<entity::RefCounter>()?;
    module.add_class::<header::TraceHeader>()?;
    module.add_class::<context::Context>()?;
    module.add_class::<recorder::Recorder>()?;
    module.add_class::<emitter::UdpSender>()?;
    module.add_class::<streaming::DefaultStreaming>()?;
    module.add_class::<manager::SubsegmentContextManager>()?;
    module.add_class::<manager::SegmentContextManager>()?;
    module.add_class::<capture::CapturedFunction>()?;
    module.add_function(wrap_pyfunction!(emitter::parse_daemon_address, module)?)?;
    module.add_function(wrap_pyfunction!(enabled::set_enabled, module)?)?;
    module.add_class::<client_request::ClientRequest>()?;
    module.add("COMPLETED", client_request::Completed)?;
    module.add_class::<carried::CapturedContext>()?;
    request::register(module)?;
    module.add_function(wrap_pyfunction!(
        client_request::begin_client_request,
        module
    )?)?;
    module.add_class::<query::Database>()?;
    module.add_function(wrap_pyfunction!(query::begin_query, module)?)?;
    module.add_function(wrap_pyfunction!(query::begin_quietly, module)?)?;
    module.add_function(wrap_pyfunction!(query::end_query, module)?)?;
    module.add_function(wrap_pyfunction!(query::sanitize_sql, module)?)?;
    module.add_function(wrap_pyfunction!(carried::capture_context, module)?)?;
    sampling::register(module)?;
    Ok(())
}
