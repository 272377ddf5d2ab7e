//! Streaming: long segments send their ended subsegments before they end themselves.

use crate::host::Host;
use crate::segment::Segment;
use crate::tree::{NodeIndex, ROOT};

/// Number of subsegments a segment holds before it starts to stream, unless configured.
pub const DEFAULT_THRESHOLD: i64 = 30;

/// Takes out the subtrees to be sent now: the ended ones, if the segment is sampled and holds more
/// subsegments than `threshold`.
///
/// They are the caller's to send and then to [remove](Segment::remove). No other thread gets them,
/// and the segment's document no longer holds them.
pub fn take_due<H: Host>(segment: &Segment<H>, threshold: i64) -> Vec<NodeIndex> {
    let mut tree = segment.lock();
    if !tree.node(ROOT).sampled || tree.held <= threshold {
        return Vec::new();
    }
    tree.take_streamable()
}
