//! Python objects for nodes: made when Python asks for one, the same one while it is alive.

use std::sync::atomic::Ordering;

use fluoro_core::tree::{Beginning, Namespace, NodeIndex, ROOT};
use pyo3::prelude::*;

use super::attributes::is_built_in;
use super::base::{Place, UNPLACED};
use super::{
    DummySubsegment, Entity, Kind, Segment, Subsegment, children, dummy, segment_of, weak,
};
use crate::text::Text;

/// The object as an entity. The usual classes are tried first, since asking for a base class walks
/// through all of them.
pub(crate) fn as_entity<'a, 'py>(object: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, Entity>> {
    if let Ok(subsegment) = object.cast_exact::<Subsegment>() {
        return Some(subsegment.as_super());
    }
    match object.cast_exact::<Segment>() {
        Ok(segment) => Some(segment.as_super()),
        Err(_) => object.cast::<Entity>().ok(),
    }
}

/// The object as an entity of one of our classes, whose methods need not be called.
pub(crate) fn as_built_in<'a, 'py>(
    object: &'a Bound<'py, PyAny>,
) -> Option<&'a Bound<'py, Entity>> {
    if let Ok(subsegment) = object.cast_exact::<Subsegment>() {
        return Some(subsegment.as_super());
    }
    match object.cast_exact::<Segment>() {
        Ok(segment) => Some(segment.as_super()),
        Err(_) => object
            .cast::<Entity>()
            .ok()
            .filter(|entity| is_built_in(entity)),
    }
}

fn new_handle<'py>(
    py: Python<'py>,
    segment: &Bound<'py, Entity>,
    sampled: bool,
    index: NodeIndex,
) -> PyResult<Bound<'py, Entity>> {
    let segment = segment.clone().unbind();
    let handle = if sampled {
        let base = Entity::child(Kind::Subsegment, segment, index);
        let class = PyClassInitializer::from(base).add_subclass(Subsegment);
        Bound::new(py, class)?.into_super()
    } else {
        let base = Entity::child(Kind::DummySubsegment, segment, index);
        let class = PyClassInitializer::from(base).add_subclass(Subsegment);
        Bound::new(py, class.add_subclass(DummySubsegment))?
            .into_super()
            .into_super()
    };
    weak::prepare(&handle);
    handle
        .get()
        .object
        .store(handle.as_ptr(), Ordering::Relaxed);
    Ok(handle)
}

/// Begins a subsegment under `entity`, or under what encloses it if it has ended. It is sampled if
/// that is and `sampled` says so.
pub(crate) fn begin_child<'py>(
    py: Python<'py>,
    entity: &Bound<'py, Entity>,
    name: Text,
    namespace: Namespace,
    sampled: bool,
) -> PyResult<Bound<'py, Entity>> {
    let segment = segment_of(entity);
    let sampled = sampled && !entity.get().is_dummy();
    // Made before the tree is locked, and so before it is certain that this is the right class.
    let handle = new_handle(py, &segment, sampled, UNPLACED)?;
    let id = if sampled {
        fluoro_core::random::segment_id()
    } else {
        dummy::identifier()
    };
    let namespace = if sampled { namespace } else { Namespace::Dummy };
    let beginning = Beginning::now(name, id, namespace, sampled);
    let list = {
        let mut tree = segment.get().shared().segment.lock();
        let own_index = entity.get().index();
        let parent = if tree.node(own_index).in_progress {
            own_index
        } else {
            tree.enclosing(own_index)
        };
        if sampled && !tree.node(parent).sampled {
            drop(tree);
            return begin_child(py, entity, beginning.name, namespace, false);
        }
        let index = tree.begin(parent, beginning);
        if let Place::Child { index: slot, .. } = &handle.get().place {
            slot.store(index, Ordering::Relaxed);
        }
        tree.node(index)
            .attachment
            .object
            .store(handle.as_ptr(), Ordering::Relaxed);
        children::exposed_list(py, &tree, parent)
    };
    if let Some(list) = list {
        list.bind(py).append(&handle)?;
    }
    Ok(handle)
}

/// The Python object that stands for a node.
pub(crate) fn handle<'py>(
    py: Python<'py>,
    segment: &Bound<'py, Entity>,
    index: NodeIndex,
) -> PyResult<Bound<'py, Entity>> {
    if index == ROOT {
        return Ok(segment.clone());
    }
    let sampled = {
        let tree = segment.get().shared().segment.lock();
        if let Some(known) = weak::upgrade(py, &tree.node(index).attachment.object) {
            return Ok(known);
        }
        tree.node(index).sampled
    };
    let made = new_handle(py, segment, sampled, index)?;
    let tree = segment.get().shared().segment.lock();
    let slot = &tree.node(index).attachment.object;
    if let Some(known) = weak::upgrade(py, slot) {
        drop(tree); // another thread was faster; `made` must be dropped without the lock
        return Ok(known);
    }
    slot.store(made.as_ptr(), Ordering::Relaxed);
    drop(tree);
    Ok(made)
}

/// Lets the tree know the object that was made for a node by calling its class.
pub(crate) fn register(entity: &Bound<'_, Entity>) {
    let pointer = entity.as_ptr();
    if entity.get().is_segment() {
        return;
    }
    weak::prepare(entity);
    entity.get().object.store(pointer, Ordering::Relaxed);
    entity.get().with_tree(|tree, index| {
        tree.node(index)
            .attachment
            .object
            .store(pointer, Ordering::Relaxed);
    });
}

/// The entity that is open after `entity` ended.
pub(crate) fn enclosing<'py>(entity: &Bound<'py, Entity>) -> PyResult<Bound<'py, Entity>> {
    let index = entity.get().with_tree(|tree, index| tree.enclosing(index));
    handle(entity.py(), &segment_of(entity), index)
}
