//! Error, fault and throttle flags of an entity.

use fluoro_core::tree::Outcome;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::mutation::facade_mutation;
use super::{Entity, Kind, fields};

/// Raises flags. One that is raised now beats one that the program has set to False before.
pub(crate) fn change_outcome(entity: &Bound<'_, Entity>, change: impl FnOnce(&mut Outcome)) {
    let replaced = entity.get().with_tree(|tree, index| {
        let node = tree.node_mut(index);
        let before = node.outcome;
        change(&mut node.outcome);
        let after = node.outcome;
        let overlay = node.attachment.overlay.as_mut()?;
        let raised = [
            (after.error && !before.error, "error"),
            (after.fault && !before.fault, "fault"),
            (after.throttle && !before.throttle, "throttle"),
        ];
        Some(raised.map(|(raised, key)| raised.then(|| overlay.remove(key))))
    });
    drop(replaced);
}

/// Raises flags at the program's wish.
pub(super) fn raise_flag(
    entity: &Bound<'_, Entity>,
    raise: impl FnOnce(&mut Outcome),
) -> PyResult<()> {
    if entity.get().kind == Kind::Facade {
        return Err(facade_mutation(entity.py()));
    }
    change_outcome(entity, raise);
    Ok(())
}

/// A flag as an attribute.
pub(super) fn flag(
    entity: &Bound<'_, Entity>,
    name: &'static str,
    read: impl FnOnce(&Outcome) -> bool,
) -> PyResult<Py<PyAny>> {
    if let Some(own) = fields::get(entity, name) {
        return Ok(own.unbind());
    }
    if entity
        .get()
        .with_tree(|tree, index| read(&tree.node(index).outcome))
    {
        return Ok(PyBool::new(entity.py(), true)
            .to_owned()
            .into_any()
            .unbind());
    }
    Err(PyAttributeError::new_err(name))
}
