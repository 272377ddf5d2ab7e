//! A store that keeps documents in memory and hands them to sinks in the order of arrival.

use std::collections::{HashMap, VecDeque};

use fluoro_store::{Append, Arrival, Committed, Cursor, Forwarded, Queue, Settings, StoreError};
use fluoro_wire::TraceId;
use parking_lot::Mutex;

#[derive(Default)]
pub(crate) struct QueueStore {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    left: i64,
    documents: VecDeque<Vec<u8>>,
    settings: HashMap<String, String>,
}

impl QueueStore {
    /// The oldest documents leave.
    pub(crate) fn forget(&self, documents: usize) {
        let mut kept = self.kept.lock();
        kept.documents.drain(..documents);
        kept.left += documents as i64;
    }
}

impl Kept {
    fn place_after(&self, cursor: Cursor) -> usize {
        (cursor.number - self.left).max(0) as usize
    }

    fn cursor(&self, place: usize) -> Cursor {
        Cursor {
            bucket: 1,
            number: self.left + place as i64 + 1,
        }
    }
}

impl Append for QueueStore {
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError> {
        let documents = batch.iter().map(|arrival| arrival.document.clone());
        self.kept.lock().documents.extend(documents);
        let trace: TraceId = "1-5759e988-bd862e3fe1be46a994272793".parse().unwrap();
        Ok(Committed {
            traces: vec![trace],
            kept: batch.len(),
            rejected: Vec::new(),
        })
    }
}

impl Queue for QueueStore {
    fn read_after(&self, cursor: Cursor, limit: usize) -> Result<Vec<Forwarded>, StoreError> {
        let kept = self.kept.lock();
        let from = kept.place_after(cursor);
        let documents = kept.documents.iter().enumerate().skip(from).take(limit);
        Ok(documents
            .map(|(place, document)| Forwarded {
                cursor: kept.cursor(place),
                document: document.clone(),
            })
            .collect())
    }

    fn count_after(&self, cursor: Cursor) -> Result<u64, StoreError> {
        let kept = self.kept.lock();
        Ok((kept.documents.len() - kept.place_after(cursor).min(kept.documents.len())) as u64)
    }

    fn newest(&self) -> Result<Cursor, StoreError> {
        let kept = self.kept.lock();
        Ok(match kept.documents.len() {
            0 => Cursor::default(),
            documents => kept.cursor(documents - 1),
        })
    }
}

impl Settings for QueueStore {
    fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.kept.lock().settings.get(name).cloned())
    }

    fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        let settings = &mut self.kept.lock().settings;
        match value {
            Some(value) => settings.insert(name.to_owned(), value.to_owned()),
            None => settings.remove(name),
        };
        Ok(())
    }
}
