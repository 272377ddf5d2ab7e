//! Reaching a Python object that is not kept alive.
#![allow(unsafe_code)] // a raw pointer to an object that clears it when it goes

use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;

use super::Entity;

/// Prepares an object for [`upgrade`].
pub(super) fn prepare(entity: &Bound<'_, Entity>) {
    #[cfg(Py_GIL_DISABLED)]
    // SAFETY: the object is alive; the call only sets a flag in it.
    unsafe {
        ffi::PyUnstable_EnableTryIncRef(entity.as_ptr());
    }
    #[cfg(not(Py_GIL_DISABLED))]
    let _ = entity;
}

/// The object behind `slot` if it is still alive.
///
/// Called with the tree locked. An entity's `Drop` locks the tree to clear the slot before its
/// memory goes, so the pointer is valid here.
pub(super) fn upgrade<'py>(
    py: Python<'py>,
    slot: &AtomicPtr<ffi::PyObject>,
) -> Option<Bound<'py, Entity>> {
    let pointer = slot.load(Ordering::Relaxed);
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the pointer is valid, see above. An object whose count is zero is on its way
    // out and must not be revived; with the interpreter lock held the count cannot change
    // between the check and the new reference.
    #[cfg(not(Py_GIL_DISABLED))]
    unsafe {
        if ffi::Py_REFCNT(pointer) == 0 {
            return None;
        }
        Some(Bound::from_borrowed_ptr(py, pointer).cast_into_unchecked())
    }
    // Without an interpreter lock the check and the new reference must be one step.
    #[cfg(Py_GIL_DISABLED)]
    unsafe {
        if ffi::PyUnstable_TryIncRef(pointer) == 0 {
            return None;
        }
        Some(Bound::from_owned_ptr(py, pointer).cast_into_unchecked())
    }
}
