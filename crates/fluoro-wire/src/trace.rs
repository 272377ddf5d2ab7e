//! Documents of one request put together: what every service sent becomes one tree.

use std::collections::{BTreeMap, HashMap};

use crate::{Document, SegmentId, TraceId};

/// Deepest level of a tree. What hangs deeper is shown beside its parent, so that a chain of any
/// length can be walked.
const MAX_DEPTH: usize = 200;

/// Everything that is known about one trace.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    /// The trace's id; none for documents that do not name theirs.
    pub id: Option<TraceId>,
    /// The segments that nothing in the trace called, by their start.
    pub roots: Vec<Node>,
}

/// A segment or subsegment with everything it called, also across services.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// The document; its own `subsegments` are empty, [`Node::children`] has them.
    pub document: Document,
    /// Whether this is a segment: a service's part of the trace.
    pub is_segment: bool,
    /// What it called, by their start.
    pub children: Vec<Node>,
}

/// Puts documents together into traces, in the order in which the traces appear.
///
/// Subsegments that were streamed out go back to where they belong, segments go below the
/// subsegments that called them. Of several documents with one id a complete one counts more
/// than one in progress, and a later one more than an earlier one. What has no known parent is a
/// root.
pub fn assemble(documents: impl IntoIterator<Item = Document>) -> Vec<Trace> {
    let mut order = Vec::new();
    let mut by_trace: HashMap<_, Vec<_>> = HashMap::new();
    for document in documents {
        let trace_id = document.trace_id;
        by_trace
            .entry(trace_id)
            .or_insert_with(|| {
                order.push(trace_id);
                Vec::new()
            })
            .push(document);
    }
    let mut documents_of = |id| by_trace.remove(&id).unwrap_or_default();
    order
        .into_iter()
        .map(|id| Trace::from_documents(id, documents_of(id)))
        .collect()
}

impl Trace {
    fn from_documents(id: Option<TraceId>, documents: Vec<Document>) -> Self {
        let mut flat = Flat::default();
        for document in documents {
            let is_segment = !document.is_streamed_subsegment();
            flat.add(document, is_segment);
        }
        Self {
            id,
            roots: flat.into_roots(),
        }
    }

    /// All nodes, parents before their children.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let mut rest: Vec<_> = self.roots.iter().rev().collect();
        std::iter::from_fn(move || {
            let node = rest.pop()?;
            rest.extend(node.children.iter().rev());
            Some(node)
        })
    }

    /// When the first part began, in seconds since the epoch.
    pub fn start_time(&self) -> Option<f64> {
        self.nodes()
            .filter_map(|node| node.document.start_time)
            .min_by(f64::total_cmp)
    }

    /// When the last part ended, in seconds since the epoch.
    pub fn end_time(&self) -> Option<f64> {
        self.nodes()
            .filter_map(|node| node.document.end_time)
            .max_by(f64::total_cmp)
    }

    /// What is still missing: parts in progress, and parents that nobody sent.
    pub fn missing(&self) -> Vec<String> {
        let open = self.nodes().filter(|node| node.document.in_progress);
        let open = open.map(|node| format!("{:?} is still in progress", node.document.name));
        let orphans = self.roots.iter().filter_map(|root| {
            let parent = root.document.parent_id?;
            Some(format!(
                "the parent {parent} of {:?} did not arrive",
                root.document.name
            ))
        });
        open.chain(orphans).collect()
    }
}

/// The nodes of one trace before they are put together, keyed by their order of arrival.
#[derive(Default)]
struct Flat {
    nodes: BTreeMap<usize, Node>,
    by_id: HashMap<SegmentId, usize>,
}

impl Flat {
    fn add(&mut self, mut document: Document, is_segment: bool) {
        let subsegments = std::mem::take(&mut document.subsegments);
        let parent_id = document.id;
        self.keep_better(Node {
            document,
            is_segment,
            children: Vec::new(),
        });
        for mut subsegment in subsegments {
            subsegment.parent_id = parent_id;
            self.add(subsegment, false);
        }
    }

    fn keep_better(&mut self, node: Node) {
        let next = self.nodes.len();
        let Some(id) = node.document.id else {
            self.nodes.insert(next, node);
            return;
        };
        let key = *self.by_id.entry(id).or_insert(next);
        let is_worse = |old: &Node| node.document.in_progress && !old.document.in_progress;
        if !self.nodes.get(&key).is_some_and(is_worse) {
            self.nodes.insert(key, node);
        }
    }

    fn into_roots(mut self) -> Vec<Node> {
        let (roots, children) = self.links();
        let mut built: Vec<_> = roots
            .into_iter()
            .filter_map(|root| self.build(root, &children))
            .collect();
        built.sort_by(by_start);
        built
    }

    /// The roots, and the children of each node, at most [`MAX_DEPTH`] levels deep.
    fn links(&self) -> (Vec<usize>, HashMap<usize, Vec<usize>>) {
        let mut called: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut roots = Vec::new();
        for (&key, node) in &self.nodes {
            match node.document.parent_id.and_then(|id| self.by_id.get(&id)) {
                Some(&parent) if parent != key => called.entry(parent).or_default().push(key),
                _ => roots.push(key),
            }
        }
        let mut reached = Reached::default();
        for &root in &roots {
            reached.walk(root, &called);
        }
        // Parents that form a ring would be reached from nowhere: the ring is cut at its first.
        for &key in self.nodes.keys() {
            if !reached.parents.contains_key(&key) {
                roots.push(key);
                reached.walk(key, &called);
            }
        }
        let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
        for &key in self.nodes.keys() {
            if let Some(&Some(parent)) = reached.parents.get(&key) {
                children.entry(parent).or_default().push(key);
            }
        }
        (roots, children)
    }

    /// Takes a node out with everything below it; none if it was already taken.
    fn build(&mut self, key: usize, children: &HashMap<usize, Vec<usize>>) -> Option<Node> {
        let mut node = self.nodes.remove(&key)?;
        let below = children.get(&key).into_iter().flatten();
        node.children = below
            .filter_map(|&child| self.build(child, children))
            .collect();
        node.children.sort_by(by_start);
        Some(node)
    }
}

/// What a walk has found: each node with the parent that it is shown below, none for roots.
#[derive(Default)]
struct Reached {
    parents: HashMap<usize, Option<usize>>,
}

impl Reached {
    fn walk(&mut self, root: usize, called: &HashMap<usize, Vec<usize>>) {
        let mut rest = vec![(root, None, 0)];
        while let Some((key, parent, depth)) = rest.pop() {
            if self.parents.contains_key(&key) {
                continue;
            }
            self.parents.insert(key, parent);
            let (above, level) = if depth == MAX_DEPTH {
                (parent, depth)
            } else {
                (Some(key), depth + 1)
            };
            let below = called.get(&key).into_iter().flatten();
            rest.extend(below.map(|&child| (child, above, level)));
        }
    }
}

fn by_start(left: &Node, right: &Node) -> std::cmp::Ordering {
    let start = |node: &Node| node.document.start_time.unwrap_or(f64::INFINITY);
    start(left).total_cmp(&start(right))
}

#[cfg(test)]
mod tests;
