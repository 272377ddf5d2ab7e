/// A small generator of random numbers (SplitMix64): the demo needs variety, not secrecy.
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(super) const fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to 1, 1 excluded.
    pub(super) fn share(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    pub(super) const fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit
    }

    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let index = self.below(choices.len() as u64);
        &choices[index as usize]
    }

    /// Seconds around a typical number of milliseconds; now and then much longer, as services are.
    pub(super) fn latency(&mut self, milliseconds: f64) -> f64 {
        let spread = self.share() + self.share() + self.share() - 1.5;
        let tail = if self.chance(0.03) { 4.0 } else { 1.0 };
        milliseconds / 1_000.0 * spread.exp() * tail
    }
}
