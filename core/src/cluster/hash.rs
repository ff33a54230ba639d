//! A running hash of the journal, the same on every machine.
//!
//! `derive(Hash)` writes lengths and discriminants as machine words; here every word counts as 64 bits, so that a 32-bit
//! WebAssembly engine and a 64-bit native one agree.

use core::hash::Hasher;

/// Multiply-rotate over 64-bit words (the FxHash construction). Not for secrets; for telling journals apart.
#[derive(Clone, Debug, Default)]
pub(super) struct JournalHash(u64);

const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

impl JournalHash {
    pub(super) fn value(&self) -> u64 {
        self.0
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(MULTIPLIER);
    }
}

impl Hasher for JournalHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.word(u64::from_le_bytes([
                chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7],
            ]));
        }
        chunks
            .remainder()
            .iter()
            .for_each(|b| self.word(u64::from(*b)));
    }

    fn write_u8(&mut self, value: u8) {
        self.word(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.word(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.word(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    fn write_i16(&mut self, value: i16) {
        self.word(i64::from(value) as u64);
    }

    fn write_i32(&mut self, value: i32) {
        self.word(i64::from(value) as u64);
    }

    fn write_i64(&mut self, value: i64) {
        self.word(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.word(value as i64 as u64);
    }
}
