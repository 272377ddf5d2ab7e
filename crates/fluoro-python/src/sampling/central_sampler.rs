//! The base of `aws_xray_sdk.core.sampling.sampler.DefaultSampler`

use std::sync::atomic::{AtomicBool, Ordering};

use fluoro_core::polling::PolledSampler;
use fluoro_core::random;
use fluoro_sampling::{Decision, EpochSeconds, Explanation, PassedOver, SamplingRequest};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple};

use super::local_sampler::LocalSampler;
use super::request::Request;
use super::rule_cache::RuleCache;
use super::rule_poller::RulePoller;
use super::sampling_rule::SamplingRule;
use super::service_connector::ServiceConnector;

/// Decides by centralized rules, and by local ones while there are none.
#[pyclass(
    frozen,
    subclass,
    weakref,
    module = "aws_xray_sdk.core.sampling.sampler"
)]
pub(crate) struct CentralSampler {
    sampler: PolledSampler,
    cache: Py<RuleCache>,
    connector: Py<ServiceConnector>,
    rule_poller: Py<RulePoller>,
    local: Py<LocalSampler>,
    origin: Mutex<Option<String>>,
    client: Mutex<Option<Py<PyAny>>>,
    /// A program said that the poller runs, so that it is not started.
    is_start_suppressed: AtomicBool,
}

impl CentralSampler {
    /// Decides about a request as [`decide`](Self::decide) does, for callers in Rust.
    ///
    /// The caller makes sure that the SDK is enabled and that the sampler's exact type is
    /// `DefaultSampler`: a subclass may override `should_trace`.
    pub(crate) fn decide_request(
        &self,
        py: Python<'_>,
        request: &SamplingRequest<'_>,
    ) -> PyResult<Decision> {
        if !self.is_start_suppressed.load(Ordering::Relaxed) {
            self.rule_poller.get().ensure_running(py)?;
        }
        let origin = self.origin.lock();
        let request = SamplingRequest {
            service_type: request
                .service_type
                .filter(|given| !given.is_empty())
                .or(origin.as_deref()),
            ..*request
        };
        Ok(self.sampler.decide_by_known_rules(&request))
    }
}

#[pymethods]
impl CentralSampler {
    // Takes any arguments, since a subclass may have others than its base.
    #[new]
    #[pyo3(signature = (*_arguments, **_named))]
    fn new(
        py: Python<'_>,
        _arguments: &Bound<'_, PyTuple>,
        _named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        super::ask::remember_default(py)?;
        let cache = Bound::new(py, RuleCache::default())?;
        let connector = py
            .get_type::<ServiceConnector>()
            .call0()?
            .cast_into::<ServiceConnector>()?;
        let rule_poller = py
            .get_type::<RulePoller>()
            .call1((&cache, &connector))?
            .cast_into::<RulePoller>()?;
        let local = Bound::new(py, LocalSampler::default())?;
        let sampler =
            PolledSampler::with_poller(local.get().0.clone(), rule_poller.get().0.clone());
        Ok(Self {
            sampler,
            cache: cache.unbind(),
            connector: connector.unbind(),
            rule_poller: rule_poller.unbind(),
            local: local.unbind(),
            origin: Mutex::default(),
            client: Mutex::default(),
            is_start_suppressed: AtomicBool::new(false),
        })
    }

    #[pyo3(signature = (*_arguments, **_named))]
    fn __init__(
        _slf: &Bound<'_, Self>,
        _arguments: &Bound<'_, PyTuple>,
        _named: Option<&Bound<'_, PyDict>>,
    ) {
    }

