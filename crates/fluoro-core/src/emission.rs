//! Turns an entity into datagrams, none larger than the limit.
//!
//! A document that is too large is split: the largest ended subtrees leave first, as documents of
//! their own that name their parent. If that is not enough, long texts are cut with a marker, and
//! at last everything but identity, times and flags goes. The root always arrives.

use std::cell::Cell;

use fluoro_wire::datagram;

use crate::encode::{Hole, HoleKind, Selection, Sink, UNCUT, encode, fill};
use crate::host::Host;
use crate::segment::Segment;
use crate::tree::NodeIndex;

/// Largest document sent, in bytes; the service takes 64 kB.
pub const LARGEST_DOCUMENT: usize = fluoro_wire::limits::MAX_DOCUMENT_BYTES;

/// Lengths that texts are cut to, one after the other, until a document fits.
const CUTS: [usize; 4] = [8_000, 2_000, 500, 100];

/// Writes a host's values into documents.
pub trait Resolver<H: Host> {
    /// Appends the text of a value; texts in it longer than `longest_text` bytes are cut.
    fn write(&self, kind: &HoleKind, value: &H::Value, longest_text: usize, out: &mut Vec<u8>);
}

impl Resolver<crate::Native> for () {
    fn write(
        &self,
        _kind: &HoleKind,
        value: &crate::Value,
        longest_text: usize,
        out: &mut Vec<u8>,
    ) {
        value.write(out, longest_text);
    }
}

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Largest buffer kept for the next document on this thread.
const LARGEST_KEPT_BUFFER: usize = 256 * 1024;

/// Hands the datagrams of an entity to `send`.
pub fn emit<H: Host>(
    segment: &Segment<H>,
    index: NodeIndex,
    resolver: &dyn Resolver<H>,
    send: &mut dyn FnMut(&[u8]),
) {
    let mut buffer = BUFFER.take();
    buffer.clear();
    buffer.extend_from_slice(datagram::HEADER);
    let whole = Selection {
        index,
        without: &[],
        bare: false,
    };
    write_document(segment, whole, resolver, UNCUT, &mut buffer);
    if buffer.len() - datagram::HEADER.len() <= LARGEST_DOCUMENT {
        send(&buffer);
    } else {
        emit_split(segment, index, resolver, &mut buffer, send);
    }
    if buffer.capacity() <= LARGEST_KEPT_BUFFER {
        BUFFER.set(buffer);
    }
}

/// The document of an entity, whole, however large.
pub fn document<H: Host>(
    segment: &Segment<H>,
    index: NodeIndex,
    resolver: &dyn Resolver<H>,
) -> Vec<u8> {
    let mut out = Vec::new();
    let whole = Selection {
        index,
        without: &[],
        bare: false,
    };
    write_document(segment, whole, resolver, UNCUT, &mut out);
    out
}

fn write_document<H: Host>(
    segment: &Segment<H>,
    selection: Selection<'_>,
    resolver: &dyn Resolver<H>,
    longest_text: usize,
    out: &mut Vec<u8>,
) {
    let mut holes: Vec<Hole<H>> = Vec::new();
    {
        let tree = segment.lock();
        encode(
            &tree,
            selection,
            &mut Sink {
                out,
                holes: &mut holes,
                longest_text,
            },
        );
    }
    fill(out, holes, |kind, value, out| {
        resolver.write(kind, value, longest_text, out)
    });
}

#[cold]
fn emit_split<H: Host>(
    segment: &Segment<H>,
    index: NodeIndex,
    resolver: &dyn Resolver<H>,
    buffer: &mut Vec<u8>,
    send: &mut dyn FnMut(&[u8]),
) {
    let ended: Vec<NodeIndex> = {
        let tree = segment.lock();
        tree.children(index)
            .filter(|&child| tree.node(child).sampled && tree.is_closed(child))
            .collect()
    };
    let mut sizes: Vec<(usize, NodeIndex)> = ended
        .into_iter()
        .map(|child| (document(segment, child, resolver).len(), child))
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));

    let mut remaining = buffer.len() - datagram::HEADER.len();
    let mut without = Vec::new();
    for (size, child) in sizes {
        if remaining <= LARGEST_DOCUMENT {
            break;
        }
        emit(segment, child, resolver, send);
        without.push(child);
        remaining = remaining.saturating_sub(size);
    }

    for longest_text in [UNCUT].into_iter().chain(CUTS) {
        let selection = Selection {
            index,
            without: &without,
            bare: false,
        };
        if write_datagram(segment, selection, resolver, longest_text, buffer) {
            return send(buffer);
        }
    }
    let selection = Selection {
        index,
        without: &without,
        bare: true,
    };
    if !write_datagram(segment, selection, resolver, CUTS[CUTS.len() - 1], buffer) {
        // More open subsegments than fit: they leave as they are, so that their parent arrives.
        let rest: Vec<NodeIndex> = {
            let tree = segment.lock();
            tree.children(index)
                .filter(|child| !without.contains(child))
                .collect()
        };
        for &child in &rest {
            if segment.lock().node(child).sampled {
                emit(segment, child, resolver, send);
            }
        }
        without.extend(rest);
        let selection = Selection {
            index,
            without: &without,
            bare: true,
        };
        write_datagram(segment, selection, resolver, CUTS[CUTS.len() - 1], buffer);
    }
    mark_bare(buffer);
    send(buffer);
}

/// Writes a datagram into `buffer`; true when it is small enough.
fn write_datagram<H: Host>(
    segment: &Segment<H>,
    selection: Selection<'_>,
    resolver: &dyn Resolver<H>,
    longest_text: usize,
    buffer: &mut Vec<u8>,
) -> bool {
    buffer.clear();
    buffer.extend_from_slice(datagram::HEADER);
    write_document(segment, selection, resolver, longest_text, buffer);
    buffer.len() - datagram::HEADER.len() <= LARGEST_DOCUMENT
}

fn mark_bare(buffer: &mut Vec<u8>) {
    buffer.pop();
    buffer.extend_from_slice(
        b",\"metadata\":{\"fluoro\":{\"cut\":\"the document exceeded 64 kB: its data was left out\"}}}",
    );
}
