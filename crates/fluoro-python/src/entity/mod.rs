//! Segments and subsegments as Python sees them.
//!
//! A Python object here is a handle: a segment's handle owns the tree, a subsegment's handle is
//! its segment and an index. Handles of subsegments are made when Python asks for one. The tree
//! knows the handle of a node while it is alive, so that asking twice gives the same object, but
//! does not keep it alive.
//!
//! No Python object is made, dropped or called while a tree is locked.

pub(crate) mod attributes;
pub(crate) mod dummy;
mod facade;
pub(crate) mod fields;
pub(crate) mod methods;
pub(crate) mod segment;
mod subsegment;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use fluoro_core::segment::Segment as SharedSegment;
use fluoro_core::tree::{Beginning, Namespace, NodeIndex, Outcome, ROOT, Tree};
use fluoro_wire::segment_id::SegmentId;
use pyo3::PyTraverseError;
use pyo3::ffi;
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

pub(crate) use dummy::{DummySegment, DummySubsegment};
pub(crate) use facade::FacadeSegment;
pub(crate) use methods::change_outcome;
pub(crate) use segment::{RefCounter, Segment};
pub(crate) use subsegment::Subsegment;

use crate::host::PythonHost;
use crate::text::Text;

pub(crate) type PythonTree = Tree<PythonHost>;

/// What an entity is, and so what may be done with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Segment,
    Subsegment,
    /// Not sampled: takes no data and is never sent.
    DummySegment,
    /// Not sampled: takes no data and is never sent.
    DummySubsegment,
    /// The segment AWS Lambda makes: it only takes subsegments.
    Facade,
}

/// The owner of a segment's tree.
pub(crate) struct Root {
    pub(crate) segment: SharedSegment<PythonHost>,
    /// True once Python has seen a list of subsegments, which it may have changed since.
    lists_exposed: AtomicBool,
    /// Where the segment goes if nobody is left to end its last subsegments.
    emitter: OnceLock<Py<PyAny>>,
}

impl Root {
    fn new(tree: PythonTree) -> Box<Self> {
        Box::new(Root {
            segment: SharedSegment::new(tree),
            lists_exposed: AtomicBool::new(false),
            emitter: OnceLock::new(),
        })
    }
}

enum Place {
    /// The tree was handed on, see [`Entity::send_unfinished`].
    Gone,
    Root(Box<Root>),
    Child {
        segment: Py<Entity>,
        index: AtomicU32,
    },
}

/// Base class of segments and subsegments.
#[pyclass(frozen, subclass, module = "aws_xray_sdk.core.models.entity")]
pub(crate) struct Entity {
    place: Place,
    pub(crate) kind: Kind,
    /// The Python object this is part of, once it is known.
    object: AtomicPtr<ffi::PyObject>,
}

