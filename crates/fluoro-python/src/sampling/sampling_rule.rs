//! `aws_xray_sdk.core.sampling.sampling_rule.SamplingRule`

use std::sync::Arc;

use fluoro_sampling::{Rule, RuleDefinition, Statistics};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::request::Request;
use super::reservoir::Reservoir;

/// A centralized rule, with its reservoir and its counters.
///
/// A pattern that is ``None`` matches only requests that do not tell that property.
///
/// :param name: unique name; ``Default`` matches every request.
/// :param priority: rules with a lower number are tried first.
/// :param rate: part of the requests beyond the reservoir to record, from 0 to 1.
/// :param reservoir_size: 0 or ``None`` means that nothing may be borrowed.
/// :param host: pattern of the host.
/// :param method: pattern of the HTTP method.
/// :param path: pattern of the URL path.
/// :param service: pattern of the service name.
/// :param service_type: pattern of the service type.
#[pyclass(
    frozen,
    subclass,
    weakref,
    module = "aws_xray_sdk.core.sampling.sampling_rule"
)]
pub(super) struct SamplingRule(pub(super) Arc<Rule>);

#[pymethods]
impl SamplingRule {
    #[new]
    #[pyo3(signature = (name, priority, rate, reservoir_size, host=None, method=None, path=None,
                        service=None, service_type=None))]
    #[allow(clippy::too_many_arguments, reason = "the Python signature")]
    fn new(
        name: String,
        priority: i64,
        rate: f64,
        reservoir_size: Option<f64>,
        host: Option<String>,
        method: Option<String>,
        path: Option<String>,
        service: Option<String>,
        service_type: Option<String>,
    ) -> Self {
        Self(Arc::new(Rule::new(RuleDefinition {
            name: name.into(),
            priority,
            rate,
            reservoir_size: reservoir_size.unwrap_or_default().ceil() as i64,
            host: host.map(Into::into),
            method: method.map(Into::into),
            path: path.map(Into::into),
            service: service.map(Into::into),
            service_type: service_type.map(Into::into),
        })))
    }

    /// Tell whether the rule applies to a request.
    ///
    /// :param sampling_req: a dict with some of ``host``, ``method``, ``path``, ``service``,
    ///     ``service_type``; what it does not tell matches.
    #[pyo3(name = "match")]
    fn matches(&self, sampling_req: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
        match sampling_req {
            Some(request) => Ok(self.0.matches(&Request::read(request)?.as_request())),
            None => Ok(false),
        }
    }

    /// Tell whether this is the rule that matches every request.
    fn is_default(&self) -> bool {
        self.0.name().is_default()
    }

    /// Take the counters for a report and start them at zero.
    fn snapshot_statistics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let statistics = self.0.take_statistics();
        let counters = PyDict::new(py);
        counters.set_item("request_count", statistics.request_count)?;
        counters.set_item("borrow_count", statistics.borrow_count)?;
        counters.set_item("sampled_count", statistics.sampled_count)?;
        Ok(counters)
    }

    /// Go on with the counters and the reservoir of the rule that this one replaces. Both rules
    /// share them from now on, so the replaced one stays usable.
    fn merge(&self, rule: &Self) {
        self.0.merge(&rule.0);
    }

    /// Tell whether a request matched since the last report.
    fn ever_matched(&self) -> bool {
        self.0.statistics().request_count > 0
    }

    /// Count one poll, and tell whether enough of them passed for another report.
    fn time_to_report(&self) -> bool {
        self.0.reservoir().is_report_due()
    }

    /// Count a request that matched.
    fn increment_request_count(&self) {
        self.0.add_statistics(Statistics {
            request_count: 1,
            ..Statistics::default()
        });
    }

    /// Count a request that was recorded on loan.
    fn increment_borrow_count(&self) {
        self.0.add_statistics(Statistics {
            borrow_count: 1,
            ..Statistics::default()
        });
    }

    /// Count a request that was recorded by quota or rate.
    fn increment_sampled_count(&self) {
        self.0.add_statistics(Statistics {
            sampled_count: 1,
            ..Statistics::default()
        });
    }

    /// The part of the requests beyond the reservoir that is recorded.
    #[getter]
    fn rate(&self) -> f64 {
        self.0.rate()
    }

    #[setter]
    fn set_rate(&self, rate: f64) {
        self.0.set_rate(rate);
    }

    /// The rule's name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// Rules with a lower number are tried first.
    #[getter]
    fn priority(&self) -> i64 {
        self.0.definition().priority
    }

    /// The reservoir, live.
    #[getter]
    fn reservoir(&self) -> Reservoir {
        Reservoir(self.0.reservoir())
    }

    #[setter]
    fn set_reservoir(&self, reservoir: &Reservoir) {
        self.0.set_reservoir(reservoir.0.clone());
    }

    /// Whether one request a second may be recorded while no quota is known.
    #[getter]
    fn can_borrow(&self) -> bool {
        self.0.can_borrow()
    }

    /// Requests that matched since the last report.
    #[getter]
    fn request_count(&self) -> u64 {
        self.0.statistics().request_count
    }

    /// Requests recorded on loan since the last report.
    #[getter]
    fn borrow_count(&self) -> u64 {
        self.0.statistics().borrow_count
    }

    /// Requests recorded by quota or rate since the last report.
    #[getter]
    fn sampled_count(&self) -> u64 {
        self.0.statistics().sampled_count
    }

    fn __repr__(&self) -> String {
        let RuleDefinition { name, priority, .. } = self.0.definition();
        format!(
            "<SamplingRule {name:?} priority={priority} rate={}>",
            self.0.rate()
        )
    }
}
