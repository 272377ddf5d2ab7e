//! Text of Python, kept without a copy.
#![allow(unsafe_code)] // one raw pointer into an immutable Python string, see `Text`

use std::ptr::NonNull;

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Text in a segment tree: a Python string as it is, or text of our own.
pub(crate) enum Text {
    /// A Python string and where its UTF-8 form lies.
    Python {
        /// Keeps the memory alive.
        object: Py<PyString>,
        /// First byte.
        pointer: NonNull<u8>,
        /// Number of bytes.
        length: usize,
    },
    /// Text of the program.
    Static(&'static str),
    /// Text we made.
    Owned(Box<str>),
}

// SAFETY: the bytes belong to an immutable Python string that lives as long as `object`; reading
// them needs no interpreter, and `object` is only touched with the interpreter attached.
unsafe impl Send for Text {}
// SAFETY: as above, shared reading of immutable bytes.
unsafe impl Sync for Text {}

impl Text {
    /// The text of a Python string; lone surrogates, which no document can carry, are replaced.
    pub(crate) fn new(string: &Bound<'_, PyString>) -> Self {
        if !string.is_exact_instance_of::<PyString>() {
            return Text::Owned(string.to_string_lossy().into());
        }
        match string.to_str() {
            Ok(text) => Text::Python {
                pointer: NonNull::from(text.as_bytes()).cast(),
                length: text.len(),
                object: string.clone().unbind(),
            },
            Err(_) => Text::Owned(string.to_string_lossy().into()),
        }
    }

    /// The text as a Python string.
    pub(crate) fn to_python<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        match self {
            Text::Python { object, .. } => object.bind(py).clone(),
            Text::Static(text) => PyString::new(py, text),
            Text::Owned(text) => PyString::new(py, text),
        }
    }

    /// The same text again.
    pub(crate) fn duplicate(&self, py: Python<'_>) -> Self {
        match self {
            Text::Python {
                object,
                pointer,
                length,
            } => Text::Python {
                object: object.clone_ref(py),
                pointer: *pointer,
                length: *length,
            },
            Text::Static(text) => Text::Static(text),
            Text::Owned(text) => Text::Owned(text.clone()),
        }
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        match self {
            Text::Python {
                pointer, length, ..
            } => {
                // SAFETY: `pointer` and `length` came from `PyString::to_str`, whose memory is
                // cached in the string object and stays put until `object` is dropped.
                unsafe {
                    let bytes = std::slice::from_raw_parts(pointer.as_ptr(), *length);
                    std::str::from_utf8_unchecked(bytes)
                }
            }
            Text::Static(text) => text,
            Text::Owned(text) => text,
        }
    }
}
