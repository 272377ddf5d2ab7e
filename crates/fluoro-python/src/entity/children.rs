//! Subsegments of an entity: in the tree, and in the list that Python may have seen of them.

use std::sync::atomic::Ordering;

use crate::once::intern;
use fluoro_core::tree::NodeIndex;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::{Entity, Kind, PythonTree, fields, handle, register, segment_of};
use crate::log;

/// Adds a subsegment as the last child.
pub(super) fn add(entity: &Bound<'_, Entity>, subsegment: Bound<'_, PyAny>) -> PyResult<()> {
    let py = entity.py();
    if !entity.get().is_in_progress() {
        return Err(log::already_ended(py));
    }
    let sampled = subsegment.getattr(intern!(py, "sampled"))?.is_truthy()?;
    if sampled && !entity.get().is_sampled() {
        log::warn(
            py,
            log::Logger::Entity,
            "a sampled subsegment is added to a parent that is not sampled, and so will not be \
             part of any trace",
        );
    }
    let own = match subsegment.cast::<Entity>() {
        Ok(child) if child.get().is_related(entity.get()) && !child.get().is_segment() => child,
        _ => return add_foreign(entity, &subsegment),
    };
    register(own);
    let child = own.get().index();
    if entity
        .get()
        .with_tree(|tree, index| tree.is_within(index, child))
    {
        log::warn(
            py,
            log::Logger::Entity,
            "a subsegment cannot be inside itself, it was not added",
        );
        return Ok(());
    }
    let facade = segment_of(entity).get().kind == Kind::Facade;
    unlist(py, &segment_of(entity), child);
    let list = entity.get().with_tree(|tree, index| {
        if !tree.move_to(index, child) {
            tree.attach(index, child);
            if facade {
                tree.open -= 1; // a facade never waits for its subsegments
            }
        }
        exposed_list(py, tree, index)
    });
    fields::unset(own, "parent_id");
    match list {
        Some(list) => list.bind(py).append(subsegment),
        None => Ok(()),
    }
}

fn add_foreign(entity: &Bound<'_, Entity>, subsegment: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = entity.py();
    subsegment.setattr(intern!(py, "parent_id"), fields::id(entity)?)?;
    fields::subsegments(entity)?.bind(py).append(subsegment)?;
    segment_of(entity).call_method0(intern!(py, "increment"))?;
    Ok(())
}

/// Takes a subsegment out of the children.
pub(super) fn take_out(entity: &Bound<'_, Entity>, subsegment: Bound<'_, PyAny>) -> PyResult<()> {
    match subsegment.cast::<Entity>() {
        Ok(child) if child.get().is_related(entity.get()) => {
            remove(entity.py(), &segment_of(entity), child.get().index());
            Ok(())
        }
        _ => {
            let list = fields::subsegments(entity)?;
            list.bind(entity.py())
                .call_method1("remove", (subsegment,))?;
            segment_of(entity).call_method0("decrement_subsegments_size")?;
            Ok(())
        }
    }
}

/// The list that Python has seen of an entity's children, if it has.
pub(super) fn exposed_list(
    py: Python<'_>,
    tree: &PythonTree,
    index: NodeIndex,
) -> Option<Py<PyList>> {
    let overlay = tree.node(index).attachment.overlay.as_ref()?;
    Some(overlay.subsegments.as_ref()?.clone_ref(py))
}

/// Takes a subtree out of its parent, after it was sent or at the user's wish.
pub(crate) fn remove(py: Python<'_>, segment: &Bound<'_, Entity>, index: NodeIndex) {
    unlist(py, segment, index);
    segment.get().shared().segment.remove(index);
}

/// Takes a subsegment out of the list that Python sees of its parent's.
pub(crate) fn unlist(py: Python<'_>, segment: &Bound<'_, Entity>, index: NodeIndex) {
    let list = {
        let tree = segment.get().shared().segment.lock();
        tree.parent(index)
            .and_then(|parent| exposed_list(py, &tree, parent))
    };
    if let Some(list) = list
        && let Ok(child) = handle(py, segment, index)
    {
        let list = list.bind(py);
        if let Ok(position) = list.index(&child) {
            let _ = list.del_item(position);
        }
    }
}

/// Carries what Python did to lists of subsegments over into the tree.
pub(crate) fn reconcile(py: Python<'_>, entity: &Bound<'_, Entity>) {
    let root = entity.get().shared();
    if !root.lists_exposed.load(Ordering::Relaxed) {
        return;
    }
    let lists: Vec<(NodeIndex, Py<PyList>)> = {
        let tree = root.segment.lock();
        let count = tree.nodes().count() as NodeIndex;
        (0..count)
            .filter_map(|index| Some((index, exposed_list(py, &tree, index)?)))
            .collect()
    };
    for (index, list) in lists {
        let mut order = Vec::new();
        let mut foreign = Vec::new();
        for item in list.bind(py).iter() {
            match item.cast::<Entity>() {
                Ok(child) if child.get().is_related(entity.get()) && !child.get().is_segment() => {
                    order.push(child.get().index());
                }
                _ => foreign.push(crate::host::Value(item.unbind())),
            }
        }
        let replaced = {
            let mut tree = root.segment.lock();
            tree.reorder(index, &order);
            let overlay = tree.node_mut(index).attachment.overlay();
            std::mem::replace(&mut overlay.foreign, foreign)
        };
        drop(replaced);
    }
}
