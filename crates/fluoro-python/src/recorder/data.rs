//! Annotations and metadata of what is current.

use fluoro_core::details::Scalar;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use super::Recorder;
use crate::entity::{Entity, Kind, annotations, as_built_in, metadata};
use crate::once::intern;
use crate::text::Text;

impl Recorder {
    /// Annotates the current entity, if there is one that takes data.
    pub(super) fn put_current_annotation(
        &self,
        key: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = key.py();
        let Some(current) = self.current(py)? else {
            return Ok(());
        };
        let Some(entity) = as_built_in(&current) else {
            if current.getattr(intern!(py, "sampled"))?.is_truthy()? {
                current.call_method1(intern!(py, "put_annotation"), (key, value))?;
            }
            return Ok(());
        };
        if let Ok(key) = key.cast_exact::<PyString>()
            && let Some(scalar) = plain_annotation(value)
        {
            let text = Text::new(key);
            if fluoro_wire::annotation_key::is_valid_annotation_key(text.as_ref()) {
                let done = entity.get().with_tree(|tree, index| {
                    let node = tree.node_mut(index);
                    if !node.sampled {
                        return true;
                    }
                    if !node.in_progress || node.attachment.overlay.is_some() {
                        return false;
                    }
                    node.details().put_annotation(text, scalar);
                    true
                });
                if done {
                    return Ok(());
                }
            }
        }
        if is_writable(entity) {
            annotations::put(entity, key, value)
        } else {
            Ok(())
        }
    }

    /// Adds metadata to the current entity, if there is one that takes data.
    pub(super) fn put_current_metadata(
        &self,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
        namespace: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let py = key.py();
        let Some(current) = self.current(py)? else {
            return Ok(());
        };
        match as_built_in(&current) {
            Some(entity) if is_writable(entity) => {
                metadata::put(entity, &key, &value, namespace.as_ref())
            }
            Some(_) => Ok(()),
            None => put_metadata_generally(&current, key, value, namespace),
        }
    }
}

/// Adds metadata to an entity of the program's own, or of a class that it has derived.
#[cold]
fn put_metadata_generally<'py>(
    entity: &Bound<'py, PyAny>,
    key: Bound<'py, PyAny>,
    value: Bound<'py, PyAny>,
    namespace: Option<Bound<'py, PyAny>>,
) -> PyResult<()> {
    let py = entity.py();
    if entity.getattr(intern!(py, "sampled"))?.is_truthy()? {
        let namespace = namespace.unwrap_or_else(|| intern!(py, "default").clone().into_any());
        entity.call_method1(intern!(py, "put_metadata"), (key, value, namespace))?;
    }
    Ok(())
}

fn is_writable(entity: &Bound<'_, Entity>) -> bool {
    entity.get().kind != Kind::Facade
        && entity.get().with_tree(|tree, index| {
            let node = tree.node(index);
            node.sampled && node.in_progress
        })
}

/// A value as an annotation, if it is of the usual types.
fn plain_annotation(value: &Bound<'_, PyAny>) -> Option<Scalar<Text>> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        Some(Scalar::Text(Text::new(text)))
    } else if let Ok(number) = value.cast_exact::<PyInt>() {
        number.extract().ok().map(Scalar::Integer)
    } else if let Ok(truth) = value.cast_exact::<PyBool>() {
        Some(Scalar::Bool(truth.is_true()))
    } else {
        value
            .cast_exact::<PyFloat>()
            .ok()
            .map(|number| Scalar::Float(number.value()))
    }
}
