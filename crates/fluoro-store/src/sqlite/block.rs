//! Documents that are compressed together.
//!
//! ```text
//! block    = LZ4 block with the size in front of it (u32, little endian) of:
//! contents = length of each document (u32, little endian), then the documents
//! ```
//! Documents of the same services resemble each other; together they take a fraction of the room,
//! which is also what makes writing them quick.

use super::connection::Damage;

/// A block is closed when its documents have this many bytes.
const FULL_BYTES: usize = 64 * 1024;

/// Documents that become one block.
#[derive(Default)]
pub(super) struct BlockBuilder {
    lengths: Vec<u8>,
    documents: Vec<u8>,
    count: u32,
}

impl BlockBuilder {
    pub(super) fn push(&mut self, document: &[u8]) {
        let length = document.len() as u32;
        self.lengths.extend_from_slice(&length.to_le_bytes());
        self.documents.extend_from_slice(document);
        self.count += 1;
    }

    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    pub(super) const fn is_full(&self) -> bool {
        self.documents.len() >= FULL_BYTES
    }

    /// The block; the builder is empty afterwards.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.lengths.append(&mut self.documents);
        let block = lz4_flex::compress_prepend_size(&self.lengths);
        self.lengths.clear();
        self.count = 0;
        block
    }
}

/// The documents of a block.
pub(super) struct Block {
    contents: Vec<u8>,
    count: usize,
}

impl Block {
    /// # Errors
    ///
    /// [`Damage`] if this is no block of `count` documents.
    pub(super) fn read(block: &[u8], count: u32) -> Result<Self, Damage> {
        let contents = lz4_flex::decompress_size_prepended(block)
            .map_err(|error| Damage::new(format!("a block of documents is damaged: {error}")))?;
        let block = Self {
            contents,
            count: count as usize,
        };
        let complete = block.contents.len() >= block.count * 4
            && block.contents.len() == block.count * 4 + block.lengths().sum::<usize>();
        if complete {
            Ok(block)
        } else {
            Err(Damage::new("a block of documents is incomplete"))
        }
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        let lengths = self.contents[..self.count * 4].chunks_exact(4);
        lengths
            .map(|length| u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize)
    }

    /// The documents in order.
    pub(super) fn documents(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = self.count * 4;
        self.lengths().map(move |length| {
            let document = &self.contents[start..start + length];
            start += length;
            document
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn documents_come_back_as_they_were(documents: Vec<Vec<u8>>) {
            let mut builder = BlockBuilder::default();
            for _ in 0..2 {
                for document in &documents {
                    builder.push(document);
                }
                let count = builder.count();
                let block = Block::read(&builder.finish(), count).unwrap();
                prop_assert!(block.documents().eq(documents.iter().map(Vec::as_slice)));
                prop_assert!(Block::read(&[], count).is_err());
            }
        }

        #[test]
        fn damaged_blocks_are_refused(mut bytes: Vec<u8>, count in 0..100u32) {
            let _ = Block::read(&bytes, count);
            bytes.splice(..0, [9, 0, 0, 0]);
            let _ = Block::read(&bytes, count);
        }
    }
}
