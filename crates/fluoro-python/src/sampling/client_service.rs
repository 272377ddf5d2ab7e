//! A sampling service behind a client object that the application brings, such as one of boto3.

use fluoro_core::polling::{SamplingService, ServiceError};
use fluoro_sampling::exchange::{RulesPage, StatisticsDocument, Targets};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use super::host::attach_unless_ended;
use super::value::to_json;

/// Calls `get_sampling_rules` and `get_sampling_targets` of a Python object.
pub(super) struct ClientService(pub(super) Py<PyAny>);

impl SamplingService for ClientService {
    fn sampling_rules(&self, next_token: Option<&str>) -> Result<RulesPage, ServiceError> {
        let answer = self.call("get_sampling_rules", |arguments| match next_token {
            Some(token) => arguments.set_item("NextToken", token),
            None => Ok(()),
        })?;
        Ok(RulesPage::from_value(answer)?)
    }

    fn sampling_targets(
        &self,
        statistics: &[StatisticsDocument<'_>],
    ) -> Result<Targets, ServiceError> {
        let answer = self.call("get_sampling_targets", |arguments| {
            let py = arguments.py();
            let documents = statistics
                .iter()
                .map(|document| to_dict(py, document))
                .collect::<PyResult<Vec<_>>>()?;
            arguments.set_item("SamplingStatisticsDocuments", documents)
        })?;
        Ok(Targets::from_value(answer)?)
    }

    fn location(&self) -> String {
        "the configured X-Ray client".to_owned()
    }
}

impl ClientService {
    fn call(
        &self,
        method: &str,
        fill: impl FnOnce(&Bound<'_, PyDict>) -> PyResult<()>,
    ) -> Result<Value, ServiceError> {
        attach_unless_ended(|py| {
            let arguments = PyDict::new(py);
            fill(&arguments)?;
            to_json(&self.0.bind(py).call_method(method, (), Some(&arguments))?)
        })
        .unwrap_or_else(|| Ok(Value::Null))
        .map_err(|error: PyErr| ServiceError::Client(error.to_string()))
    }
}

fn to_dict<'py>(
    py: Python<'py>,
    document: &StatisticsDocument<'_>,
) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("RuleName", document.rule_name)?;
    fields.set_item("ClientID", document.client_id)?;
    fields.set_item("Timestamp", document.timestamp)?;
    fields.set_item("RequestCount", document.request_count)?;
    fields.set_item("SampledCount", document.sampled_count)?;
    fields.set_item("BorrowCount", document.borrow_count)?;
    Ok(fields)
}
