//! Segment documents, written by hand into a buffer.
//!
//! A document is written in one pass under the segment's lock. Values of the host, whose encoding
//! may run user code, leave a hole; the holes are filled when the lock is released. A document
//! without such values, the usual case, is finished after the first pass.
//!
//! Format: X-Ray segment documents, JSON. Ended entities carry `in_progress: false`, subsegments
//! inside their segment carry `trace_id`, `parent_id` and `type` like those that travel alone.

use fluoro_wire::json;

use crate::host::{Attachment, Host};
use crate::tree::{Namespace, NodeIndex, ROOT, Tree};

/// Texts up to this long are written whole unless a document turns out too large.
pub const UNCUT: usize = usize::MAX;

/// A value to be written once the lock is released.
pub struct Hole<H: Host> {
    /// Where in the text it belongs.
    pub offset: usize,
    /// What the value stands for.
    pub kind: HoleKind,
    /// The value.
    pub value: H::Value,
}

/// What a [`Hole`] stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoleKind {
    /// A metadata value; something must be written.
    Metadata,
    /// A whole member `,"key":value`; nothing is written when the value is empty.
    Member(Box<str>),
    /// A child subsegment in a list; `first` tells whether a comma is needed before it.
    Child {
        /// True for the first element of the list.
        first: bool,
    },
}

/// Where a document is written to.
pub struct Sink<'a, H: Host> {
    /// The text.
    pub out: &'a mut Vec<u8>,
    /// Values left to be written.
    pub holes: &'a mut Vec<Hole<H>>,
    /// Texts longer than this many bytes are cut.
    pub longest_text: usize,
}

impl<H: Host> Sink<'_, H> {
    /// Writes `prefix` and a text.
    pub(crate) fn text_member(&mut self, prefix: &[u8], text: &str) {
        self.out.extend_from_slice(prefix);
        write_text(self.out, text, self.longest_text);
    }

    pub(crate) fn value(&mut self, value: &H::Value) {
        self.holes.push(Hole {
            offset: self.out.len(),
            kind: HoleKind::Metadata,
            value: value.clone(),
        });
    }
}

/// Writes a JSON string, cut with a marker that tells how much is missing when it is longer than
/// `longest` bytes.
pub fn write_text(out: &mut Vec<u8>, text: &str, longest: usize) {
    if text.len() <= longest {
        return json::write_str(out, text);
    }
    let mut end = longest;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    json::write_str(out, &text[..end]);
    out.pop();
    out.extend_from_slice(format!("… [{} bytes cut]\"", text.len() - end).as_bytes());
}

/// Which parts of a tree a document holds.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// The entity the document is about.
    pub index: NodeIndex,
    /// Subtrees left out, since they travel alone.
    pub without: &'a [NodeIndex],
    /// True to leave out everything but the identity, the times and the flags.
    pub bare: bool,
}

/// Writes the document of an entity and everything under it.
pub fn encode<H: Host>(tree: &Tree<H>, selection: Selection<'_>, sink: &mut Sink<'_, H>) {
    let mut trace_id = Vec::with_capacity(48);
    trace_id.extend_from_slice(b",\"trace_id\":\"");
    tree.trace_id.write(&mut trace_id);
    trace_id.push(b'"');
    write_node(tree, selection.index, selection, &trace_id, sink);
}

