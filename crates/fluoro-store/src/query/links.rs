//! Calls that cross traces: a message whose receiver starts a trace of its own and names the
//! sender's trace in `links`.

use std::collections::HashMap;

use fluoro_wire::TraceId;

use super::graph_builder::GraphBuilder;
use crate::{
    StoreError, Traces,
    facts::{EntityFacts, Trace},
    topology::{Node, Topology, seconds_between},
};

/// Most links of one graph that are followed.
const MAX_LINKS: usize = 10_000;

/// Most linked traces that are looked up for one graph.
const MAX_TRACES: usize = 1_000;

/// Types of services that keep messages.
const MESSAGING: [&str; 4] = ["AWS::SQS", "AWS::SNS", "AWS::Kinesis", "AWS::Events"];

/// Links that were seen, by the trace that they lead to.
#[derive(Debug, Default)]
pub(super) struct Links {
    receivers: HashMap<TraceId, Vec<EntityFacts>>,
    count: usize,
}

impl Links {
    /// Remembers the links of a trace.
    pub(super) fn collect(&mut self, trace: &Trace) {
        let segments = trace
            .facts
            .entities
            .iter()
            .filter(|entity| entity.is_segment);
        for segment in segments {
            let details = segment.details.iter();
            for linked in details.flat_map(|details| &details.linked_traces) {
                let Ok(id) = linked.parse::<TraceId>() else {
                    continue;
                };
                let is_known = self.receivers.contains_key(&id);
                if self.count >= MAX_LINKS || !is_known && self.receivers.len() >= MAX_TRACES {
                    return;
                }
                self.count += 1;
                self.receivers.entry(id).or_default().push(segment.clone());
            }
        }
    }

    /// Adds an edge for each link whose sender is in the graph.
    pub(super) fn connect(
        self,
        store: &dyn Traces,
        graph: &mut GraphBuilder,
    ) -> Result<(), StoreError> {
        for (id, receivers) in self.receivers {
            let Some(trace) = store.trace(id)? else {
                continue;
            };
            let topology = Topology::new(&trace.facts.entities);
            let Some(sender) = sender(&topology) else {
                continue;
            };
            let Some(from) = graph.find(&topology.node(sender)) else {
                continue;
            };
            let sent_at = topology.entity(sender).start_time;
            for receiver in &receivers {
                let age = seconds_between(sent_at, receiver.start_time);
                graph.count_link(from, &Node::of(receiver), receiver, age);
            }
        }
        Ok(())
    }
}

/// The queue or topic that a trace has sent messages to; if it is not known, the service that
/// the trace began with.
fn sender(topology: &Topology<'_>) -> Option<usize> {
    let is_messaging = |place: &usize| {
        let kind = topology.node(*place).kind;
        kind.is_some_and(|kind| MESSAGING.iter().any(|known| kind.starts_with(known)))
    };
    topology.services().find(is_messaging).or(topology.root())
}
