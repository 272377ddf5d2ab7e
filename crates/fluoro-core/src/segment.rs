//! A segment: a tree behind one small lock.

use parking_lot::{Mutex, MutexGuard};

use crate::host::Host;
use crate::tree::{NodeIndex, Tree};

/// A segment with its subsegments, shared by the threads and tasks that work on one request.
pub struct Segment<H: Host> {
    tree: Mutex<Tree<H>>,
}

impl<H: Host> Segment<H> {
    /// Wraps a tree.
    pub fn new(tree: Tree<H>) -> Self {
        Segment {
            tree: Mutex::new(tree),
        }
    }

    /// The tree, locked. Nothing that may run user code belongs between locking and unlocking.
    pub fn lock(&self) -> MutexGuard<'_, Tree<H>> {
        self.tree.lock()
    }

    /// The tree, locked, unless another thread holds it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, Tree<H>>> {
        self.tree.try_lock()
    }

    /// Takes a subtree out after its document was sent, and gives its memory back.
    pub fn remove(&self, index: NodeIndex) {
        let mut remains = Vec::new();
        {
            let mut tree = self.lock();
            tree.detach(index);
            tree.release(index, &mut remains);
        }
        drop(remains);
    }
}
