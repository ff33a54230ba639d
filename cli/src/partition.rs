//! `rebalance partition`: where a key goes, and why.
//!
//! For each key the murmur2 hash, the hash with its sign bit cleared, and the remainder by the number of partitions; as text
//! also every step of the hash, as JSON (one object a line) all of it as fields.

use crate::Failure;
use rebalance_core::partitioner::{
    Murmur2Working, murmur2_working, partition_for_key, to_positive,
};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, Write};

const HINT: &str = "try: rebalance partition --partitions 6 --key user-42";

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Options {
    partitions: i32,
    keys: Vec<Vec<u8>>,
    json: bool,
}

/// Runs the command. Without `--key` and `--hex` the keys are the lines of `input`.
///
/// # Errors
/// Bad options, or keys that cannot be read.
pub fn run(
    arguments: &[String],
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut options = parse(arguments)?;
    let from_input = options.keys.is_empty();
    if from_input {
        options.keys = lines(input)?;
    }
    for (number, key) in options.keys.iter().enumerate() {
        if options.json {
            writeln!(out, "{}", as_json(key, options.partitions))?;
        } else if from_input {
            writeln!(out, "{}", as_line(key, options.partitions))?;
        } else {
            let gap = if number > 0 { "\n" } else { "" };
            write!(out, "{gap}{}", as_text(key, options.partitions))?;
        }
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options {
        partitions: 0,
        keys: Vec::new(),
        json: false,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let mut value = || {
            let value = inline.or_else(|| rest.next().map(String::as_str));
            value.ok_or_else(|| Failure::bad_input(format!("{name} needs a value; {HINT}")))
        };
        match name {
            "--partitions" => options.partitions = partition_count(value()?)?,
            "--key" => options.keys.push(value()?.as_bytes().to_vec()),
            "--hex" => options
                .keys
                .push(bytes_of_hex(value()?).map_err(Failure::bad_input)?),
            "--json" => options.json = true,
            _ => {
                let message = format!(
                    "unknown option '{argument}'; known are --partitions, --key, --hex and --json; {HINT}"
                );
                return Err(Failure::bad_input(message));
            }
        }
    }
    if options.partitions == 0 {
        return Err(Failure::bad_input(format!(
            "--partitions is missing; {HINT}"
        )));
    }
    Ok(options)
}

fn partition_count(text: &str) -> Result<i32, Failure> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(Failure::bad_input(format!(
            "--partitions {text}: a topic has from 1 to {} partitions; {HINT}",
            i32::MAX
        ))),
    }
}

fn lines(input: &mut dyn BufRead) -> Result<Vec<Vec<u8>>, Failure> {
    let mut all = Vec::new();
    input.read_to_end(&mut all)?;
    if all.last() == Some(&b'\n') {
        all.pop();
    } else if all.is_empty() {
        return Ok(Vec::new());
    }
    let keys = all.split(|&it| it == b'\n');
    Ok(keys
        .map(|it| it.strip_suffix(b"\r").unwrap_or(it).to_vec())
        .collect())
}

/// The bytes written as pairs of hexadecimal digits, blanks between them allowed; the error says which digit is wrong.
///
/// # Errors
/// A character that is no hexadecimal digit, or an odd number of digits.
pub fn bytes_of_hex(text: &str) -> Result<Vec<u8>, String> {
    let mut digits = Vec::with_capacity(text.len());
    for (column, character) in (1..).zip(text.chars()) {
        match character.to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None if character.is_ascii_whitespace() => {}
            None => {
                return Err(format!(
                    "'{character}' at column {column} is no hexadecimal digit; bytes look like 75736572"
                ));
            }
        }
    }
    if digits.len() % 2 != 0 {
        return Err(format!(
            "{} hexadecimal digits do not make whole bytes; write two for each",
            digits.len()
        ));
    }
    Ok(digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}

