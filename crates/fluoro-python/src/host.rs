//! What Python stores in a segment tree.

use std::sync::atomic::{AtomicPtr, Ordering};

use fluoro_core::host::{Attachment, Host, Overrides};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::text::Text;

/// The host of Python programs.
pub(crate) struct PythonHost;

impl Host for PythonHost {
    type Text = Text;
    type Value = Value;
    type Attachment = Handle;
}

/// A Python object, kept as it is until it is encoded.
pub(crate) struct Value(pub(crate) Py<PyAny>);

impl Clone for Value {
    fn clone(&self) -> Self {
        Python::attach(|py| Value(self.0.clone_ref(py)))
    }
}

/// What Python keeps on a node: the object that stands for it, if there is one right now, and
/// what was read or set through that object as plain Python data.
#[derive(Default)]
pub(crate) struct Handle {
    /// The Python object that stands for this node; it does not keep that object alive.
    pub(crate) object: AtomicPtr<ffi::PyObject>,
    /// Data that has become plain Python objects.
    pub(crate) overlay: Option<Box<Overlay>>,
}

/// Fields of an entity that are plain Python objects, since Python asked for them or set them.
#[derive(Default)]
pub(crate) struct Overlay {
    /// Fields by name; they take the place of the tree's own in the document.
    pub(crate) fields: Vec<(Box<str>, Value)>,
    /// The list of children, once Python has asked for it: the truth from then on.
    pub(crate) subsegments: Option<Py<PyList>>,
    /// Children that live in another tree.
    pub(crate) foreign: Vec<Value>,
}

impl Overlay {
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|(known, _)| &**known == key)
            .map(|(_, value)| value)
    }

    /// Sets a field and gives back the value it takes the place of, to be dropped outside the lock.
    pub(crate) fn set(&mut self, key: &str, value: Value) -> Option<Value> {
        match self.fields.iter_mut().find(|(known, _)| &**known == key) {
            Some((_, slot)) => Some(std::mem::replace(slot, value)),
            None => {
                self.fields.push((key.into(), value));
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Value> {
        let position = self.fields.iter().position(|(known, _)| &**known == key)?;
        Some(self.fields.remove(position).1)
    }
}

impl Handle {
    pub(crate) fn overlay(&mut self) -> &mut Overlay {
        self.overlay.get_or_insert_default()
    }

    pub(crate) fn field(&self, key: &str) -> Option<&Value> {
        self.overlay.as_ref()?.get(key)
    }
}

impl Attachment<PythonHost> for Handle {
    fn is_pinned(&self) -> bool {
        !self.object.load(Ordering::Relaxed).is_null()
    }

    fn overrides(&self) -> Option<&dyn Overrides<PythonHost>> {
        self.overlay
            .as_deref()
            .map(|overlay| overlay as &dyn Overrides<PythonHost>)
    }
}

impl Overrides<PythonHost> for Overlay {
    fn replaces(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn for_each(&self, visit: &mut dyn FnMut(&str, &Value)) {
        for (key, value) in &self.fields {
            if !key.starts_with('_') {
                visit(key, value);
            }
        }
    }

    fn children(&self) -> &[Value] {
        &self.foreign
    }
}
