//! Seeded random streams, one for each node and one for the network.
//!
//! A stream is forked from the cluster's seed and a label, so that a new draw in one place, or a new
//! node, shifts nothing elsewhere.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// One stream of reproducible random numbers.
#[derive(Clone, Debug)]
pub struct Rng(Xoshiro256PlusPlus);

impl Rng {
    /// The stream with this label under this seed.
    pub fn fork(seed: u64, label: &str) -> Self {
        // FNV-1a of the label spreads neighbouring labels far apart; seed_from_u64 does the rest.
        let mut h: u64 = 0xcbf2_9ce4_8422_2325;
        for b in label.bytes() {
            h = (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(Xoshiro256PlusPlus::seed_from_u64(seed ^ h))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Any `int`, as Java's `ThreadLocalRandom.nextInt()` would give.
    pub fn next_i32(&mut self) -> i32 {
        self.0.next_u32() as i32
    }

    /// Uniform in `0..bound` (0 when `bound` is 0). The bias for bounds far below 2^64 is nil in practice.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// True in `per_mille` of 1000 cases.
    pub fn chance_per_mille(&mut self, per_mille: u64) -> bool {
        per_mille > 0 && self.below(1_000) < per_mille
    }
}
