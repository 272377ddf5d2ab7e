//! The trace header as Python sees it.

use fluoro_wire::trace_header::{SamplingFlag, TraceHeader as WireHeader};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::entity::{Entity, fields, segment_of};
use crate::log;

/// What a request says about the trace it is part of: the `X-Amzn-Trace-Id` header.
///
/// :param root: trace id.
/// :param parent: id of the caller's segment or subsegment.
/// :param sampled: 1 or True, 0 or False, or ``'?'`` to ask for a decision.
/// :param data: other fields, passed on to called services.
#[pyclass(frozen, subclass, module = "aws_xray_sdk.core.models.trace_header")]
pub(crate) struct TraceHeader {
    /// Trace id.
    #[pyo3(get)]
    root: Option<Py<PyAny>>,
    /// Id of the caller's segment or subsegment.
    #[pyo3(get)]
    parent: Option<Py<PyAny>>,
    sampled: Option<SamplingFlag>,
    /// Other fields.
    #[pyo3(get)]
    data: Option<Py<PyAny>>,
}

#[pymethods]
impl TraceHeader {
    /// Subclasses may call this with the arguments of the class.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn __init__(&self, _args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) {}

    #[new]
    #[pyo3(signature = (root=None, parent=None, sampled=None, data=None))]
    fn new(
        root: Option<Py<PyAny>>,
        parent: Option<Py<PyAny>>,
        sampled: Option<Bound<'_, PyAny>>,
        data: Option<Py<PyAny>>,
    ) -> Self {
        let sampled = sampled.as_ref().and_then(flag);
        TraceHeader {
            root,
            parent,
            sampled,
            data,
        }
    }

    /// Reads a header; what cannot be read counts as no header.
    #[classmethod]
    #[pyo3(signature = (header))]
    fn from_header_str<'py>(
        class: &Bound<'py, PyType>,
        header: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = class.py();
        let text = match &header {
            Some(header) if header.is_truthy()? => header.str()?.to_string_lossy().into_owned(),
            _ => return class.call0(),
        };
        match WireHeader::parse(&text) {
            Ok(parsed) => {
                let arguments = PyDict::new(py);
                if let Some(root) = parsed.root {
                    arguments.set_item("root", root.to_string())?;
                }
                if let Some(parent) = parsed.parent {
                    arguments.set_item("parent", parent.to_string())?;
                }
                if let Some(sampled) = parsed.sampled {
                    arguments.set_item("sampled", sampled.as_str())?;
                }
                arguments.set_item("data", data_dict(py, &parsed)?)?;
                class.call((), Some(&arguments))
            }
            Err(error) => {
                log::warn(
                    py,
                    log::Logger::TraceHeader,
                    &format!("trace header {text:?} ignored: {error}"),
                );
                class.call0()
            }
        }
    }

    /// The header's text.
    fn to_header_str(&self, py: Python<'_>) -> PyResult<String> {
        let mut parts = Vec::new();
        for (key, value) in [("Root", &self.root), ("Parent", &self.parent)] {
            if let Some(value) = value
                && value.bind(py).is_truthy()?
            {
                parts.push(format!("{key}={}", value.bind(py).str()?));
            }
        }
        if let Some(sampled) = self.sampled {
            parts.push(format!("Sampled={}", sampled.as_str()));
        }
        if let Some(data) = &self.data
            && let Ok(data) = data.bind(py).cast::<PyDict>()
        {
            for (key, value) in data.iter() {
                parts.push(format!("{}={}", key.str()?, value.str()?));
            }
        }
        Ok(parts.join(";"))
    }

    /// The sampling decision: 1, 0, ``'?'`` or None.
    #[getter]
    fn sampled(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        match self.sampled {
            None => Ok(None),
            Some(SamplingFlag::Sampled) => 1.into_py_any(py).map(Some),
            Some(SamplingFlag::NotSampled) => 0.into_py_any(py).map(Some),
            Some(SamplingFlag::Requested) => "?".into_py_any(py).map(Some),
        }
    }
}

impl TraceHeader {
    fn from_wire(py: Python<'_>, header: &WireHeader) -> PyResult<Self> {
        Ok(TraceHeader {
            root: header
                .root
                .map(|root| root.to_string().into_py_any(py))
                .transpose()?,
            parent: header
                .parent
                .map(|parent| parent.to_string().into_py_any(py))
                .transpose()?,
            sampled: header.sampled,
            data: Some(data_dict(py, header)?.into_any().unbind()),
        })
    }
}

fn data_dict<'py>(py: Python<'py>, header: &WireHeader) -> PyResult<Bound<'py, PyDict>> {
    let data = PyDict::new(py);
    for (key, value) in &header.data {
        data.set_item(&**key, &**value)?;
    }
    Ok(data)
}

/// A sampling decision given by the program.
pub(crate) fn flag(value: &Bound<'_, PyAny>) -> Option<SamplingFlag> {
    if let Ok(text) = value.cast::<PyString>() {
        return match &*text.to_string_lossy() {
            "1" => Some(SamplingFlag::Sampled),
            "0" => Some(SamplingFlag::NotSampled),
            "?" => Some(SamplingFlag::Requested),
            _ => None,
        };
    }
    match value.extract::<i64>() {
        Ok(1) => Some(SamplingFlag::Sampled),
        Ok(0) => Some(SamplingFlag::NotSampled),
        _ => None,
    }
}

/// The header a segment's request came with.
pub(crate) fn of_segment(entity: &Bound<'_, Entity>) -> PyResult<Option<Py<PyAny>>> {
    let segment = segment_of(entity);
    if !segment.is(entity) {
        return Ok(None);
    }
    let header = segment.get().with_tree(|tree, _| tree.header.clone());
    header
        .map(|header| Ok(keep(&segment, &header)?.unbind()))
        .transpose()
}

/// Keeps the header that a request came with, for whoever asks the entity for it.
pub(crate) fn keep<'py>(
    entity: &Bound<'py, Entity>,
    header: &WireHeader,
) -> PyResult<Bound<'py, PyAny>> {
    let py = entity.py();
    let made = Bound::new(py, TraceHeader::from_wire(py, header)?)?.into_any();
    fields::set(entity, "_origin_trace_header", made.clone());
    Ok(made)
}