    /// Decide about a request at the least cost; starts the poller when it does not run.
    ///
    /// Unlike ``should_trace`` this looks neither at whether the SDK is enabled nor at methods that
    /// a subclass overrides, nor at parts that a program put in place.
    ///
    /// :param service: name of the segment.
    /// :param host: ``Host`` header.
    /// :param method: HTTP method.
    /// :param path: URL path.
    /// :return: the name of the centralized rule that decided to record, ``True`` when a local rule
    ///     did, ``False`` when the request is not recorded.
    #[pyo3(signature = (service = None, host = None, method = None, path = None))]
    pub(super) fn decide<'py>(
        &self,
        py: Python<'py>,
        service: Option<&Bound<'py, PyString>>,
        host: Option<&Bound<'py, PyString>>,
        method: Option<&Bound<'py, PyString>>,
        path: Option<&Bound<'py, PyString>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let [service, host, method, path] =
            [service, host, method, path].map(|text| text.map(|text| text.to_string_lossy()));
        let request = SamplingRequest {
            host: host.as_deref(),
            method: method.as_deref(),
            path: path.as_deref(),
            service: service.as_deref(),
            service_type: None,
        };
        Ok(to_python(py, &self.decide_request(py, &request)?))
    }

    /// Decide about a request as ``decide`` does.
    ///
    /// :param sampling_req: a dict with some of ``host``, ``method``, ``path``, ``service``,
    ///     ``service_type``.
    fn _decide_request<'py>(
        &self,
        py: Python<'py>,
        sampling_req: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let request = sampling_req
            .map(Request::read)
            .transpose()?
            .unwrap_or_default();
        Ok(to_python(
            py,
            &self.decide_request(py, &request.as_request())?,
        ))
    }

    /// Tell which rule would decide about a request. Starts and counts nothing.
    ///
    /// :param sampling_req: a dict with some of ``host``, ``method``, ``path``, ``service``,
    ///     ``service_type``.
    /// :return: a dict with ``sampler`` (``central`` or ``local``), ``rule``, ``rate``, ``reason``
    ///     (why no centralized rule decides, or ``None``) and ``passed_over``, the centralized rules
    ///     that were tried before, each with the property of the request that did not match.
    #[pyo3(signature = (sampling_req = None))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        sampling_req: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let request = sampling_req
            .map(Request::read)
            .transpose()?
            .unwrap_or_default();
        let request = request.or_service_type(self.origin.lock().as_deref());
        let (sampler, rule, rate, reason, passed_over) =
            match self.sampler.explain(&request.as_request()) {
                Explanation::Central {
                    rule,
                    rate,
                    passed_over,
                } => ("central", rule.to_string(), rate, None, passed_over),
                Explanation::Local {
                    rule,
                    rate,
                    reason,
                    passed_over,
                } => ("local", rule, rate, Some(reason), passed_over),
            };
        let passed_over: Vec<_> = passed_over
            .iter()
            .map(|PassedOver { rule, field }| (&**rule, field.as_str()))
            .collect();
        let explanation = PyDict::new(py);
        explanation.set_item("sampler", sampler)?;
        explanation.set_item("rule", rule)?;
        explanation.set_item("rate", rate)?;
        explanation.set_item("reason", reason)?;
        explanation.set_item("passed_over", passed_over)?;
        Ok(explanation)
    }

    fn _process_matched_rule<'py>(
        &self,
        py: Python<'py>,
        rule: &SamplingRule,
        now: f64,
    ) -> Bound<'py, PyAny> {
        to_python(
            py,
            &rule
                .0
                .decide(EpochSeconds::containing(now), random::next_f64()),
        )
    }

    fn _start_poller(&self, py: Python<'_>) -> PyResult<()> {
        self.rule_poller.get().ensure_running(py)
    }

    #[getter(_cache)]
    fn cache(&self, py: Python<'_>) -> Py<RuleCache> {
        self.cache.clone_ref(py)
    }

    #[getter(_connector)]
    fn connector(&self, py: Python<'_>) -> Py<ServiceConnector> {
        self.connector.clone_ref(py)
    }

    #[getter(_rule_poller)]
    fn rule_poller(&self, py: Python<'_>) -> Py<RulePoller> {
        self.rule_poller.clone_ref(py)
    }

    #[getter(_local_sampler)]
    fn local_sampler(&self, py: Python<'_>) -> Py<LocalSampler> {
        self.local.clone_ref(py)
    }

    /// Whether this decides as the package does: no subclass, no mock, no part that was replaced.
    fn _is_untouched(slf: &Bound<'_, Self>) -> PyResult<bool> {
        super::ask::is_untouched_default(slf)
    }

    #[getter(_origin)]
    fn origin(&self) -> Option<String> {
        self.origin.lock().clone()
    }

    #[setter(_origin)]
    fn set_origin(&self, origin: Option<String>) {
        *self.origin.lock() = origin;
    }

    #[getter(_started)]
    fn started(&self) -> bool {
        self.is_start_suppressed.load(Ordering::Relaxed) || self.rule_poller.get().0.is_running()
    }

    #[setter(_started)]
    fn set_started(&self, is_started: bool) {
        self.is_start_suppressed
            .store(is_started, Ordering::Relaxed);
    }

    /// A client object that the application brings, or ``None``; takes effect with the next
    /// ``load_settings``.
    #[getter]
    fn xray_client(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.client
            .lock()
            .as_ref()
            .map(|client| client.clone_ref(py))
    }

    #[setter]
    fn set_xray_client(&self, client: Option<Py<PyAny>>) {
        let replaced = std::mem::replace(&mut *self.client.lock(), client);
        drop(replaced); // after the lock is released: that may run user code
    }
}

fn to_python<'py>(py: Python<'py>, decision: &Decision) -> Bound<'py, PyAny> {
    match decision {
        Decision::Sampled { rule: Some(name) } => PyString::new(py, name).into_any(),
        Decision::Sampled { rule: None } => PyBool::new(py, true).to_owned().into_any(),
        Decision::NotSampled => PyBool::new(py, false).to_owned().into_any(),
    }
}
