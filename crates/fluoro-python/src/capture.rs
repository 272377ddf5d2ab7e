//! Functions with a subsegment around each call.

use crate::once;
use crate::once::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use std::sync::OnceLock;

use crate::manager::{call_captured, plain_recorder, require_callable};

// A function that records each call in a subsegment. In every other respect it looks like the
// function it wraps, its documentation included: a doc comment here would hide that.
#[pyclass(frozen, weakref, module = "aws_xray_sdk.core.models.subsegment")]
pub(crate) struct CapturedFunction {
    /// The function itself.
    #[pyo3(get, name = "__wrapped__")]
    wrapped: Py<PyAny>,
    recorder: Py<PyAny>,
    name: Py<PyAny>,
}

/// Wraps a function according to its kind.
pub(crate) fn wrap<'py>(
    recorder: &Bound<'py, PyAny>,
    name: Option<Bound<'py, PyAny>>,
    function: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = recorder.py();
    require_callable(&function)?;
    let name = match name {
        Some(name) if name.is_truthy()? => name,
        _ => match function.getattr_opt(intern!(py, "__name__"))? {
            Some(name) => name,
            None => function.get_type().name()?.into_any(),
        },
    };
    // Coroutine functions and generators are wrapped in kind, by Python code.
    let code = function.getattr_opt(intern!(py, "__code__"))?;
    let flags = match code {
        Some(code) => code
            .getattr(intern!(py, "co_flags"))?
            .extract::<u32>()
            .unwrap_or(0),
        None => 0,
    };
    const GENERATOR: u32 = 0x20;
    const COROUTINE: u32 = 0x80;
    const ASYNC_GENERATOR: u32 = 0x200;
    if flags & (GENERATOR | COROUTINE | ASYNC_GENERATOR) != 0 {
        let module = py.import(intern!(py, "aws_xray_sdk.core._capture"))?;
        return module.call_method1(intern!(py, "wrap"), (recorder, name, function));
    }
    let captured = CapturedFunction {
        wrapped: function.unbind(),
        recorder: recorder.clone().unbind(),
        name: name.unbind(),
    };
    Ok(Bound::new(py, captured)?.into_any())
}

#[pymethods]
impl CapturedFunction {
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        call_captured(
            self.recorder.bind(py),
            self.name.bind(py),
            self.wrapped.bind(py),
            args,
            kwargs,
        )
    }

    /// Binds like the function does: as a method, a class method or a static method.
    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: Bound<'py, PyAny>,
        owner: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let own = slf.get();
        let wrapped = own.wrapped.bind(py);
        let is_function = wrapped.is_exact_instance_of::<pyo3::types::PyFunction>()
            && plain_recorder(own.recorder.bind(py)).is_some();
        if is_function && !instance.is_none() {
            static METHOD: OnceLock<Py<PyType>> = OnceLock::new();
            return once::import(&METHOD, py, "types", "MethodType")?.call1((slf, instance));
        }
        if is_function {
            return Ok(slf.clone().into_any());
        }
        let class = wrapped.get_type();
        let Ok(get) = class.getattr(intern!(py, "__get__")) else {
            return Ok(slf.clone().into_any());
        };
        let bound = get.call1((wrapped, instance, owner))?;
        let captured = CapturedFunction {
            wrapped: bound.unbind(),
            recorder: own.recorder.clone_ref(py),
            name: own.name.clone_ref(py),
        };
        Ok(Bound::new(py, captured)?.into_any())
    }

    #[getter]
    fn __class__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.wrapped.bind(py).getattr(intern!(py, "__class__"))
    }

    #[getter]
    fn __doc__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.wrapped.bind(py).getattr(intern!(py, "__doc__"))
    }

    #[getter]
    fn __module__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.wrapped.bind(py).getattr(intern!(py, "__module__"))
    }

    #[getter]
    fn __dict__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.wrapped.bind(py).getattr(intern!(py, "__dict__"))
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.wrapped.bind(py).getattr(name)
    }

    fn __setattr__(&self, py: Python<'_>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
        self.wrapped.bind(py).setattr(name, value)
    }

    fn __delattr__(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        self.wrapped.bind(py).delattr(name)
    }

    /// Pickled by name, like the function.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.wrapped.bind(py).getattr(intern!(py, "__qualname__"))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<captured {}>", self.wrapped.bind(py).repr()?))
    }

    fn __traverse__(&self, visit: pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.wrapped)?;
        visit.call(&self.recorder)?;
        visit.call(&self.name)
    }
}
