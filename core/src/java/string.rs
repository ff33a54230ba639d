//! `java.lang.String` as Kafka sees it: a sequence of UTF-16 code units.
//!
//! Rust compares strings by Unicode scalar value and Java by UTF-16 unit. The two orders agree except between characters
//! outside the basic plane (written with surrogates, 0xD800–0xDFFF) and those from U+E000 to U+FFFF.

use core::cmp::Ordering;

/// `String.hashCode()`: the 31-polynomial over the UTF-16 code units, wrapping at 32 bits.
#[must_use]
pub fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

/// Kafka's `Utils.abs`: the absolute value, but 0 for `i32::MIN`, which has none.
#[must_use]
pub const fn utils_abs(value: i32) -> i32 {
    if value == i32::MIN { 0 } else { value.abs() }
}

/// `String.compareTo`: the order of UTF-16 code units.
#[must_use]
pub fn compare_strings(left: &str, right: &str) -> Ordering {
    let (a, b) = (left.as_bytes(), right.as_bytes());
    match a.iter().zip(b).find(|(x, y)| x != y) {
        // A shared prefix ends on the same character on both sides, so the shorter string is first.
        None => a.len().cmp(&b.len()),
        Some((&x, &y)) => utf16_rank(x).cmp(&utf16_rank(y)).then(x.cmp(&y)),
    }
}

/// Places a UTF-8 byte that differs in the UTF-16 order: characters from U+E000 on (lead bytes 0xEE and 0xEF) come
/// after the surrogates that stand for the characters beyond U+FFFF (lead bytes 0xF0 and up).
const fn utf16_rank(byte: u8) -> u8 {
    match byte {
        0xEE | 0xEF => 2,
        0xF0..=0xFF => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_over_utf16_units() {
        assert_eq!(string_hash("my-group"), -1_906_497_762);
        assert_eq!(string_hash("polygenelubricants"), i32::MIN);
        assert_eq!(string_hash("支付服务"), 791_912_061);
        assert_eq!(string_hash("😀"), 0xD83D * 31 + 0xDE00);
    }

    #[test]
    fn abs_of_the_smallest_integer_is_zero() {
        assert_eq!(utils_abs(i32::MIN), 0);
        assert_eq!(utils_abs(-7), 7);
    }

    #[test]
    fn comparison_is_that_of_code_units() {
        let words = [
            "",
            "a",
            "ab",
            "b",
            "é",
            "中",
            "\u{d7ff}",
            "\u{e000}",
            "\u{ffff}",
            "\u{10000}",
            "\u{10ffff}",
            "a\u{10000}",
            "a\u{ff5e}",
            "中\u{e000}",
            "中\u{1f600}",
        ];
        for left in words {
            for right in words {
                let expected = left.encode_utf16().cmp(right.encode_utf16());
                assert_eq!(compare_strings(left, right), expected, "{left:?} {right:?}");
            }
        }
    }
}
