//! A segment and its subsegments: one arena of nodes.
//!
//! Node 0 is the segment. Children are linked lists of indices in order of their beginning. A
//! subsegment that was streamed out leaves its parent's list, and its slot is used again as soon
//! as nothing outside the tree refers to it.

use fluoro_wire::segment_id::SegmentId;
use fluoro_wire::trace_header::TraceHeader;
use fluoro_wire::trace_id::TraceId;

use crate::details::{Details, Surroundings};
use crate::host::{Attachment, Host};

/// Place of a node in its tree; [`ROOT`] is the segment itself.
pub type NodeIndex = u32;

/// The segment's own node.
pub const ROOT: NodeIndex = 0;

const NONE: NodeIndex = u32::MAX;

/// Deepest nesting kept. Deeper subsegments become siblings of each other, so that no program can
/// make the recursion over its tree overflow the stack.
const DEEPEST: u16 = 500;

/// Kind of call a subsegment stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Namespace {
    /// Work inside the service.
    #[default]
    Local,
    /// A call to another service.
    Remote,
    /// A call to an AWS service.
    Aws,
    /// Nothing a document would carry: the subsegment is not sampled.
    Dummy,
}

impl Namespace {
    /// The namespace's name in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Namespace::Local => "local",
            Namespace::Remote => "remote",
            Namespace::Aws => "aws",
            Namespace::Dummy => "dummy",
        }
    }

    /// The namespace called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "local" => Some(Namespace::Local),
            "remote" => Some(Namespace::Remote),
            "aws" => Some(Namespace::Aws),
            "dummy" => Some(Namespace::Dummy),
            _ => None,
        }
    }
}

/// What a status code or an exception says about an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The caller made a mistake (4xx).
    pub error: bool,
    /// The service failed (5xx or an exception).
    pub fault: bool,
    /// The caller was asked to slow down (429).
    pub throttle: bool,
}

impl Outcome {
    /// Adds what an HTTP status says.
    pub fn apply_status(&mut self, status: i64) {
        match status {
            500.. => self.fault = true,
            429 => {
                self.throttle = true;
                self.error = true;
            }
            400..500 => self.error = true,
            _ => {}
        }
    }
}

/// A mutation of a segment or subsegment that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the segment or subsegment has already ended")]
pub struct AlreadyEnded;

/// A segment or subsegment.
pub struct Node<H: Host> {
    /// Name in the document.
    pub name: H::Text,
    /// Id in the document.
    pub id: SegmentId,
    /// Beginning, in seconds since the epoch.
    pub start_time: f64,
    /// End, in seconds since the epoch; meaningless while in progress.
    pub end_time: f64,
    parent: NodeIndex,
    first_child: NodeIndex,
    last_child: NodeIndex,
    next_sibling: NodeIndex,
    /// Kind of call; always local for a segment.
    pub namespace: Namespace,
    /// True until closed.
    pub in_progress: bool,
    /// False for what is never sent.
    pub sampled: bool,
    /// True while the node is in its parent's list of children.
    attached: bool,
    depth: u16,
    /// Error, fault and throttle flags.
    pub outcome: Outcome,
    /// The rarer data.
    pub details: Option<Box<Details<H>>>,
    /// The host's own data.
    pub attachment: H::Attachment,
}

impl<H: Host> Node<H> {
    #[inline]
    fn new(name: H::Text, id: SegmentId, start_time: f64, sampled: bool) -> Self {
        Node {
            name,
            id,
            start_time,
            end_time: 0.0,
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            next_sibling: NONE,
            namespace: Namespace::Local,
            in_progress: true,
            sampled,
            attached: false,
            depth: 0,
            outcome: Outcome::default(),
            details: None,
            attachment: H::Attachment::default(),
        }
    }

    /// The rarer data, made when it is first asked for.
    pub fn details(&mut self) -> &mut Details<H> {
        self.details.get_or_insert_default()
    }
}

/// How a new subsegment begins.
pub struct Beginning<T> {
    /// Its name, already clean.
    pub name: T,
    /// Its id.
    pub id: SegmentId,
    /// Its beginning in seconds since the epoch.
    pub start_time: f64,
    /// Kind of call.
    pub namespace: Namespace,
    /// False for what is never sent.
    pub sampled: bool,
}

