//! What is current.

use pyo3::prelude::*;

use super::Recorder;
use crate::context::{Context, missing};
use crate::once::intern;

impl Recorder {
    /// The current entity on the fast path, where the context is one of ours.
    pub(super) fn current<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.settings.context(py) {
            Ok(context) => match context.get().current.get(py) {
                Some(current) => Ok(Some(current)),
                None => Ok(present(missing(context.as_any())?, py)),
            },
            Err(foreign) => {
                let current = foreign.call_method0(intern!(py, "get_trace_entity"))?;
                Ok((!current.is_none()).then_some(current))
            }
        }
    }

    /// The current entity, without the consequences of there being none.
    pub(crate) fn peek<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        match self.settings.context(py) {
            Ok(context) => context.get().current.get(py),
            Err(foreign) => match foreign.cast::<Context>() {
                Ok(context) => context.get().current.get(py),
                Err(_) => peek_foreign(&foreign),
            },
        }
    }
}

/// What a context of the program's own keeps where upstream's contexts keep it.
#[cold]
fn peek_foreign<'py>(context: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let entities = context.getattr("_local").ok()?.getattr("entities").ok()?;
    let last = entities.len().ok()?.checked_sub(1)?;
    entities.get_item(last).ok()
}

fn present<'py>(value: Py<PyAny>, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
    let value = value.into_bound(py);
    (!value.is_none()).then_some(value)
}
