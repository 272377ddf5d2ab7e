//! `aws_xray_sdk.core.sampling.rule_cache.RuleCache`

use std::sync::Arc;

use fluoro_sampling::exchange::Target;
use fluoro_sampling::{EpochSeconds, Quota, Rule};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::request::Request;
use super::sampling_rule::SamplingRule;

/// The centralized rules in force. They count for one hour after ``last_updated``.
#[pyclass(
    frozen,
    subclass,
    weakref,
    module = "aws_xray_sdk.core.sampling.rule_cache"
)]
#[derive(Default)]
pub(super) struct RuleCache {
    pub(super) cache: Arc<fluoro_sampling::RuleCache>,
    /// The Python objects of the rules, so that a rule is always the same object.
    objects: Mutex<Vec<Py<SamplingRule>>>,
}

impl RuleCache {
    /// The Python object of a rule that is or was in the cache.
    fn object(&self, py: Python<'_>, rule: Arc<Rule>) -> PyResult<Py<SamplingRule>> {
        if let Some(known) = self.known_object(py, &rule) {
            return Ok(known);
        }
        self.objects(py, &self.cache.rules())?;
        match self.known_object(py, &rule) {
            Some(object) => Ok(object),
            None => Py::new(py, SamplingRule(rule)), // replaced by a refresh in the meantime
        }
    }

    fn known_object(&self, py: Python<'_>, rule: &Arc<Rule>) -> Option<Py<SamplingRule>> {
        let objects = self.objects.lock();
        let known = objects
            .iter()
            .find(|object| Arc::ptr_eq(&object.get().0, rule));
        known.map(|object| object.clone_ref(py))
    }

    /// The Python objects of `rules`, which are those of the cache.
    fn objects(&self, py: Python<'_>, rules: &[Arc<Rule>]) -> PyResult<Vec<Py<SamplingRule>>> {
        let known: Vec<_> = self
            .objects
            .lock()
            .iter()
            .map(|rule| rule.clone_ref(py))
            .collect();
        let objects = rules.iter().map(|rule| {
            match known
                .iter()
                .find(|object| Arc::ptr_eq(&object.get().0, rule))
            {
                Some(object) => Ok(object.clone_ref(py)),
                None => Py::new(py, SamplingRule(rule.clone())),
            }
        });
        let objects = objects.collect::<PyResult<Vec<_>>>()?;
        self.remember(py, &objects);
        Ok(objects)
    }

    fn remember(&self, py: Python<'_>, objects: &[Py<SamplingRule>]) {
        let mut objects = objects.iter().map(|rule| rule.clone_ref(py)).collect();
        // Those known before are dropped after the lock is released: that may run user code.
        std::mem::swap(&mut *self.objects.lock(), &mut objects);
    }
}

#[pymethods]
impl RuleCache {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self::default()
    }

    /// The first rule that applies to a request, or ``None``.
    ///
    /// :param sampling_req: a dict with some of ``host``, ``method``, ``path``, ``service``,
    ///     ``service_type``.
    /// :param now: epoch seconds.
    fn get_matched_rule(
        &self,
        py: Python<'_>,
        sampling_req: &Bound<'_, PyAny>,
        now: f64,
    ) -> PyResult<Option<Py<SamplingRule>>> {
        let request = Request::read(sampling_req)?;
        let now = EpochSeconds::containing(now);
        let matched = self.cache.matched_rule(&request.as_request(), now);
        matched.map(|rule| self.object(py, rule)).transpose()
    }

    /// Replace the rules; each goes on with the counters and the reservoir of the rule of the same
    /// name.
    fn load_rules(&self, py: Python<'_>, rules: Vec<Py<SamplingRule>>) {
        self.cache
            .load_rules(rules.iter().map(|rule| rule.get().0.clone()));
        self.remember(py, &rules);
    }

    /// Take over what the service assigned.
    ///
    /// :param targets_dict: by rule name, dicts with ``quota``, ``TTL``, ``interval`` and ``rate``;
    ///     ``None`` leaves a value as it was.
    fn load_targets(&self, targets_dict: &Bound<'_, PyDict>) -> PyResult<()> {
        let mut targets = Vec::with_capacity(targets_dict.len());
        for (name, target) in targets_dict.iter() {
            let number = |key: &str| target.get_item(key)?.extract::<Option<f64>>();
            targets.push(Target {
                rule_name: name.extract::<String>()?.into(),
                rate: number("rate")?,
                quota: Quota {
                    per_second: number("quota")?.map(|quota| quota as i64),
                    expires: number("TTL")?.map(EpochSeconds::containing),
                    report_interval: number("interval")?.map(|interval| interval as i64),
                },
            });
        }
        self.cache.load_targets(&targets);
        Ok(())
    }

    /// The rules in the order in which they are tried.
    #[getter]
    fn rules(&self, py: Python<'_>) -> PyResult<Vec<Py<SamplingRule>>> {
        self.objects(py, &self.cache.rules())
    }

    #[setter]
    fn set_rules(&self, py: Python<'_>, rules: Vec<Py<SamplingRule>>) {
        self.cache
            .set_rules(rules.iter().map(|rule| rule.get().0.clone()).collect());
        self.remember(py, &rules);
    }

    /// Epoch seconds of the last good fetch, or ``None``.
    #[getter]
    fn last_updated(&self) -> Option<i64> {
        self.cache.last_updated().map(|time| time.0)
    }

    #[setter]
    fn set_last_updated(&self, time: Option<f64>) {
        self.cache
            .set_last_updated(time.map(EpochSeconds::containing));
    }
}
