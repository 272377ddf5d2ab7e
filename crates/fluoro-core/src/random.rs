//! Random identifiers.
//!
//! Each thread has its own xoshiro256++ generator, seeded by the operating system and seeded anew
//! in a forked child. Identifiers must be unique, not secret.

use std::cell::RefCell;

use fluoro_wire::segment_id::SegmentId;
use fluoro_wire::trace_id::TraceId;

use crate::fork;

struct Generator {
    state: [u64; 4],
    generation: u64,
}

impl Generator {
    fn seed(&mut self, generation: u64) {
        let mut seed = [0u8; 32];
        if getrandom::fill(&mut seed).is_err() {
            let time = crate::clock::now().to_bits();
            let process = u64::from(std::process::id());
            let address = std::ptr::from_ref(self) as u64;
            for (chunk, word) in seed.chunks_exact_mut(8).zip([time, process, address, 1]) {
                chunk.copy_from_slice(&word.to_le_bytes());
            }
        }
        for (word, chunk) in self.state.iter_mut().zip(seed.chunks_exact(8)) {
            *word = chunk
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        self.state[0] |= 1; // the all-zero state would never leave zero
        self.generation = generation;
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let carried = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= carried;
        s[3] = s[3].rotate_left(45);
        result
    }
}

thread_local! {
    static GENERATOR: RefCell<Generator> =
        const { RefCell::new(Generator { state: [0; 4], generation: 0 }) };
}

/// 64 random bits.
pub fn next_u64() -> u64 {
    let generation = fork::generation();
    GENERATOR.with_borrow_mut(|generator| {
        if generator.generation != generation {
            generator.seed(generation);
        }
        generator.next()
    })
}

/// A random number in `[0, 1)`.
pub fn next_f64() -> f64 {
    (next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A new id for a segment or subsegment; never the all-zero one.
pub fn segment_id() -> SegmentId {
    SegmentId(next_u64().max(1))
}

/// A new trace id that starts at `epoch_seconds`.
pub fn trace_id(epoch_seconds: f64) -> TraceId {
    TraceId::from_parts(epoch_seconds as u32, next_u64() as u32, next_u64())
}
