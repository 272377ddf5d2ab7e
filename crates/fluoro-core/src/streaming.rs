//! Streaming: long segments send their ended subsegments before they end themselves.

use crate::host::Host;
use crate::segment::Segment;
use crate::tree::{NodeIndex, ROOT};

/// Number of subsegments a segment holds before it starts to stream, unless configured.
pub const DEFAULT_THRESHOLD: i64 = 30;

/// Subtrees to be sent now: the ended ones, if the segment is sampled and holds more subsegments
/// than `threshold`.
pub fn due<H: Host>(segment: &Segment<H>, threshold: i64) -> Vec<NodeIndex> {
    let tree = segment.lock();
    if !tree.node(ROOT).sampled || tree.held <= threshold {
        return Vec::new();
    }
    tree.streamable()
}
