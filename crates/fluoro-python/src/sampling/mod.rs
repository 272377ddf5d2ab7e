//! The classes and functions behind `aws_xray_sdk.core.sampling`.

mod ask;
mod central_sampler;
mod client_service;
mod host;
mod local_reservoir;
mod local_sampler;
mod local_sampling_rule;
mod request;
mod reservoir;
mod rule_cache;
mod rule_poller;
mod sampling_rule;
mod service_connector;
mod value;
mod wildcard;

use pyo3::prelude::*;

pub(crate) use ask::{WebRequest, ask};

/// Adds the classes and functions of sampling to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<central_sampler::CentralSampler>()?;
    module.add_class::<local_sampler::LocalSampler>()?;
    module.add_class::<reservoir::Reservoir>()?;
    module.add_class::<rule_cache::RuleCache>()?;
    module.add_class::<rule_poller::RulePoller>()?;
    module.add_class::<sampling_rule::SamplingRule>()?;
    module.add_class::<service_connector::ServiceConnector>()?;
    // Two classes share their name with the centralized ones; they live in other Python modules.
    let py = module.py();
    module.add(
        "LocalReservoir",
        py.get_type::<local_reservoir::LocalReservoir>(),
    )?;
    module.add(
        "LocalSamplingRule",
        py.get_type::<local_sampling_rule::LocalSamplingRule>(),
    )?;
    module.add_function(wrap_pyfunction!(
        local_sampler::default_local_rules,
        module
    )?)?;
    module.add_function(wrap_pyfunction!(wildcard::wildcard_match, module)?)
}
