//! Share links: the commands that recreate this very moment, in the address.
//!
//! `#/s/1<data>` holds a script (one command a line) in base64url: its length in bytes (seven bits a byte, the lowest
//! first; the eighth says that more follow), the script made shorter ([`squeeze`]), and three bytes that notice
//! damage. The `1` is the format. Reading a link trusts nothing: its length, what it unfolds to and the number of
//! its commands are bounded before any of them runs, and every refusal says what was wrong.

use crate::session::{Session, line};
use crate::squeeze::{squeeze, stretch};
use rebalance_core::command::MAX_SCRIPT_BYTES as MAX_SCRIPT;

/// Format of the links written here.
const FORMAT: char = '1';
/// Characters of data in a link.
pub const MAX_LINK: usize = 65_536;

/// Why a link was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// Nothing after `#/s/`.
    Empty,
    /// Longer than [`MAX_LINK`], or unfolds to more than [`MAX_SCRIPT`].
    TooLong,
    /// Written by a newer version of this page.
    NewerFormat,
    /// A character that base64url does not have; its place, from 1.
    BadCharacter(usize),
    /// Cut short or changed on its way.
    Damaged,
}

/// The commands that recreate this very moment, one a line.
pub fn script_of(session: &Session) -> String {
    let mut script = String::new();
    for command in session.script() {
        script.push_str(&line(&command));
        script.push('\n');
    }
    script
}

/// The data of a link that recreates `script`, or `None` when it would be too long for a link.
pub fn encode(script: &str) -> Option<String> {
    if script.len() > MAX_SCRIPT {
        return None;
    }
    let mut bytes = Vec::new();
    let mut length = script.len();
    while length > 127 {
        bytes.push(length as u8 | 128);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(squeeze(script.as_bytes()));
    bytes.extend(check(script.as_bytes()));
    let mut link = String::from(FORMAT);
    base64url(&bytes, &mut link);
    (link.len() <= MAX_LINK).then_some(link)
}

/// The script in a link's data.
pub fn decode(link: &str) -> Result<String, LinkError> {
    let link = link.trim_end();
    let mut characters = link.chars();
    match characters.next() {
        None => return Err(LinkError::Empty),
        Some(_) if link.len() > MAX_LINK => return Err(LinkError::TooLong),
        Some(FORMAT) => {}
        Some('2'..='9') => return Err(LinkError::NewerFormat),
        Some(_) => return Err(LinkError::BadCharacter(1)),
    }
    let bytes = unbase64url(characters.as_str())?;
    let (length, rest) = length_of(&bytes).ok_or(LinkError::Damaged)?;
    if length > MAX_SCRIPT {
        return Err(LinkError::TooLong);
    }
    let (short, sum) = rest.split_last_chunk::<3>().ok_or(LinkError::Damaged)?;
    let script = stretch(short, length);
    if check(&script) != *sum {
        return Err(LinkError::Damaged);
    }
    String::from_utf8(script).map_err(|_| LinkError::Damaged)
}

/// The length that stands first, and what follows it.
fn length_of(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().take(4).position(|it| *it < 128)?;
    let (first, rest) = bytes.split_at(end + 1);
    let length = first
        .iter()
        .rev()
        .fold(0, |n, it| n << 7 | usize::from(it & 127));
    Some((length, rest))
}

/// Three bytes that change with the script (of FNV-1a).
fn check(script: &[u8]) -> [u8; 3] {
    let mix = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    let sum = script.iter().fold(0x811C_9DC5, mix);
    [
        sum as u8,
        (sum >> 8) as u8,
        ((sum >> 16) ^ (sum >> 24)) as u8,
    ]
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 §5 without padding.
fn base64url(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            let digit = word >> (18 - 6 * i) & 63;
            out.push(ALPHABET[digit as usize] as char);
        }
    }
}

fn unbase64url(text: &str) -> Result<Vec<u8>, LinkError> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0u32, 0);
    for (i, c) in text.chars().enumerate() {
        let digit = ALPHABET
            .iter()
            .position(|a| *a as char == c)
            .ok_or(LinkError::BadCharacter(i + 2))?;
        word = word << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "cluster create brokers=3 seed=42\ntopic create orders partitions=3 replication=3\nproducer send p1 key=\"爱丽丝\" value=\"<b>&\"\nadvance 10s\n";

    #[test]
    fn a_link_holds_its_script_exactly() {
        for script in ["", "x", "ab", "abc", SCRIPT] {
            let link = encode(script).unwrap();
            assert_eq!(decode(&link).as_deref(), Ok(script));
            let plain = link
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            assert!(plain, "{link} needs escaping in an address");
        }
    }

    #[test]
    fn every_way_to_cut_or_change_a_link_is_noticed() {
        let link = encode(SCRIPT).unwrap();
        for end in 1..link.len() {
            assert_ne!(decode(&link[..end]).as_deref(), Ok(SCRIPT), "cut at {end}");
            assert!(
                decode(&link[..end]).is_err(),
                "cut at {end} was taken for a whole link"
            );
        }
        let mut damaged = 0;
        for at in 1..link.len() {
            let mut bytes = link.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            match decode(&String::from_utf8(bytes).unwrap()) {
                Err(_) => damaged += 1,
                // The last digit has spare bits that carry nothing.
                Ok(same) => assert_eq!((same.as_str(), at), (SCRIPT, link.len() - 1)),
            }
        }
        assert!(damaged >= link.len() - 2);
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        assert_eq!(decode(""), Err(LinkError::Empty));
        assert_eq!(decode("2abc"), Err(LinkError::NewerFormat));
        assert_eq!(decode("1ab!c"), Err(LinkError::BadCharacter(4)));
        assert_eq!(decode("<script>"), Err(LinkError::BadCharacter(1)));
        assert_eq!(decode("1"), Err(LinkError::Damaged));
        assert_eq!(decode(&"1".repeat(MAX_LINK + 1)), Err(LinkError::TooLong));
    }

    #[test]
    fn a_bomb_is_not_unfolded() {
        let mut bomb = String::from(FORMAT);
        base64url(&[255, 255, 255, 127, 1, 2, 3, 4], &mut bomb);
        assert_eq!(decode(&bomb), Err(LinkError::TooLong));
        assert_eq!(encode(&"#".repeat(MAX_SCRIPT + 1)), None);
    }
}
