//! `aws_xray_sdk.core.sampling.local.sampler.LocalSampler`

use std::sync::Arc;

use crate::once::intern;
use fluoro_core::{clock, random};
use fluoro_sampling::{EpochSeconds, Manifest, ManifestError, SamplingRequest};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::local_sampling_rule::LocalSamplingRule;
use super::request::Request;
use super::value::to_json;

/// Decides by rules that the application brings itself, or by one request a second and 5 %.
///
/// :param rules: a dict as in a rules file of version 1 or 2.
/// :raises InvalidSamplingManifestError: the message names the rule and the field.
#[pyclass(
    frozen,
    subclass,
    dict,
    weakref,
    module = "aws_xray_sdk.core.sampling.local.sampler"
)]
#[derive(Default)]
pub(super) struct LocalSampler(pub(super) Arc<fluoro_sampling::LocalSampler>);

impl LocalSampler {
    /// Decides about a request, here and now.
    pub(super) fn decide(&self, request: Option<&SamplingRequest<'_>>) -> bool {
        let now = EpochSeconds::containing(clock::now());
        let random = random::next_f64();
        match request {
            Some(request) => self.0.decide(request, now, random),
            None => self.0.decide_by_default(now, random),
        }
        .is_sampled()
    }
}

#[pymethods]
impl LocalSampler {
    // Takes any arguments, since a subclass may have others than its base.
    #[new]
    #[pyo3(signature = (*_arguments, **_named))]
    fn new(_arguments: &Bound<'_, PyTuple>, _named: Option<&Bound<'_, PyDict>>) -> Self {
        Self::default()
    }

    #[pyo3(signature = (rules = None))]
    fn __init__(slf: &Bound<'_, Self>, rules: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let py = slf.py();
        let load = intern!(py, "load_local_rules");
        match rules {
            Some(rules) => slf.call_method1(load, (rules,)).map(drop),
            None if slf.is_exact_instance_of::<Self>() => Ok(()),
            None => slf
                .call_method1(load, (default_local_rules(py)?,))
                .map(drop),
        }
    }

    /// Tell whether to record a request.
    ///
    /// :param sampling_req: a dict with some of ``host``, ``method``, ``path``; without it the
    ///     default rule decides.
    #[pyo3(signature = (sampling_req = None))]
    fn should_trace(&self, sampling_req: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
        let request = sampling_req.map(Request::read).transpose()?;
        Ok(self.decide(request.as_ref().map(Request::as_request).as_ref()))
    }

    /// Replace the rules.
    ///
    /// :param rules: a dict as in a rules file of version 1 or 2.
    /// :raises InvalidSamplingManifestError: the message names the rule and the field; the rules in
    ///     force stay.
    fn load_local_rules(&self, rules: &Bound<'_, PyAny>) -> PyResult<()> {
        let manifest = Manifest::from_value(&to_json(rules)?);
        self.0
            .load(manifest.map_err(|error| manifest_error(rules.py(), &error))?);
        Ok(())
    }

    #[getter(_rules)]
    fn rules(&self) -> Vec<LocalSamplingRule> {
        self.0.rules().into_iter().map(LocalSamplingRule).collect()
    }

    #[getter(_default_rule)]
    fn default_rule(&self) -> LocalSamplingRule {
        LocalSamplingRule(self.0.default_rule())
    }
}

/// The rules of a sampler that was given none, as a dict of version 2.
#[pyfunction]
pub(super) fn default_local_rules(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let rule = Manifest::default().default_rule().clone();
    let default = PyDict::new(py);
    default.set_item("fixed_target", rule.reservoir().per_second())?;
    default.set_item("rate", rule.rate())?;
    let rules = PyDict::new(py);
    rules.set_item("version", 2)?;
    rules.set_item("default", default)?;
    rules.set_item("rules", Vec::<i32>::new())?;
    Ok(rules)
}

/// The exception for rules that cannot be used.
pub(super) fn manifest_error(py: Python<'_>, error: &ManifestError) -> PyErr {
    crate::log::exception(py, "InvalidSamplingManifestError", &error.to_string())
}
