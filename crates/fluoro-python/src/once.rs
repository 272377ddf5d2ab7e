//! Values that are made once and kept.
//!
//! A cell is never locked while its value is being made: making it may run Python code and thereby
//! let another thread go on, and when that one forks, its child would wait for ever for a thread
//! that it does not have. PyO3's own cells and its `intern!` have that moment.

use std::sync::OnceLock;

use pyo3::{
    prelude::*,
    types::{PyString, PyType},
};

/// The value of a cell, which is made first if it is not there; of several threads that make it at
/// once, one keeps its own.
pub(crate) fn get_or_make<T>(cell: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    match cell.get() {
        Some(value) => value,
        None => {
            let value = make();
            cell.get_or_init(|| value)
        }
    }
}

/// A class that is imported when it is first needed.
///
/// # Errors
///
/// Whatever importing raises; the next call tries again.
pub(crate) fn import<'py>(
    cell: &'static OnceLock<Py<PyType>>,
    py: Python<'py>,
    module: &str,
    name: &str,
) -> PyResult<&'py Bound<'py, PyType>> {
    if let Some(class) = cell.get() {
        return Ok(class.bind(py));
    }
    let class = py.import(module)?.getattr(name)?.cast_into()?.unbind();
    Ok(get_or_make(cell, || class).bind(py))
}

/// A name that Python is given again and again.
pub(crate) struct Interned {
    text: &'static str,
    object: OnceLock<Py<PyString>>,
}

impl Interned {
    pub(crate) const fn new(text: &'static str) -> Self {
        let object = OnceLock::new();
        Self { text, object }
    }

    #[inline]
    pub(crate) fn get<'py>(&'static self, py: Python<'py>) -> &'py Bound<'py, PyString> {
        let make = || PyString::intern(py, self.text).unbind();
        get_or_make(&self.object, make).bind(py)
    }
}

/// A Python string for a name in the source, made once for each place.
macro_rules! intern {
    ($py:expr, $text:expr) => {{
        static NAME: $crate::once::Interned = $crate::once::Interned::new($text);
        NAME.get($py)
    }};
}
pub(crate) use intern;