impl<T> Beginning<T> {
    /// A beginning at this moment.
    #[inline]
    pub fn now(name: T, id: SegmentId, namespace: Namespace, sampled: bool) -> Self {
        Beginning {
            name,
            id,
            start_time: crate::clock::now(),
            namespace,
            sampled,
        }
    }
}

/// A segment, its subsegments and the counters that decide when they are sent.
pub struct Tree<H: Host> {
    nodes: Vec<Node<H>>,
    free: NodeIndex,
    /// Trace the segment belongs to.
    pub trace_id: TraceId,
    /// The caller's segment or subsegment.
    pub parent_id: Option<SegmentId>,
    /// Header the request came with.
    pub header: Option<Box<TraceHeader>>,
    /// Where the segment was recorded, and why.
    pub surroundings: Surroundings<H::Text>,
    /// Subsegments not yet closed.
    pub open: i64,
    /// Subsegments held, open or closed.
    pub held: i64,
    /// True once the segment's document was handed to the emitter.
    pub sent: bool,
}

impl<H: Host> Tree<H> {
    /// A tree that holds a segment only.
    pub fn new(
        name: H::Text,
        trace_id: TraceId,
        id: SegmentId,
        start_time: f64,
        sampled: bool,
    ) -> Self {
        let mut root = Node::new(name, id, start_time, sampled);
        root.attached = true;
        Tree {
            nodes: vec![root],
            free: NONE,
            trace_id,
            parent_id: None,
            header: None,
            surroundings: Surroundings::default(),
            open: 0,
            held: 0,
            sent: false,
        }
    }

    /// The node at `index`.
    pub fn node(&self, index: NodeIndex) -> &Node<H> {
        &self.nodes[index as usize]
    }

    /// The node at `index`, to be changed.
    pub fn node_mut(&mut self, index: NodeIndex) -> &mut Node<H> {
        &mut self.nodes[index as usize]
    }

    /// The segment's own node.
    pub fn root(&self) -> &Node<H> {
        self.node(ROOT)
    }

    /// Every node in use.
    pub fn nodes(&self) -> impl Iterator<Item = &Node<H>> {
        self.nodes.iter()
    }

    /// Every node in use, to be changed.
    pub fn nodes_mut(&mut self) -> impl Iterator<Item = &mut Node<H>> {
        self.nodes.iter_mut()
    }

    /// The node that `index` hangs under; none for the segment and for what was taken out.
    pub fn parent(&self, index: NodeIndex) -> Option<NodeIndex> {
        let node = self.node(index);
        (node.parent != NONE).then_some(node.parent)
    }

    /// Id that the document of `index` names as its parent.
    pub fn parent_id(&self, index: NodeIndex) -> Option<SegmentId> {
        match self.parent(index) {
            Some(parent) => Some(self.node(parent).id),
            None if index == ROOT => self.parent_id,
            None => None,
        }
    }

