//! Traces that were written lately and are likely to be added to.

use std::collections::HashMap;

use fluoro_wire::TraceId;

use super::trace_row::TraceRow;

/// Entities of a generation; two generations are kept. With half a kilobyte for an entity that is
/// 25 MiB, and under 50,000 documents in a second it still covers the last third of a second.
const GENERATION_ENTITIES: usize = 25_000;

/// Rows of the newest bucket, the ones written last; what is written again becomes young again.
#[derive(Debug, Default)]
pub(super) struct RecentTraces {
    young: HashMap<TraceId, TraceRow>,
    old: HashMap<TraceId, TraceRow>,
    young_entities: usize,
}

impl RecentTraces {
    /// Takes a row out, to change it.
    pub(super) fn take(&mut self, id: TraceId) -> Option<TraceRow> {
        if let Some(row) = self.young.remove(&id) {
            self.young_entities -= row.facts.entities.len();
            return Some(row);
        }
        self.old.remove(&id)
    }

    /// Keeps a row that is now in the file.
    pub(super) fn put(&mut self, id: TraceId, row: TraceRow) {
        self.young_entities += row.facts.entities.len();
        self.young.insert(id, row);
        if self.young_entities > GENERATION_ENTITIES {
            self.old = std::mem::take(&mut self.young);
            self.young_entities = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::EntityFacts;

    #[test]
    fn old_rows_leave_and_rows_in_use_stay() {
        let mut row = TraceRow::new();
        row.facts.entities = vec![EntityFacts::default(); 1_000];
        let id = |number| TraceId::from_parts(1, 2, number);
        let mut recent = RecentTraces::default();
        for number in 0..200 {
            recent.put(id(number), row.clone());
            let first = recent.take(id(0)).expect("it was used all the time");
            recent.put(id(0), first);
        }
        assert!(recent.take(id(199)).is_some());
        assert!(recent.take(id(199)).is_none());
        assert!(recent.take(id(1)).is_none());
        assert!(recent.young.len() + recent.old.len() <= 52);
    }
}
