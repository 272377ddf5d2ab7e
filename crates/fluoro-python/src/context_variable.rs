//! A Python context variable, through the C API.
#![allow(unsafe_code)] // PyO3 has no safe wrapper for context variables

use std::ffi::CStr;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;

/// A `contextvars.ContextVar`.
pub(crate) struct ContextVariable(Py<PyAny>);

impl ContextVariable {
    /// Makes a variable that is not set anywhere.
    pub(crate) fn new(py: Python<'_>, name: &CStr) -> PyResult<Self> {
        // SAFETY: the interpreter is attached, the name is a valid C string, and the call returns
        // a new reference or sets an error.
        unsafe {
            let variable = ffi::PyContextVar_New(name.as_ptr(), std::ptr::null_mut());
            Ok(ContextVariable(
                Bound::from_owned_ptr_or_err(py, variable)?.unbind(),
            ))
        }
    }

    /// A variable that was made by `new`.
    pub(crate) fn of(variable: Py<PyAny>) -> Self {
        ContextVariable(variable)
    }

    /// The variable's value in the current context; `None` when unset or set to `None`.
    pub(crate) fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let mut value = std::ptr::null_mut();
        // SAFETY: `self.0` is a context variable; on success `value` is null or a new reference.
        let value = unsafe {
            if ffi::PyContextVar_Get(self.0.as_ptr(), std::ptr::null_mut(), &raw mut value) < 0 {
                ffi::PyErr_Clear();
                return None;
            }
            Bound::from_owned_ptr_or_opt(py, value)?
        };
        (!value.is_none()).then_some(value)
    }

    /// Sets the variable in the current context.
    pub(crate) fn set(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        // SAFETY: `self.0` is a context variable, `value` a live object; the token returned is a
        // new reference that is dropped here.
        let token = unsafe {
            let token = ffi::PyContextVar_Set(self.0.as_ptr(), value.as_ptr());
            Bound::from_owned_ptr_or_opt(py, token)
        };
        match token {
            Some(_) => Ok(()),
            None => Err(PyErr::take(py)
                .unwrap_or_else(|| PyRuntimeError::new_err("cannot set a context variable"))),
        }
    }

    /// The variable itself.
    pub(crate) fn object(&self) -> &Py<PyAny> {
        &self.0
    }
}