fn write_node<H: Host>(
    tree: &Tree<H>,
    index: NodeIndex,
    selection: Selection<'_>,
    trace_id: &[u8],
    sink: &mut Sink<'_, H>,
) {
    let node = tree.node(index);
    let overrides = node.attachment.overrides();
    let replaced = |key: &str| overrides.is_some_and(|overrides| overrides.replaces(key));

    // The first member is always written, so that every other one can begin with a comma.
    if replaced("name") {
        sink.out.extend_from_slice(b"{\"in_progress\":");
        json::write_bool(sink.out, node.in_progress);
    } else {
        sink.out.extend_from_slice(b"{\"name\":");
        json::write_str(sink.out, node.name.as_ref());
        if !replaced("in_progress") {
            sink.out.extend_from_slice(b",\"in_progress\":");
            json::write_bool(sink.out, node.in_progress);
        }
    }
    if !replaced("id") {
        sink.out.extend_from_slice(b",\"id\":\"");
        node.id.write(sink.out);
        sink.out.push(b'"');
    }
    if !replaced("trace_id") {
        sink.out.extend_from_slice(trace_id);
    }
    if let Some(parent_id) = tree.parent_id(index)
        && !replaced("parent_id")
    {
        sink.out.extend_from_slice(b",\"parent_id\":\"");
        parent_id.write(sink.out);
        sink.out.push(b'"');
    }
    if !replaced("start_time") {
        sink.out.extend_from_slice(b",\"start_time\":");
        json::write_f64(sink.out, node.start_time);
    }
    if !node.in_progress && !replaced("end_time") {
        sink.out.extend_from_slice(b",\"end_time\":");
        json::write_f64(sink.out, node.end_time);
    }
    if index != ROOT {
        if !replaced("type") {
            sink.out.extend_from_slice(b",\"type\":\"subsegment\"");
        }
        if !replaced("namespace") {
            sink.out.extend_from_slice(match node.namespace {
                Namespace::Local => b",\"namespace\":\"local\"".as_slice(),
                Namespace::Remote => b",\"namespace\":\"remote\"",
                Namespace::Aws => b",\"namespace\":\"aws\"",
                Namespace::Dummy => b",\"namespace\":\"dummy\"",
            });
        }
    }
    for (flag, key, text) in [
        (node.outcome.error, "error", b",\"error\":true".as_slice()),
        (node.outcome.fault, "fault", b",\"fault\":true"),
        (node.outcome.throttle, "throttle", b",\"throttle\":true"),
    ] {
        if flag && !replaced(key) {
            sink.out.extend_from_slice(text);
        }
    }
    if !selection.bare {
        if index == ROOT {
            tree.surroundings.write(sink, &replaced);
        }
        if let Some(details) = &node.details {
            details.write(sink, &replaced);
        }
        if let Some(overrides) = overrides {
            overrides.for_each(&mut |key, value| {
                sink.holes.push(Hole {
                    offset: sink.out.len(),
                    kind: HoleKind::Member(key.into()),
                    value: value.clone(),
                });
            });
        }
    }
    write_children(tree, index, selection, trace_id, sink);
    sink.out.push(b'}');
}

fn write_children<H: Host>(
    tree: &Tree<H>,
    index: NodeIndex,
    selection: Selection<'_>,
    trace_id: &[u8],
    sink: &mut Sink<'_, H>,
) {
    let mut any = false;
    for child in tree.children(index) {
        if !tree.node(child).sampled || selection.without.contains(&child) {
            continue;
        }
        sink.out
            .extend_from_slice(if any { b"," } else { b",\"subsegments\":[" });
        any = true;
        write_node(tree, child, selection, trace_id, sink);
    }
    let foreign = tree
        .node(index)
        .attachment
        .overrides()
        .map(|overrides| overrides.children());
    for value in foreign.unwrap_or_default() {
        if !any {
            sink.out.extend_from_slice(b",\"subsegments\":[");
        }
        sink.holes.push(Hole {
            offset: sink.out.len(),
            kind: HoleKind::Child { first: !any },
            value: value.clone(),
        });
        any = true;
    }
    if any {
        sink.out.push(b']');
    }
}

/// Puts the text that `write` makes of each value into its hole.
pub fn fill<H: Host>(
    out: &mut Vec<u8>,
    holes: Vec<Hole<H>>,
    mut write: impl FnMut(&HoleKind, &H::Value, &mut Vec<u8>),
) {
    let Some(first) = holes.first() else { return };
    let tail = out.split_off(first.offset);
    let base = first.offset;
    let mut copied = 0;
    for hole in &holes {
        let until = hole.offset - base;
        out.extend_from_slice(&tail[copied..until]);
        copied = until;
        write(&hole.kind, &hole.value, out);
    }
    out.extend_from_slice(&tail[copied..]);
}
