//! Documents on their way, cut to what the backend takes.

use std::collections::VecDeque;

use fluoro_store::{Cursor, Forwarded};

use super::backend::BatchLimits;

/// Documents that are sent together.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Batch {
    pub(super) documents: Vec<Vec<u8>>,
    /// Where the checkpoint may stand once everything in here is settled.
    pub(super) end: Cursor,
}

/// Takes the next batch from what was read.
pub(super) fn take(read: &mut VecDeque<Forwarded>, limits: BatchLimits) -> Option<Batch> {
    let first = read.pop_front()?;
    let mut bytes = first.document.len();
    let mut batch = Batch {
        documents: vec![first.document],
        end: first.cursor,
    };
    while batch.documents.len() < limits.documents
        && let Some(next) = read.front()
        && bytes + next.document.len() <= limits.bytes
    {
        bytes += next.document.len();
        batch.end = next.cursor;
        batch
            .documents
            .extend(read.pop_front().map(|next| next.document));
    }
    Some(batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(documents: &[usize], limits: BatchLimits) -> Vec<usize> {
        let mut read: VecDeque<_> = documents
            .iter()
            .enumerate()
            .map(|(number, size)| Forwarded {
                cursor: Cursor {
                    bucket: 0,
                    number: number as i64 + 1,
                },
                document: vec![b'x'; *size],
            })
            .collect();
        let mut sent = 0;
        std::iter::from_fn(|| take(&mut read, limits))
            .map(|batch| {
                sent += batch.documents.len();
                assert_eq!(batch.end.number, sent as i64);
                batch.documents.len()
            })
            .collect()
    }

    #[test]
    fn a_batch_ends_at_the_number_or_at_the_bytes() {
        let limits = BatchLimits {
            documents: 3,
            bytes: 100,
        };
        assert_eq!(sizes(&[1; 7], limits), [3, 3, 1]);
        assert_eq!(sizes(&[60, 40, 1, 500, 1, 1], limits), [2, 1, 1, 2]);
        assert_eq!(sizes(&[], limits), [0; 0]);
    }
}
