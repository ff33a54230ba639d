//! Kafka's primitive fields: big-endian integers, strings and byte strings with a length in front.

use crate::id::Name;
use alloc::vec::Vec;

/// Builds a key or a value.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn i16(&mut self, value: i16) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn i32(&mut self, value: i32) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn string(&mut self, text: &str) {
        self.i16(text.len() as i16);
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn nullable_string(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.i16(-1),
        }
    }

    pub(super) fn count(&mut self, items: usize) {
        self.i32(items as i32);
    }

    pub(super) fn i8(&mut self, value: i8) {
        self.0.push(value as u8);
    }

    /// A number in as few groups of seven bits as it needs; lengths of the compact fields are such numbers, plus one.
    pub(super) fn uvarint(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(super) fn compact_count(&mut self, items: usize) {
        self.uvarint(items as u32 + 1);
    }

    pub(super) fn compact_string(&mut self, text: &str) {
        self.compact_count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn compact_nullable_string(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.compact_string(text),
            None => self.uvarint(0),
        }
    }

    pub(super) fn compact_bytes(&mut self, inner: Self) {
        self.compact_count(inner.0.len());
        self.0.extend_from_slice(&inner.0);
    }

    /// Bytes with their length in front.
    pub(super) fn bytes(&mut self, inner: Self) {
        self.count(inner.0.len());
        self.0.extend_from_slice(&inner.0);
    }
}

/// Reads a key or a value; `None` at the first field that is not there.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn i16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    pub(super) fn string(&mut self) -> Option<Name> {
        self.nullable_string()?
    }

    pub(super) fn nullable_string(&mut self) -> Option<Option<Name>> {
        let len = self.i16()?;
        if len < 0 {
            return Some(None);
        }
        let text = core::str::from_utf8(self.take(len as usize)?).ok()?;
        Some(Some(Name::from(text)))
    }

    pub(super) fn i8(&mut self) -> Option<i8> {
        Some(self.take(1)?[0] as i8)
    }

    pub(super) fn uvarint(&mut self) -> Option<u32> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.i8()? as u8;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn compact_string(&mut self) -> Option<Name> {
        self.compact_nullable_string()?
    }

    pub(super) fn compact_nullable_string(&mut self) -> Option<Option<Name>> {
        let Some(inner) = self.compact_bytes()? else {
            return Some(None);
        };
        let text = core::str::from_utf8(inner.0).ok()?;
        Some(Some(Name::from(text)))
    }

    pub(super) fn compact_bytes(&mut self) -> Option<Option<Reader<'a>>> {
        let len = self.uvarint()?;
        match len.checked_sub(1) {
            None => Some(None),
            Some(len) => Some(Some(Reader(self.take(len as usize)?))),
        }
    }

    /// A compact list; each item is read by `item`.
    pub(super) fn compact_list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.uvarint()?.saturating_sub(1);
        (0..count).map(|_| item(self)).collect()
    }

    /// A list; each item is read by `item`.
    pub(super) fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.i32()?.max(0);
        (0..count).map(|_| item(self)).collect()
    }

    /// Bytes with their length in front; `None` inside for the null length.
    pub(super) fn bytes(&mut self) -> Option<Option<Reader<'a>>> {
        let len = self.i32()?;
        if len < 0 {
            return Some(None);
        }
        Some(Some(Reader(self.take(len as usize)?)))
    }
}
