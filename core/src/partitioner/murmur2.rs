//! 32-bit murmur2 as in Kafka's `Utils.murmur2`, with its working for those who want to see it.
//!
//! The hash starts from a seed mixed with the length, eats four bytes at a time (little-endian), then up to three left over,
//! and is stirred once more at the end. All arithmetic wraps at 32 bits; Kafka reads the result as a signed integer.

use alloc::vec::Vec;

const SEED: u32 = 0x9747_b28c;
const M: u32 = 0x5bd1_e995;
const R: u32 = 24;

/// The murmur2 hash of a key, as Java's signed `int`.
#[must_use]
pub fn murmur2(data: &[u8]) -> i32 {
    let mut hash = initial(data.len());
    let mut words = data.chunks_exact(4);
    for word in words.by_ref() {
        hash = mix_word(hash, le_word(word)).hash;
    }
    if let Some(tail) = mix_tail(hash, words.remainder()) {
        hash = tail.hash;
    }
    finish(hash)[2] as i32
}

/// Every intermediate value of [`murmur2`], in the order they arise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Murmur2Working {
    /// The seed, xor the length of the key in bytes.
    pub initial: u32,
    /// One entry for each whole group of four bytes.
    pub blocks: Vec<Murmur2Block>,
    /// The one to three bytes left over, if any.
    pub tail: Option<Murmur2Tail>,
    /// After `h ^= h >>> 13`, after `h *= M`, after `h ^= h >>> 15`.
    pub finish: [u32; 3],
    /// The result as Java's signed `int`.
    pub hash: i32,
}

/// One group of four bytes on its way into the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Murmur2Block {
    /// The four bytes as a little-endian word.
    pub word: u32,
    /// The word times M.
    pub multiplied: u32,
    /// Then xor itself shifted right by 24.
    pub shifted: u32,
    /// Then times M again.
    pub mixed: u32,
    /// The hash so far, times M.
    pub scaled: u32,
    /// The hash after this group: `scaled ^ mixed`.
    pub hash: u32,
}

/// The bytes that do not fill a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Murmur2Tail {
    /// The bytes as a little-endian number.
    pub bytes: u32,
    /// The hash so far, xor the bytes.
    pub combined: u32,
    /// The hash after the tail: `combined * M`.
    pub hash: u32,
}

/// [`murmur2`] with every step written down.
#[must_use]
pub fn murmur2_working(data: &[u8]) -> Murmur2Working {
    let mut blocks: Vec<Murmur2Block> = Vec::with_capacity(data.len() / 4);
    let start = initial(data.len());
    let mut hash = start;
    let mut words = data.chunks_exact(4);
    for word in words.by_ref() {
        let block = mix_word(hash, le_word(word));
        hash = block.hash;
        blocks.push(block);
    }
    let tail = mix_tail(hash, words.remainder());
    let finish = finish(tail.map_or(hash, |it| it.hash));
    Murmur2Working {
        initial: start,
        blocks,
        tail,
        finish,
        hash: finish[2] as i32,
    }
}

/// Java lengths are 32-bit, so the length is taken modulo 2^32.
const fn initial(len: usize) -> u32 {
    SEED ^ len as u32
}

/// Up to four bytes as a little-endian number.
fn le_word(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u32::from(byte))
}

const fn mix_word(hash: u32, word: u32) -> Murmur2Block {
    let multiplied = word.wrapping_mul(M);
    let shifted = multiplied ^ (multiplied >> R);
    let mixed = shifted.wrapping_mul(M);
    let scaled = hash.wrapping_mul(M);
    Murmur2Block {
        word,
        multiplied,
        shifted,
        mixed,
        scaled,
        hash: scaled ^ mixed,
    }
}

fn mix_tail(hash: u32, rest: &[u8]) -> Option<Murmur2Tail> {
    if rest.is_empty() {
        return None;
    }
    let bytes = le_word(rest);
    let combined = hash ^ bytes;
    Some(Murmur2Tail {
        bytes,
        combined,
        hash: combined.wrapping_mul(M),
    })
}

const fn finish(hash: u32) -> [u32; 3] {
    let first = hash ^ (hash >> 13);
    let second = first.wrapping_mul(M);
    [first, second, second ^ (second >> 15)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_kafkas_own_test() {
        let cases: [(&[u8], i32); 7] = [
            (b"21", -973_932_308),
            (b"foobar", -790_332_482),
            (b"a-little-bit-long-string", -985_981_536),
            (b"a-little-bit-longer-string", -1_486_304_829),
            (
                b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8",
                -58_897_971,
            ),
            (b"abc", 479_470_107),
            (b"", 275_646_681),
        ];
        for (key, hash) in cases {
            assert_eq!(murmur2(key), hash, "{key:?}");
        }
    }

    #[test]
    fn the_working_ends_in_the_hash() {
        let bytes: Vec<u8> = (0_u8..=40).map(|it| it.wrapping_mul(37)).collect();
        for len in 0..bytes.len() {
            let working = murmur2_working(&bytes[..len]);
            assert_eq!(working.hash, murmur2(&bytes[..len]));
            assert_eq!(working.blocks.len(), len / 4);
            assert_eq!(working.tail.is_some(), len % 4 != 0);
        }
    }
}
