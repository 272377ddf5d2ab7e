//! Adds trace after trace to one graph.

mod finished;

use std::collections::HashMap;

use super::{
    SummaryStatistics,
    histogram::Histogram,
    names::{Name, Names},
};
use crate::{
    facts::{EntityFacts, Trace},
    topology::{Call, Caller, Node, Topology, seconds_between},
};

/// Most services of a graph, as in X-Ray's own; further ones are counted together.
const MAX_SERVICES: usize = 10_000;

/// The name of all services above the limit.
const FURTHER_SERVICES: &str = "further services";

/// Most other names of a called service that an edge remembers.
const MAX_ALIASES: usize = 20;

/// What is known about services and calls so far.
#[derive(Debug, Default)]
pub(super) struct GraphBuilder {
    names: Names,
    places: HashMap<NodeKey, usize>,
    nodes: Vec<NodeCounts>,
    edges: HashMap<EdgeKey, EdgeCounts>,
}

/// What tells services apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct NodeKey {
    name: Name,
    kind: Option<Name>,
    account_id: Option<Name>,
}

/// What tells kinds of calls apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct EdgeKey {
    from: usize,
    to: usize,
    is_link: bool,
}

#[derive(Debug)]
struct NodeCounts {
    key: NodeKey,
    is_root: bool,
    is_active: bool,
    is_client: bool,
    span: Span,
    statistics: SummaryStatistics,
    durations: Histogram,
    response_times: Histogram,
}

#[derive(Debug, Default)]
struct EdgeCounts {
    span: Span,
    statistics: SummaryStatistics,
    response_times: Histogram,
    ages: Histogram,
    aliases: Vec<Name>,
}

/// From the first start to the last end.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: f64,
    end: f64,
}

impl Default for Span {
    fn default() -> Self {
        Self {
            start: f64::INFINITY,
            end: f64::NEG_INFINITY,
        }
    }
}

impl Span {
    fn add(&mut self, entity: &EntityFacts) {
        self.start = self.start.min(entity.start_time);
        self.end = self.end.max(entity.last_time());
    }
}

impl GraphBuilder {
    /// Adds the services and calls of a trace.
    pub(super) fn add(&mut self, trace: &Trace) {
        let topology = Topology::new(&trace.facts.entities);
        let last_times = topology.last_times();
        let mut nodes = vec![usize::MAX; topology.len()];
        for place in topology.services() {
            nodes[place] = self.node(&topology.node(place));
            self.count_request(nodes[place], &topology, place, last_times[place]);
        }
        for call in topology.calls() {
            self.count_call(&nodes, &topology, &call);
        }
    }

    fn count_request(
        &mut self,
        node: usize,
        topology: &Topology<'_>,
        place: usize,
        last_time: f64,
    ) {
        let entity = topology.entity(place);
        let counts = &mut self.nodes[node];
        counts.is_root |= topology.is_entry(place);
        counts.is_active |= entity.is_segment;
        counts.span.add(entity);
        counts.statistics.add(entity);
        if let Some(response_time) = entity.response_time() {
            counts.response_times.add(response_time);
            let duration = seconds_between(entity.start_time, last_time);
            counts.durations.add(duration);
        }
    }

    fn count_call(&mut self, nodes: &[usize], topology: &Topology<'_>, call: &Call) {
        let observed = topology.observed(call);
        let from = match call.caller {
            Caller::Client => self.client(&topology.caller_node(call), observed),
            Caller::Segment(place) => nodes[place],
        };
        let to = nodes[call.callee];
        let alias = (observed.name != topology.entity(call.callee).name)
            .then(|| self.names.of(&observed.name));
        let edge = self.edge(from, to, false);
        edge.count(observed);
        if let Some(alias) = alias
            && edge.aliases.len() < MAX_ALIASES
            && !edge.aliases.contains(&alias)
        {
            edge.aliases.push(alias);
        }
    }

    fn client(&mut self, client: &Node<'_>, observed: &EntityFacts) -> usize {
        let place = self.node(client);
        let counts = &mut self.nodes[place];
        counts.is_client = true;
        counts.span.add(observed);
        place
    }

    /// Counts a message that started a trace of its own, `age` seconds after it was sent.
    pub(super) fn count_link(
        &mut self,
        from: usize,
        to: &Node<'_>,
        received: &EntityFacts,
        age: f64,
    ) {
        let to = self.node(to);
        let edge = self.edge(from, to, true);
        edge.count(received);
        edge.ages.add(age);
    }

    fn edge(&mut self, from: usize, to: usize, is_link: bool) -> &mut EdgeCounts {
        self.edges.entry(EdgeKey { from, to, is_link }).or_default()
    }

    /// The place of a service that was added before.
    pub(super) fn find(&self, node: &Node<'_>) -> Option<usize> {
        let find = |text: Option<&str>| match text {
            Some(text) => self.names.find(text).map(Some),
            None => Some(None),
        };
        let key = NodeKey {
            name: self.names.find(node.name)?,
            kind: find(node.kind.as_deref())?,
            account_id: find(node.account_id)?,
        };
        self.places.get(&key).copied()
    }

    fn node(&mut self, node: &Node<'_>) -> usize {
        if self.nodes.len() >= MAX_SERVICES {
            // The limit also keeps the names from growing.
            return self.find(node).unwrap_or_else(|| {
                let name = self.names.of(FURTHER_SERVICES);
                self.place(NodeKey {
                    name,
                    kind: None,
                    account_id: None,
                })
            });
        }
        let key = NodeKey {
            name: self.names.of(node.name),
            kind: node.kind.as_deref().map(|kind| self.names.of(kind)),
            account_id: node.account_id.map(|account| self.names.of(account)),
        };
        self.place(key)
    }

    fn place(&mut self, key: NodeKey) -> usize {
        let nodes = &mut self.nodes;
        *self.places.entry(key).or_insert_with(|| {
            nodes.push(NodeCounts {
                key,
                is_root: false,
                is_active: false,
                is_client: false,
                span: Span::default(),
                statistics: SummaryStatistics::default(),
                durations: Histogram::default(),
                response_times: Histogram::default(),
            });
            nodes.len() - 1
        })
    }
}

impl EdgeCounts {
    fn count(&mut self, observed: &EntityFacts) {
        self.span.add(observed);
        self.statistics.add(observed);
        if let Some(response_time) = observed.response_time() {
            self.response_times.add(response_time);
        }
    }
}
