//! `aws_xray_sdk.core.sampling.connector.ServiceConnector`

use std::sync::Arc;

use fluoro_core::clock;
use fluoro_core::polling::{
    Connector, HttpSamplingService, SamplingService, fetch_rules, report, restore_statistics,
    take_statistics,
};
use fluoro_sampling::{EpochSeconds, Rule};
use fluoro_wire::{DaemonAddress, Endpoint};
use parking_lot::Mutex;
use pyo3::exceptions::PyConnectionError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::client_service::ClientService;
use super::sampling_rule::SamplingRule;

/// The way to the sampling service: the TCP port of the X-Ray daemon, or a client object that the
/// application brings.
#[pyclass(
    frozen,
    subclass,
    dict,
    weakref,
    module = "aws_xray_sdk.core.sampling.connector"
)]
pub(super) struct ServiceConnector {
    pub(super) connector: Arc<Connector>,
    context: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl ServiceConnector {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        let service = HttpSamplingService::new(DaemonAddress::default().tcp);
        let connector = Arc::new(Connector::new(Arc::new(service)));
        Self {
            connector,
            context: Mutex::default(),
        }
    }

    /// Fetch the rules.
    ///
    /// :return: a list of ``SamplingRule``.
    /// :raises ConnectionError: no usable answer came.
    fn fetch_sampling_rules(&self, py: Python<'_>) -> PyResult<Vec<SamplingRule>> {
        let service = self.connector.service();
        let rules = py
            .detach(|| fetch_rules(&*service))
            .map_err(|error| PyConnectionError::new_err(error.to_string()))?;
        Ok(rules
            .into_iter()
            .map(|rule| SamplingRule(Arc::new(Rule::new(rule))))
            .collect())
    }

    /// Report the counters of rules, in batches of 25. Counters that do not arrive are kept.
    ///
    /// :param rules: ``SamplingRule`` objects.
    /// :return: the targets by rule name, and the epoch second in which any rule was last changed.
    /// :raises ConnectionError: no usable answer came.
    fn fetch_sampling_target<'py>(
        &self,
        py: Python<'py>,
        rules: Vec<Py<SamplingRule>>,
    ) -> PyResult<(Bound<'py, PyDict>, i64)> {
        let service = self.connector.service();
        let client_id = self.connector.client_id();
        let now = EpochSeconds::containing(clock::now());
        let taken = take_statistics(rules.iter().map(|rule| rule.get().0.clone()).collect());
        let report = py.detach(|| report(&*service, &client_id, now, &taken));
        restore_statistics(&report.rejected);
        if let Some(failure) = report.failure {
            return Err(PyConnectionError::new_err(failure.to_string()));
        }
        let targets = PyDict::new(py);
        for target in report.targets {
            let fields = PyDict::new(py);
            fields.set_item("rate", target.rate)?;
            fields.set_item("quota", target.quota.per_second)?;
            fields.set_item("TTL", target.quota.expires.map(|expires| expires.0))?;
            fields.set_item("interval", target.quota.report_interval)?;
            targets.set_item(&*target.rule_name, fields)?;
        }
        Ok((targets, report.last_rule_modification.unwrap_or_default().0))
    }

    /// Choose the service.
    ///
    /// :param ip: host of the daemon.
    /// :param port: TCP port of the daemon.
    /// :param client: an object with ``get_sampling_rules`` and ``get_sampling_targets``; takes the
    ///     place of the daemon.
    #[pyo3(signature = (ip, port, client = None))]
    fn setup_xray_client(
        &self,
        ip: String,
        port: &Bound<'_, PyAny>,
        client: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let service: Arc<dyn SamplingService> = match client {
            Some(client) => Arc::new(ClientService(client)),
            None => {
                let port = port.str()?.to_string_lossy().parse()?;
                Arc::new(HttpSamplingService::new(Endpoint { host: ip, port }))
            }
        };
        self.connector.set_service(service);
        Ok(())
    }

    /// The recorder's context. The calls are made outside of it and never traced.
    #[getter]
    fn context(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.context
            .lock()
            .as_ref()
            .map(|context| context.clone_ref(py))
    }

    #[setter]
    fn set_context(&self, context: Option<Py<PyAny>>) {
        let replaced = std::mem::replace(&mut *self.context.lock(), context);
        drop(replaced); // after the lock is released: that may run user code
    }

    #[getter(_client_id)]
    fn client_id(&self) -> String {
        self.connector.client_id().to_string()
    }
}
