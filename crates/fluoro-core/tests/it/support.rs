//! An emitter that keeps what it gets, and shorthands for trees.

use std::sync::Arc;

use fluoro_core::Native;
use fluoro_core::emitter::{Emitter, SendError};
use fluoro_core::tree::{Beginning, Namespace, NodeIndex, Tree};
use fluoro_wire::segment_id::SegmentId;
use fluoro_wire::trace_id::TraceId;
use parking_lot::Mutex;
use serde_json::Value as Json;

/// Keeps the documents it gets.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<Json>>>);

impl Emitter for Kept {
    fn send(&self, datagram: &[u8]) -> Result<(), SendError> {
        self.0.lock().push(parse(datagram));
        Ok(())
    }
}

impl Kept {
    pub(crate) fn take(&self) -> Vec<Json> {
        std::mem::take(&mut *self.0.lock())
    }
}

pub(crate) fn parse(datagram: &[u8]) -> Json {
    let document = fluoro_wire::datagram::split(datagram).expect("a datagram has a header");
    serde_json::from_slice(document).expect("a document is JSON")
}

/// A segment that began at second 1000.
pub(crate) fn tree() -> Tree<Native> {
    let trace_id = TraceId::from_parts(1000, 2, 3);
    Tree::new("shop".into(), trace_id, SegmentId(1), 1000.0, true)
}

/// Begins a subsegment.
pub(crate) fn begin(
    tree: &mut Tree<Native>,
    parent: NodeIndex,
    name: &'static str,
    id: u64,
) -> NodeIndex {
    tree.begin(
        parent,
        Beginning {
            name: name.into(),
            id: SegmentId(id),
            start_time: 1000.25,
            namespace: Namespace::Local,
            sampled: true,
        },
    )
}

/// Begins and ends a subsegment.
pub(crate) fn ended(
    tree: &mut Tree<Native>,
    parent: NodeIndex,
    name: &'static str,
    id: u64,
) -> NodeIndex {
    let index = begin(tree, parent, name, id);
    tree.close(index, 1000.5).expect("it is open");
    index
}
