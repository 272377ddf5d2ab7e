//! Carrying what is current into another thread.

use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::context_variable::ContextVariable;

/// The variables of all contexts that are alive.
static VARIABLES: Mutex<Vec<Py<PyAny>>> = Mutex::new(Vec::new());

/// Has a context's variable carried from now on.
pub(crate) fn register(py: Python<'_>, variable: &ContextVariable) {
    VARIABLES.lock().push(variable.object().clone_ref(py));
}

/// Forgets the variable of a context that is gone.
pub(crate) fn unregister(variable: &ContextVariable) {
    let removed = {
        let mut variables = VARIABLES.lock();
        let position = variables
            .iter()
            .position(|known| known.is(variable.object()));
        position.map(|position| variables.swap_remove(position))
    };
    drop(removed);
}

/// The entities that were current where this was made.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct CapturedContext {
    entities: Vec<(ContextVariable, Py<PyAny>)>,
}

/// Remembers what is current; None when nothing is.
#[pyfunction]
pub(crate) fn capture_context(py: Python<'_>) -> Option<CapturedContext> {
    let variables: Vec<ContextVariable> = VARIABLES
        .lock()
        .iter()
        .map(|known| ContextVariable::of(known.clone_ref(py)))
        .collect();
    let entities: Vec<_> = variables
        .into_iter()
        .filter_map(|variable| {
            let entity = variable.get(py)?.unbind();
            Some((variable, entity))
        })
        .collect();
    (!entities.is_empty()).then_some(CapturedContext { entities })
}

#[pymethods]
impl CapturedContext {
    /// Calls a function with the remembered entities current, and puts back what was current here.
    #[pyo3(signature = (function, /, *args, **kwargs))]
    fn run<'py>(
        &self,
        function: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = function.py();
        let before: Vec<_> = self
            .entities
            .iter()
            .map(|(variable, entity)| {
                let before = variable.get(py);
                // A failure leaves the work untraced, nothing worse.
                let _ = variable.set(py, entity.bind(py));
                before
            })
            .collect();
        let result = function.call(args, kwargs);
        for ((variable, _), before) in self.entities.iter().zip(before) {
            let value = before.unwrap_or_else(|| py.None().into_bound(py));
            let _ = variable.set(py, &value);
        }
        result
    }

    fn __traverse__(&self, visit: pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        self.entities
            .iter()
            .try_for_each(|(_, entity)| visit.call(entity))
    }
}
