//! Attributes of the Python object itself, as any other object has them.
#![allow(unsafe_code)] // Python code may not pass by the setter of a native class

use pyo3::ffi;
use pyo3::prelude::*;

use super::Entity;

/// Sets an attribute of the object, or deletes it.
pub(super) fn set_attribute(
    entity: &Bound<'_, Entity>,
    name: &str,
    value: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let py = entity.py();
    let name = name.into_pyobject(py)?;
    let value = value.map_or(std::ptr::null_mut(), |value| value.as_ptr());
    // SAFETY: all pointers are borrowed from objects that live until the call returns; a value that
    // is null means to delete.
    let status = unsafe { ffi::PyObject_GenericSetAttr(entity.as_ptr(), name.as_ptr(), value) };
    if status == 0 {
        Ok(())
    } else {
        Err(PyErr::fetch(py))
    }
}
