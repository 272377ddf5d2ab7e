use std::time::{Duration, Instant};

use fluoro_wire::{Document, TraceId};

use crate::trace::{Trace, assemble};

/// How much longer than the quiet time an incomplete trace is waited for.
const PATIENCE: u32 = 10;

/// Gathers documents and hands out traces when they are complete and nothing more comes.
///
/// A trace that is quiet but lacks a parent, or has parts in progress, is waited for ten times
/// as long. Time is an argument, so that tests need not wait.
pub struct TraceCollector {
    quiet: Duration,
    pending: Vec<Pending>,
}

struct Pending {
    id: Option<TraceId>,
    documents: Vec<Document>,
    last_arrival: Instant,
}

impl TraceCollector {
    /// Hands out traces to which nothing was added for as long as `quiet`.
    pub const fn new(quiet: Duration) -> Self {
        Self {
            quiet,
            pending: Vec::new(),
        }
    }

    /// Takes in a document that came at `now`.
    pub fn add(&mut self, document: Document, now: Instant) {
        let id = document.trace_id;
        let index = self.pending.iter().position(|pending| pending.id == id);
        let index = index.unwrap_or_else(|| {
            self.pending.push(Pending {
                id,
                documents: Vec::new(),
                last_arrival: now,
            });
            self.pending.len() - 1
        });
        let pending = &mut self.pending[index];
        pending.documents.push(document);
        pending.last_arrival = now;
    }

    /// Takes out the traces that are finished at `now`, in the order in which they began to come.
    pub fn take_finished(&mut self, now: Instant) -> Vec<Trace> {
        let quiet = self.quiet;
        let is_finished = |pending: &mut Pending| pending.is_finished(now, quiet);
        self.pending
            .extract_if(.., is_finished)
            .flat_map(|pending| assemble(pending.documents))
            .collect()
    }

    /// What is still waited for, one line per trace.
    pub fn waiting_for(&self) -> Vec<String> {
        self.pending.iter().map(Pending::waiting_for).collect()
    }
}

impl Pending {
    fn trace(&self) -> Option<Trace> {
        assemble(self.documents.iter().cloned()).pop()
    }

    fn is_finished(&self, now: Instant, quiet: Duration) -> bool {
        let silence = now.saturating_duration_since(self.last_arrival);
        if silence < quiet {
            return false;
        }
        silence >= quiet * PATIENCE || self.trace().is_none_or(|trace| trace.missing().is_empty())
    }

    fn waiting_for(&self) -> String {
        let missing = self
            .trace()
            .map(|trace| trace.missing())
            .unwrap_or_default();
        let id = self
            .id
            .map_or_else(|| "without id".to_owned(), |id| id.to_string());
        if missing.is_empty() {
            return format!(
                "trace {id}: {} documents came just now",
                self.documents.len()
            );
        }
        format!("trace {id}: {}", missing.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(100);

    fn document(json: &str) -> Document {
        Document::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_complete_trace_comes_out_once_it_is_quiet() {
        let mut collector = TraceCollector::new(QUIET);
        let start = Instant::now();
        collector.add(document(r#"{"name":"a","id":"0000000000000001"}"#), start);
        collector.add(
            document(r#"{"name":"b","id":"0000000000000002"}"#),
            start + QUIET / 2,
        );
        assert!(collector.take_finished(start + QUIET).is_empty());
        let traces = collector.take_finished(start + QUIET * 2);
        assert_eq!(traces.len(), 1);
        assert_eq!(traces[0].roots.len(), 2);
        assert!(collector.take_finished(start + QUIET * 3).is_empty());
    }

    #[test]
    fn an_incomplete_trace_is_waited_for_and_says_what_it_lacks() {
        let mut collector = TraceCollector::new(QUIET);
        let start = Instant::now();
        let child = r#"{"name":"a","id":"0000000000000001","parent_id":"0000000000000009"}"#;
        collector.add(document(child), start);
        assert!(collector.take_finished(start + QUIET * 9).is_empty());
        assert_eq!(
            collector.waiting_for(),
            ["trace without id: the parent 0000000000000009 of \"a\" did not arrive"]
        );
        assert_eq!(collector.take_finished(start + QUIET * 10).len(), 1);
    }
}
