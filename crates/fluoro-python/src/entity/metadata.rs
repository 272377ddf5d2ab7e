//! Metadata of an entity.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::{Entity, fields};
use crate::host::Value;
use crate::log;
use crate::text::Text;

/// Adds metadata to a live entity.
pub(crate) fn put(
    entity: &Bound<'_, Entity>,
    key: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
    namespace: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let py = entity.py();
    let namespace_text = match namespace {
        None => Text::Static("default"),
        Some(namespace) => match namespace.cast::<PyString>() {
            Ok(namespace) => Text::new(namespace),
            Err(_) => {
                log::warn(
                    py,
                    log::Logger::Entity,
                    "metadata left out: the namespace is not text",
                );
                return Ok(());
            }
        },
    };
    if namespace_text.as_ref().starts_with("AWS.") {
        log::warn(
            py,
            log::Logger::Entity,
            &format!(
                "metadata left out: namespaces that begin with 'AWS.' are reserved, such as {:?}",
                namespace_text.as_ref()
            ),
        );
        return Ok(());
    }
    let known = fields::get(entity, "metadata").is_some();
    let key_text = key.cast::<PyString>().ok();
    if !known && let Some(key_text) = key_text {
        let key = Text::new(key_text);
        let value = Value(value.clone().unbind());
        let replaced = entity.get().with_tree(|tree, index| {
            tree.node_mut(index)
                .details()
                .put_metadata(namespace_text, key, value)
        });
        drop(replaced);
        return Ok(());
    }
    let all = fields::dict(entity, "metadata")?;
    let name = namespace_text.to_python(py);
    let values = match all.get_item(&name)? {
        Some(values) if values.is_truthy()? => values,
        _ => {
            all.set_item(&name, PyDict::new(py))?;
            all.get_item(&name)?.expect("just set")
        }
    };
    values.set_item(key, value)
}
