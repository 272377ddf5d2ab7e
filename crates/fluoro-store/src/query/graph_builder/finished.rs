//! What a graph looks like when all traces were added.

use super::{EdgeCounts, EdgeKey, GraphBuilder, NodeCounts, NodeKey};
use crate::query::{Alias, Edge, Service, names::Name};

impl GraphBuilder {
    /// All services with their edges, by name and type, so that the same services have the same
    /// numbers in the next graph.
    pub(in crate::query) fn services(self) -> Vec<Service> {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_cached_key(|&place| self.described(self.nodes[place].key));
        let mut numbers = vec![0; order.len()];
        for (number, &place) in order.iter().enumerate() {
            numbers[place] = number;
        }
        let mut services: Vec<_> = order
            .iter()
            .enumerate()
            .map(|(number, &place)| self.service(number, &self.nodes[place]))
            .collect();
        for (key, counts) in &self.edges {
            let edge = self.edge_of(*key, counts, numbers[key.to]);
            services[numbers[key.from]].edges.push(edge);
        }
        for service in &mut services {
            service
                .edges
                .sort_by_key(|edge| (edge.reference_id, edge.edge_type));
        }
        services
    }

    fn described(&self, key: NodeKey) -> (String, Option<String>, Option<String>) {
        let text = |name: Name| self.names.text(name).to_owned();
        (text(key.name), key.kind.map(text), key.account_id.map(text))
    }

    fn service(&self, number: usize, counts: &NodeCounts) -> Service {
        let (name, kind, account_id) = self.described(counts.key);
        Service {
            reference_id: number,
            names: vec![name.clone()],
            name,
            root: counts.is_root.then_some(true),
            account_id,
            kind,
            state: if counts.is_active {
                "active"
            } else {
                "unknown"
            },
            start_time: counts.span.start,
            end_time: counts.span.end,
            edges: Vec::new(),
            summary_statistics: (!counts.is_client).then(|| counts.statistics.rounded()),
            duration_histogram: counts.durations.entries(),
            response_time_histogram: counts.response_times.entries(),
        }
    }

    fn edge_of(&self, key: EdgeKey, counts: &EdgeCounts, to: usize) -> Edge {
        let (_, kind, _) = self.described(self.nodes[key.to].key);
        let mut aliases: Vec<_> = counts
            .aliases
            .iter()
            .map(|&alias| self.names.text(alias).to_owned())
            .map(|name| Alias {
                names: vec![name.clone()],
                name,
                kind: kind.clone(),
            })
            .collect();
        aliases.sort_by(|one, other| one.name.cmp(&other.name));
        Edge {
            reference_id: to,
            start_time: counts.span.start,
            end_time: counts.span.end,
            summary_statistics: counts.statistics.rounded(),
            response_time_histogram: counts.response_times.entries(),
            aliases,
            edge_type: key.is_link.then_some("link"),
            received_event_age_histogram: counts.ages.entries(),
        }
    }
}