impl Entity {
    pub(crate) fn root(kind: Kind, tree: PythonTree) -> Self {
        Entity {
            place: Place::Root(Root::new(tree)),
            kind,
            object: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// Says where the segment goes if nobody is left to end its last subsegments.
    pub(crate) fn set_emitter(&self, emitter: Bound<'_, PyAny>) {
        if let Place::Root(root) = &self.place {
            let _ = root.emitter.set(emitter.unbind()); // a segment has one recorder only
        }
    }

    /// Sends a segment that has ended, but waits for subsegments that nobody can reach any more.
    /// Without this it would be lost without a trace.
    #[cold]
    fn send_unfinished(&mut self) {
        let Place::Root(mut root) = std::mem::replace(&mut self.place, Place::Gone) else {
            return;
        };
        root.segment.lock().sent = true;
        let Some(emitter) = root.emitter.take() else {
            return;
        };
        let kind = self.kind;
        let entity = Entity {
            place: Place::Root(root),
            kind,
            object: AtomicPtr::new(std::ptr::null_mut()),
        };
        Python::try_attach(|py| {
            let pending = PyErr::take(py); // an object may go while an exception is on its way
            let class = PyClassInitializer::from(entity).add_subclass(Segment);
            let sent = Bound::new(py, class).and_then(|segment| {
                emitter
                    .bind(py)
                    .call_method1(intern!(py, "send_entity"), (segment,))
            });
            if let Err(error) = sent {
                crate::log::failure(py, "an unfinished segment was not sent", &error);
            }
            if let Some(pending) = pending {
                pending.restore(py);
            }
        });
    }

    pub(crate) fn child(kind: Kind, segment: Py<Entity>, index: NodeIndex) -> Self {
        Entity {
            place: Place::Child {
                segment,
                index: AtomicU32::new(index),
            },
            kind,
            object: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    pub(crate) fn shared(&self) -> &Root {
        match &self.place {
            Place::Root(root) => root,
            Place::Child { segment, .. } => segment.get().shared(),
            Place::Gone => unreachable!("an entity is only emptied when it is dropped"),
        }
    }

    pub(crate) fn index(&self) -> NodeIndex {
        match &self.place {
            Place::Root(_) | Place::Gone => ROOT,
            Place::Child { index, .. } => index.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn is_segment(&self) -> bool {
        matches!(self.place, Place::Root(_))
    }

    pub(crate) fn is_dummy(&self) -> bool {
        matches!(self.kind, Kind::DummySegment | Kind::DummySubsegment)
    }

    /// Runs `work` on the locked tree. It must not make, drop or call Python objects.
    pub(crate) fn with_tree<R>(&self, work: impl FnOnce(&mut PythonTree, NodeIndex) -> R) -> R {
        work(&mut self.shared().segment.lock(), self.index())
    }

    pub(crate) fn is_in_progress(&self) -> bool {
        self.with_tree(|tree, index| tree.node(index).in_progress)
    }

    pub(crate) fn is_sampled(&self) -> bool {
        self.with_tree(|tree, index| tree.node(index).sampled)
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.with_tree(|tree, index| tree.node(index).outcome)
    }

    /// True when both are parts of one tree.
    pub(crate) fn is_related(&self, other: &Entity) -> bool {
        std::ptr::eq(self.shared(), other.shared())
    }
}

impl Drop for Entity {
    fn drop(&mut self) {
        let Place::Child { segment, index } = &self.place else {
            let unfinished = matches!(&self.place, Place::Root(root) if {
                let tree = root.segment.lock();
                !tree.sent && !tree.root().in_progress && tree.root().sampled
            });
            if unfinished {
                self.send_unfinished();
            }
            return;
        };
        let index = index.load(Ordering::Relaxed);
        if index == UNPLACED {
            return;
        }
        let own = self.object.load(Ordering::Relaxed);
        let mut remains = Vec::new();
        {
            let mut tree = segment.get().shared().segment.lock();
            let known = &tree.node(index).attachment.object;
            let registered = known.load(Ordering::Relaxed);
            if registered == own {
                known.store(std::ptr::null_mut(), Ordering::Relaxed);
            }
            if own.is_null() || registered == own {
                tree.release(index, &mut remains);
            }
        }
        drop(remains);
    }
}

/// Index of a handle whose node does not exist yet.
const UNPLACED: NodeIndex = NodeIndex::MAX;

/// The object as an entity. The usual class is tried first, since asking for a base class walks
/// through all of them.
pub(crate) fn as_entity<'a, 'py>(object: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, Entity>> {
    match object.cast_exact::<Subsegment>() {
        Ok(subsegment) => Some(subsegment.as_super()),
        Err(_) => object.cast::<Entity>().ok(),
    }
}

/// Any entity's segment, as a Python object.
pub(crate) fn segment_of<'py>(entity: &Bound<'py, Entity>) -> Bound<'py, Entity> {
    match &entity.get().place {
        Place::Root(_) | Place::Gone => entity.clone(),
        Place::Child { segment, .. } => segment.bind(entity.py()).clone(),
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
    let start_time = fluoro_core::clock::now();
    let beginning = Beginning {
        name,
        id,
        start_time,
        namespace,
        sampled,
    };
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
        exposed_list(py, &tree, parent)
    };
    if let Some(list) = list {
        list.bind(py).append(&handle)?;
    }
    Ok(handle)
}

fn exposed_list(py: Python<'_>, tree: &PythonTree, index: NodeIndex) -> Option<Py<PyList>> {
    let overlay = tree.node(index).attachment.overlay.as_ref()?;
    Some(overlay.subsegments.as_ref()?.clone_ref(py))
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

/// A name fit for a document, from whatever the program passed as one.
pub(crate) fn clean_name(py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<Text> {
    let text = match name.cast::<PyString>() {
        Ok(text) => Text::new(text),
        Err(_) => Text::Owned(name.str()?.to_string_lossy().into()),
    };
    let cleaned = match fluoro_wire::name::clean_name(text.as_ref()) {
        std::borrow::Cow::Borrowed(unchanged) if unchanged.len() == text.as_ref().len() => {
            return Ok(text);
        }
        cleaned => cleaned.into_owned(),
    };
    let message = format!(
        "the name {:?} has characters that X-Ray does not take, or is too long; {cleaned:?} is used",
        text.as_ref()
    );
    crate::log::warn(py, &message);
    Ok(Text::Owned(cleaned.into()))
}

/// An id as the documents spell it, from text.
pub(crate) fn parse_id(text: &str) -> Option<SegmentId> {
    // Only the usual spelling is kept as a number, so that reading it back gives the same text.
    let id: SegmentId = text.parse().ok()?;
    (!text.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(id)
}

impl Entity {
    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match &self.place {
            Place::Gone => Ok(()),
            Place::Child { segment, .. } => visit.call(segment),
            Place::Root(root) => {
                if let Some(emitter) = root.emitter.get() {
                    visit.call(emitter)?;
                }
                // A lock that is held means that the tree is in use, and so is not garbage.
                let Some(tree) = root.segment.try_lock() else {
                    return Ok(());
                };
                for node in tree.nodes() {
                    if let Some(details) = &node.details {
                        for (_, entries) in &details.metadata {
                            for (_, value) in entries {
                                visit.call(&value.0)?;
                            }
                        }
                    }
                    if let Some(overlay) = &node.attachment.overlay {
                        for (_, value) in &overlay.fields {
                            visit.call(&value.0)?;
                        }
                        for value in &overlay.foreign {
                            visit.call(&value.0)?;
                        }
                        if let Some(list) = &overlay.subsegments {
                            visit.call(list)?;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn clear(&self) {
        let Place::Root(root) = &self.place else {
            return;
        };
        let mut remains = Vec::new();
        {
            let mut tree = root.segment.lock();
            for node in tree.nodes_mut() {
                let metadata = node
                    .details
                    .as_mut()
                    .map(|details| std::mem::take(&mut details.metadata));
                remains.push((metadata, node.attachment.overlay.take()));
            }
        }
        drop(remains);
    }
}

mod weak {
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
}