    /// Children of `index` in order of their beginning.
    pub fn children(&self, index: NodeIndex) -> Children<'_, H> {
        Children {
            tree: self,
            next: self.node(index).first_child,
        }
    }

    /// Adds a subsegment that hangs nowhere yet.
    #[inline]
    pub fn insert(&mut self, beginning: Beginning<H::Text>) -> NodeIndex {
        let mut node = Node::new(
            beginning.name,
            beginning.id,
            beginning.start_time,
            beginning.sampled,
        );
        node.namespace = beginning.namespace;
        if self.free == NONE {
            if self.nodes.len() == self.nodes.capacity() {
                self.grow();
            }
            self.nodes.push(node);
            (self.nodes.len() - 1) as NodeIndex
        } else {
            let index = self.free;
            let slot = &mut self.nodes[index as usize];
            self.free = slot.next_sibling;
            *slot = node;
            index
        }
    }

    /// Room for more nodes: a quarter more, so that a large segment wastes little.
    #[cold]
    fn grow(&mut self) {
        let more = (self.nodes.len() / 4).max(3);
        self.nodes.reserve_exact(more);
    }

    /// Begins a subsegment under `parent`, ended or not.
    #[inline]
    pub fn begin(&mut self, parent: NodeIndex, beginning: Beginning<H::Text>) -> NodeIndex {
        let index = self.insert(beginning);
        let shallow = match self.parent(parent) {
            Some(grandparent) if self.node(parent).depth >= DEEPEST => grandparent,
            _ => parent,
        };
        self.attach(shallow, index);
        index
    }

    /// Hangs `child` under `parent` as its last child and counts it.
    pub fn attach(&mut self, parent: NodeIndex, child: NodeIndex) {
        self.link(parent, child);
        self.open += 1;
        self.held += 1;
    }

    /// Moves a child that hangs somewhere to the end of another list; false when it hangs nowhere.
    pub fn move_to(&mut self, parent: NodeIndex, child: NodeIndex) -> bool {
        if !self.detach(child) {
            return false;
        }
        self.link(parent, child);
        self.held += self.size(child);
        true
    }

    fn link(&mut self, parent: NodeIndex, child: NodeIndex) {
        let last = self.node(parent).last_child;
        if last == NONE {
            self.node_mut(parent).first_child = child;
        } else {
            self.node_mut(last).next_sibling = child;
        }
        self.node_mut(parent).last_child = child;
        let depth = self.node(parent).depth.saturating_add(1);
        let node = self.node_mut(child);
        node.depth = depth;
        node.parent = parent;
        node.next_sibling = NONE;
        node.attached = true;
    }

    /// Ends a segment or subsegment.
    ///
    /// # Errors
    /// [`AlreadyEnded`] when it has ended before.
    pub fn close(&mut self, index: NodeIndex, end_time: f64) -> Result<(), AlreadyEnded> {
        let node = self.node_mut(index);
        if !node.in_progress {
            return Err(AlreadyEnded);
        }
        node.end_time = end_time;
        node.in_progress = false;
        if index != ROOT {
            self.open -= 1;
        }
        Ok(())
    }

    /// True when the segment has ended and so have all its subsegments.
    pub fn is_complete(&self) -> bool {
        self.open <= 0 && !self.root().in_progress
    }

    /// True once, when everything has ended: whoever gets it sends the segment.
    pub fn take_complete(&mut self) -> bool {
        let complete = self.is_complete() && !self.sent;
        self.sent |= complete;
        complete
    }

    /// True when a subsegment that has ended must travel alone: its segment has left, and so has
    /// its parent, or will not take it any more.
    pub fn is_late(&self, index: NodeIndex) -> bool {
        self.sent
            && self.node(index).sampled
            && self
                .parent(index)
                .is_some_and(|parent| !self.node(parent).in_progress)
    }

    /// The entity that is open after `index` ended: its nearest ancestor in progress, else the
    /// segment.
    pub fn enclosing(&self, index: NodeIndex) -> NodeIndex {
        let mut current = index;
        while let Some(parent) = self.parent(current) {
            if self.node(parent).in_progress {
                return parent;
            }
            current = parent;
        }
        ROOT
    }

    /// True when `ancestor` is `index` or one of its ancestors.
    pub fn is_within(&self, index: NodeIndex, ancestor: NodeIndex) -> bool {
        let mut current = Some(index);
        while let Some(node) = current {
            if node == ancestor {
                return true;
            }
            current = self.parent(node);
        }
        false
    }

    /// True when `index` and everything under it has ended.
    pub fn is_closed(&self, index: NodeIndex) -> bool {
        !self.node(index).in_progress && self.children(index).all(|child| self.is_closed(child))
    }

    /// Subsegments that can leave before their segment ends: the largest ended subtrees whose
    /// parent is still in progress or has an open child.
    pub fn streamable(&self) -> Vec<NodeIndex> {
        let mut ready = Vec::new();
        self.collect_streamable(ROOT, &mut ready);
        ready
    }

    /// Takes out the subtrees that can leave before their segment ends, to be sent.
    pub fn take_streamable(&mut self) -> Vec<NodeIndex> {
        let ready = self.streamable();
        for &index in &ready {
            self.detach(index);
        }
        ready
    }

    /// True when the whole subtree of `index` has ended; otherwise its ended subtrees are in `ready`.
    fn collect_streamable(&self, index: NodeIndex, ready: &mut Vec<NodeIndex>) -> bool {
        let before = ready.len();
        let mut all = true;
        for child in self.children(index) {
            if self.collect_streamable(child, ready) {
                ready.push(child);
            } else {
                all = false;
            }
        }
        if all && !self.node(index).in_progress {
            ready.truncate(before);
            return true;
        }
        false
    }

    /// Takes `child` and what is under it out of its parent; false when it hangs nowhere.
    pub fn detach(&mut self, child: NodeIndex) -> bool {
        let parent = self.node(child).parent;
        if !self.node(child).attached || parent == NONE {
            return false;
        }
        let mut previous = NONE;
        let mut current = self.node(parent).first_child;
        while current != child && current != NONE {
            previous = current;
            current = self.node(current).next_sibling;
        }
        if current == NONE {
            return false;
        }
        let next = self.node(child).next_sibling;
        if previous == NONE {
            self.node_mut(parent).first_child = next;
        } else {
            self.node_mut(previous).next_sibling = next;
        }
        if next == NONE {
            self.node_mut(parent).last_child = previous;
        }
        let size = self.size(child);
        let node = self.node_mut(child);
        node.attached = false;
        node.next_sibling = NONE;
        self.held -= size;
        true
    }

    fn size(&self, index: NodeIndex) -> i64 {
        1 + self
            .children(index)
            .map(|child| self.size(child))
            .sum::<i64>()
    }

    /// Gives the slots of a subtree that was taken out back for new subsegments, unless something
    /// outside still refers to one of its nodes. What the nodes held goes to `remains`, to be
    /// dropped outside the lock.
    pub fn release(&mut self, index: NodeIndex, remains: &mut Vec<Remains<H>>) {
        if index != ROOT && !self.node(index).attached && self.is_releasable(index) {
            self.release_subtree(index, remains);
        }
    }

    fn is_releasable(&self, index: NodeIndex) -> bool {
        !self.node(index).in_progress
            && !self.node(index).attachment.is_pinned()
            && self.children(index).all(|child| self.is_releasable(child))
    }

    fn release_subtree(&mut self, index: NodeIndex, remains: &mut Vec<Remains<H>>) {
        let mut child = self.node(index).first_child;
        while child != NONE {
            let next = self.node(child).next_sibling;
            self.release_subtree(child, remains);
            child = next;
        }
        let free = self.free;
        let node = self.node_mut(index);
        let details = node.details.take();
        let attachment = std::mem::take(&mut node.attachment);
        node.attached = true; // a free slot must not be released twice
        node.parent = NONE;
        node.first_child = NONE;
        node.next_sibling = free;
        self.free = index;
        remains.push(Remains {
            details,
            attachment,
        });
    }

    /// Puts children of `index` in the order given; nodes that are not in `order` are taken out.
    pub fn reorder(&mut self, index: NodeIndex, order: &[NodeIndex]) {
        let present: Vec<NodeIndex> = self.children(index).collect();
        if present == order {
            return;
        }
        for child in present {
            self.detach(child);
        }
        for &child in order {
            if !self.is_within(index, child) {
                self.detach(child);
                let size = self.size(child);
                self.link(index, child);
                self.held += size;
            }
        }
    }
}

/// What a released node held, see [`Tree::release`].
pub struct Remains<H: Host> {
    /// The rarer data.
    pub details: Option<Box<Details<H>>>,
    /// The host's data.
    pub attachment: H::Attachment,
}

/// Children of a node, see [`Tree::children`].
pub struct Children<'a, H: Host> {
    tree: &'a Tree<H>,
    next: NodeIndex,
}

impl<H: Host> Iterator for Children<'_, H> {
    type Item = NodeIndex;

    fn next(&mut self) -> Option<NodeIndex> {
        let index = (self.next != NONE).then_some(self.next)?;
        self.next = self.tree.node(index).next_sibling;
        Some(index)
    }
}