/// Lower-case hexadecimal digits, two for each byte.
#[must_use]
pub fn hex_of_bytes(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn as_line(key: &[u8], partitions: i32) -> String {
    let partition = partition_for_key(key, partitions);
    format!("{partition}\t{}", String::from_utf8_lossy(key))
}

fn as_text(key: &[u8], partitions: i32) -> String {
    let working = murmur2_working(key);
    let positive = to_positive(working.hash);
    let mut text = match std::str::from_utf8(key) {
        Ok(readable) => format!("key        {readable:?}, {}\n", count_of_bytes(key.len())),
        Err(_) => format!("key        {}\n", count_of_bytes(key.len())),
    };
    let bytes: Vec<String> = key.iter().map(|it| format!("{it:02x}")).collect();
    let _ = writeln!(text, "bytes      {}", bytes.join(" "));
    steps(&working, key.len(), &mut text);
    let _ = writeln!(text, "murmur2    {}", working.hash);
    let _ = writeln!(
        text,
        "positive   {} & 0x7fffffff = {positive}",
        working.hash
    );
    let _ = writeln!(
        text,
        "partition  {positive} mod {partitions} = {}",
        partition_for_key(key, partitions)
    );
    text
}

fn count_of_bytes(count: usize) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

fn steps(working: &Murmur2Working, len: usize, text: &mut String) {
    let _ = writeln!(
        text,
        "start      h = 0x9747b28c ^ {len} = {:#010x}",
        working.initial
    );
    for (number, block) in working.blocks.iter().enumerate() {
        let from = number * 4;
        let _ = writeln!(text, "bytes {from}-{}", from + 3);
        let _ = writeln!(text, "           k = {:#010x} (little-endian)", block.word);
        let _ = writeln!(
            text,
            "           k *= 0x5bd1e995 -> {:#010x}",
            block.multiplied
        );
        let _ = writeln!(
            text,
            "           k ^= k >>> 24   -> {:#010x}",
            block.shifted
        );
        let _ = writeln!(text, "           k *= 0x5bd1e995 -> {:#010x}", block.mixed);
        let _ = writeln!(text, "           h *= 0x5bd1e995 -> {:#010x}", block.scaled);
        let _ = writeln!(text, "           h ^= k          -> {:#010x}", block.hash);
    }
    if let Some(tail) = working.tail {
        let _ = writeln!(text, "rest");
        let _ = writeln!(
            text,
            "           h ^= {:#x} -> {:#010x}",
            tail.bytes, tail.combined
        );
        let _ = writeln!(text, "           h *= 0x5bd1e995 -> {:#010x}", tail.hash);
    }
    let _ = writeln!(
        text,
        "finish     h ^= h >>> 13   -> {:#010x}",
        working.finish[0]
    );
    let _ = writeln!(
        text,
        "           h *= 0x5bd1e995 -> {:#010x}",
        working.finish[1]
    );
    let _ = writeln!(
        text,
        "           h ^= h >>> 15   -> {:#010x}",
        working.finish[2]
    );
}

fn as_json(key: &[u8], partitions: i32) -> Value {
    let working = murmur2_working(key);
    let blocks: Vec<Value> = working
        .blocks
        .iter()
        .map(|it| {
            json!({
                "word": it.word, "multiplied": it.multiplied, "shifted": it.shifted,
                "mixed": it.mixed, "scaled": it.scaled, "hash": it.hash,
            })
        })
        .collect();
    let tail = working
        .tail
        .map(|it| json!({"bytes": it.bytes, "combined": it.combined, "hash": it.hash}));
    json!({
        "key_text": std::str::from_utf8(key).ok(),
        "key_hex": hex_of_bytes(key),
        "murmur2": working.hash,
        "to_positive": to_positive(working.hash),
        "partitions": partitions,
        "partition": partition_for_key(key, partitions),
        "working": {"initial": working.initial, "blocks": blocks, "tail": tail, "finish": working.finish},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(arguments: &[&str], input: &str) -> Result<String, Failure> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let mut out = Vec::new();
        run(&arguments, &mut input.as_bytes(), &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn message(arguments: &[&str]) -> String {
        output(arguments, "")
            .err()
            .map(|it| it.message)
            .unwrap_or_default()
    }

    #[test]
    fn the_working_is_shown() {
        let text = output(&["--partitions", "6", "--key", "user-42"], "").unwrap_or_default();
        assert!(text.contains("bytes      75 73 65 72 2d 34 32\n"), "{text}");
        assert!(text.ends_with("mod 6 = 4\n"), "{text}");
        let hex = output(&["--partitions=6", "--hex=757365722d3432"], "");
        assert_eq!(hex.unwrap_or_default(), text);
    }

    #[test]
    fn keys_come_from_standard_input_one_a_line() {
        let text = output(&["--partitions", "3"], "abc\r\n\nab");
        assert_eq!(text.as_deref(), Ok("0\tabc\n0\t\n2\tab\n"));
        let json = output(&["--partitions", "3", "--json"], "abc\n").unwrap_or_default();
        assert!(
            json.contains("\"murmur2\":479470107") && json.lines().count() == 1,
            "{json}"
        );
    }

    #[test]
    fn bad_options_say_what_would_work() {
        assert!(message(&["--key", "a"]).contains("--partitions is missing"));
        assert!(message(&["--partitions", "0", "--key", "a"]).contains("from 1 to 2147483647"));
        assert!(message(&["--partitions", "2", "--hex", "7x"]).contains("'x' at column 2"));
        assert!(message(&["--partitions", "2", "--hex", "757"]).contains("whole bytes"));
        assert!(message(&["--partitions"]).contains("needs a value"));
        assert!(message(&["--kee", "a"]).contains("unknown option '--kee'"));
    }
}
