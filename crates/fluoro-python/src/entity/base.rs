//! The base class of segments and subsegments: what a handle is made of.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use crate::once::intern;
use fluoro_core::segment::Segment as SharedSegment;
use fluoro_core::tree::{NodeIndex, Outcome, ROOT};
use pyo3::ffi;
use pyo3::prelude::*;

use super::{PythonTree, Segment};
use crate::host::PythonHost;

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
    pub(super) lists_exposed: AtomicBool,
    /// Where the segment goes if nobody is left to end its last subsegments.
    pub(super) emitter: OnceLock<Py<PyAny>>,
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

pub(super) enum Place {
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
    pub(super) place: Place,
    pub(crate) kind: Kind,
    /// The Python object this is part of, once it is known.
    pub(super) object: AtomicPtr<ffi::PyObject>,
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
pub(super) const UNPLACED: NodeIndex = NodeIndex::MAX;

/// Any entity's segment, as a Python object.
pub(crate) fn segment_of<'py>(entity: &Bound<'py, Entity>) -> Bound<'py, Entity> {
    match &entity.get().place {
        Place::Root(_) | Place::Gone => entity.clone(),
        Place::Child { segment, .. } => segment.bind(entity.py()).clone(),
    }
}
