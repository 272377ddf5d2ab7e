//! Documents on their way out of a store.

use crate::{Settings, StoreError};

/// A place in the order of arrival. Cursors of one store compare in that order; the default one
/// stands before everything.
///
/// Documents are numbered through all buckets without gaps, so a gap between a cursor and the
/// next document that is read tells how many have left the store meanwhile:
/// [`missed_before`](Self::missed_before).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Cursor {
    /// The bucket's first second.
    pub bucket: i64,
    /// The document's number; zero before the first.
    pub number: i64,
}

impl Cursor {
    /// How many documents between this place and the document at `next` have left the store.
    ///
    /// ```
    /// use fluoro_store::Cursor;
    /// let reached = Cursor { bucket: 100, number: 5 };
    /// assert_eq!(reached.missed_before(Cursor { bucket: 100, number: 6 }), 0);
    /// assert_eq!(reached.missed_before(Cursor { bucket: 300, number: 16 }), 10);
    /// ```
    pub const fn missed_before(self, next: Self) -> u64 {
        let between = next.number.saturating_sub(self.number).saturating_sub(1);
        if between > 0 { between as u64 } else { 0 }
    }
}

/// A document on its way to a sink.
#[derive(Clone, PartialEq, Debug)]
pub struct Forwarded {
    /// Where to go on after this document.
    pub cursor: Cursor,
    /// The bytes, exactly as they came.
    pub document: Vec<u8>,
}

/// Hands documents on in the order of arrival. Whoever takes them remembers as a setting how far
/// it has come.
pub trait Queue: Settings {
    /// Up to `limit` documents after `cursor`, in the order of arrival. If what stood there has
    /// left the store, it goes on with the oldest that is there.
    fn read_after(&self, cursor: Cursor, limit: usize) -> Result<Vec<Forwarded>, StoreError>;

    /// How many documents stand after `cursor`.
    fn count_after(&self, cursor: Cursor) -> Result<u64, StoreError>;

    /// The cursor after the newest document.
    fn newest(&self) -> Result<Cursor, StoreError>;
}
