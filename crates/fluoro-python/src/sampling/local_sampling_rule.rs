//! `aws_xray_sdk.core.sampling.local.sampling_rule.SamplingRule`

use fluoro_sampling::{LocalRule, ManifestVersion, RulePlace, SamplingRequest};
use pyo3::prelude::*;

use super::local_reservoir::LocalReservoir;
use super::local_sampler::manifest_error;
use super::value::to_json;

/// A rule that the application brings itself.
///
/// :param rule_dict: ``fixed_target`` and ``rate``, and, unless it is the default rule, the
///     patterns ``host`` (``service_name`` in version 1), ``http_method`` and ``url_path``.
/// :param version: 1 or 2.
/// :param default: whether it is the rule for requests that match no other.
/// :raises InvalidSamplingManifestError: a field is missing or has a value that is not allowed.
#[pyclass(
    frozen,
    subclass,
    weakref,
    name = "SamplingRule",
    module = "aws_xray_sdk.core.sampling.local.sampling_rule"
)]
pub(super) struct LocalSamplingRule(pub(super) LocalRule);

#[pymethods]
impl LocalSamplingRule {
    #[new]
    #[pyo3(signature = (rule_dict, version = 2.0, default = false))]
    fn new(rule_dict: &Bound<'_, PyAny>, version: f64, default: bool) -> PyResult<Self> {
        let py = rule_dict.py();
        let rule = to_json(rule_dict)?;
        let place = if default {
            RulePlace::Default
        } else {
            let description = rule.get("description").and_then(|text| text.as_str());
            RulePlace::Rule {
                number: 1,
                description: description.map(Box::from),
            }
        };
        ManifestVersion::from_number(version)
            .and_then(|version| LocalRule::from_value(&rule, version, place))
            .map(Self)
            .map_err(|error| manifest_error(py, &error))
    }

    /// Tell whether the rule applies; ``None`` or empty text matches.
    fn applies(&self, host: Option<String>, method: Option<String>, path: Option<String>) -> bool {
        self.0.matches(&SamplingRequest {
            host: host.as_deref(),
            method: method.as_deref(),
            path: path.as_deref(),
            ..SamplingRequest::default()
        })
    }

    /// Requests to record each second before the rate counts.
    #[getter]
    fn fixed_target(&self) -> u64 {
        self.0.reservoir().per_second()
    }

    /// The part of the requests beyond the fixed target that is recorded.
    #[getter]
    fn rate(&self) -> f64 {
        self.0.rate()
    }

    /// Pattern of the host.
    #[getter]
    fn host(&self) -> Option<&str> {
        self.0.host()
    }

    /// Pattern of the HTTP method.
    #[getter]
    fn method(&self) -> Option<&str> {
        self.0.method()
    }

    /// Pattern of the URL path.
    #[getter]
    fn path(&self) -> Option<&str> {
        self.0.path()
    }

    /// The reservoir that holds the fixed target.
    #[getter]
    fn reservoir(&self) -> LocalReservoir {
        LocalReservoir(self.0.reservoir().clone())
    }
}
