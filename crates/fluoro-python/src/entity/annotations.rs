//! Annotations of an entity.

use fluoro_core::details::Scalar;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use super::{Entity, fields};
use crate::log;
use crate::text::Text;

/// Annotates a live entity; what cannot be an annotation is left out with a warning.
pub(crate) fn put(
    entity: &Bound<'_, Entity>,
    key: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = entity.py();
    let Ok(key) = key.cast::<PyString>() else {
        log::warn(
            py,
            log::Logger::Entity,
            &format!("annotation left out: the key {key:?} is not text"),
        );
        return Ok(());
    };
    let text = Text::new(key);
    if !fluoro_wire::annotation_key::is_valid_annotation_key(text.as_ref()) {
        log::warn(
            py,
            log::Logger::Entity,
            &format!(
                "annotation left out: the key {:?} may hold only letters, digits and underscores",
                text.as_ref()
            ),
        );
        return Ok(());
    }
    let scalar = if let Ok(text) = value.cast::<PyString>() {
        Scalar::Text(Text::new(text))
    } else if let Ok(truth) = value.cast::<PyBool>() {
        Scalar::Bool(truth.is_true())
    } else if let Ok(number) = value.cast::<PyInt>() {
        match number.extract::<i64>() {
            Ok(number) => Scalar::Integer(number),
            Err(_) => return fields::dict(entity, "annotations")?.set_item(key, value),
        }
    } else if let Ok(number) = value.cast::<PyFloat>() {
        Scalar::Float(number.value())
    } else {
        let class = value.get_type().name()?;
        log::warn(
            py,
            log::Logger::Entity,
            &format!(
                "annotation {:?} left out: a {class} is neither text nor a number nor a truth value",
                text.as_ref()
            ),
        );
        return Ok(());
    };
    let dict = entity.get().with_tree(|tree, index| {
        let node = tree.node_mut(index);
        if let Some(overlay) = &node.attachment.overlay
            && let Some(known) = overlay.get("annotations")
        {
            return Some(known.0.bind(py).clone());
        }
        node.details().put_annotation(text, scalar);
        None
    });
    match dict {
        Some(dict) => dict.set_item(key, value),
        None => Ok(()),
    }
}
