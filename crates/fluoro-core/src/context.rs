//! Where the current segment or subsegment of a Rust program is kept.

use std::cell::RefCell;
use std::sync::Arc;

use crate::Native;
use crate::segment::Segment;
use crate::tree::NodeIndex;

/// A segment or subsegment of a Rust program.
#[derive(Clone)]
pub struct Entity {
    pub(crate) segment: Arc<Segment<Native>>,
    pub(crate) index: NodeIndex,
}

impl Entity {
    pub(crate) fn is(&self, other: &Entity) -> bool {
        Arc::ptr_eq(&self.segment, &other.segment) && self.index == other.index
    }
}

/// Keeps what is current. The way from there to the outer entities is the segment itself.
pub trait Context: Send + Sync {
    /// What is current here.
    fn current(&self) -> Option<Entity>;
    /// Makes an entity current here, or nothing.
    fn set_current(&self, entity: Option<Entity>);
}

thread_local! {
    static CURRENT: RefCell<Option<Entity>> = const { RefCell::new(None) };
}

/// Keeps what is current for each thread.
///
/// All recorders that use it share the current entity of a thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThreadContext;

impl Context for ThreadContext {
    fn current(&self) -> Option<Entity> {
        // The thread may be ending already; then nothing is current.
        CURRENT
            .try_with(|current| current.borrow().clone())
            .ok()
            .flatten()
    }

    fn set_current(&self, entity: Option<Entity>) {
        let _ = CURRENT.try_with(|current| current.replace(entity));
    }
}
