//! `java.util.Random`: the 48-bit linear congruential generator whose sequence the Java specification fixes.

#[cfg(test)]
use alloc::vec::Vec;

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const ADDEND: u64 = 0xB;
const MASK: u64 = (1 << 48) - 1;

/// A source of bounded random integers, such as placement draws from.
pub trait RandomSource {
    /// A number from 0 up to but not including `bound`, which is positive.
    fn next_int(&mut self, bound: i32) -> i32;
}

impl<F: FnMut(i32) -> i32> RandomSource for F {
    fn next_int(&mut self, bound: i32) -> i32 {
        self(bound)
    }
}

/// `Collections.shuffle` with any source.
pub fn shuffle<T>(random: &mut dyn RandomSource, list: &mut [T]) {
    for size in (2..=list.len()).rev() {
        let bound = i32::try_from(size).unwrap_or(i32::MAX);
        list.swap(size - 1, random.next_int(bound) as usize);
    }
}

/// `new java.util.Random(seed)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JavaRandom {
    state: u64,
}

impl JavaRandom {
    /// A generator at the start of the sequence of `seed`.
    #[must_use]
    pub const fn new(seed: i64) -> Self {
        Self {
            state: (seed as u64 ^ MULTIPLIER) & MASK,
        }
    }

    fn next(&mut self, bits: u32) -> i32 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(ADDEND) & MASK;
        (self.state >> (48 - bits)) as i32
    }

    /// `nextInt()`: any 32-bit integer.
    pub fn next_i32(&mut self) -> i32 {
        self.next(32)
    }

    /// `nextLong()`: any 64-bit integer the generator can reach.
    pub fn next_i64(&mut self) -> i64 {
        let high = i64::from(self.next(32)) << 32;
        high.wrapping_add(i64::from(self.next(32)))
    }
}

impl RandomSource for JavaRandom {
    fn next_int(&mut self, bound: i32) -> i32 {
        let bits = self.next(31);
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(bits)) >> 31) as i32;
        }
        let mut bits = bits;
        // The last, incomplete run of `bound` numbers below 2^31 would favour small results: it is drawn again.
        while bits.wrapping_sub(bits % bound).wrapping_add(bound - 1) < 0 {
            bits = self.next(31);
        }
        bits % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_javas() {
        let mut random = JavaRandom::new(1);
        assert_eq!(
            [random.next_i32(), random.next_i32()],
            [-1_155_869_325, 431_529_176]
        );
        assert_eq!(JavaRandom::new(1).next_i64(), -4_964_420_948_893_066_024);
        let mut random = JavaRandom::new(4);
        let drawn: Vec<i32> = (0..4).map(|_| random.next_int(1000)).collect();
        assert_eq!(drawn, [862, 452, 303, 558]);
    }

    #[test]
    fn shuffle_is_that_of_collections() {
        let mut list: Vec<i32> = (0..10).collect();
        shuffle(&mut JavaRandom::new(1), &mut list);
        assert_eq!(list, [6, 9, 7, 8, 4, 2, 0, 3, 1, 5]);
    }
}
