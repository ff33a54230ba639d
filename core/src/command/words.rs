//! Cuts a line into words, and words into their text.
//!
//! Words are separated by blanks. Double quotes protect blanks, `=`, `,` and `#`; inside them `\"`, `\\`, `\n`, `\r`,
//! `\t` and `\u{…}` are escapes. A `#` at the beginning of a word starts a comment. A word whose first unquoted `=`
//! comes after something is `key=value`. Columns count characters from 1, as an editor shows them.

use super::error::{ParseError, ParseErrorKind};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A piece of the line as it was written, with the column of its first character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Word<'a> {
    /// From 1.
    pub column: usize,
    /// With its quotes.
    pub raw: &'a str,
}

/// The words of a line, without its comment.
pub(crate) fn words(line: &str) -> Result<Vec<Word<'_>>, ParseError> {
    let mut found = Vec::new();
    let mut scan = Scan::new(line);
    while let Some((start, c)) = scan.peek() {
        if c.is_whitespace() {
            scan.next();
        } else if c == '#' {
            break;
        } else {
            let column = scan.column;
            let end = scan.word_end()?;
            found.push(Word {
                column,
                raw: &line[start..end],
            });
        }
    }
    Ok(found)
}

/// The line without its comment and without blanks around it, with the column where it begins.
pub(crate) fn without_comment(line: &str) -> Word<'_> {
    let mut quoted = false;
    let mut escaped = false;
    let mut before = ' ';
    let mut end = line.len();
    for (at, c) in line.char_indices() {
        if c == '#' && !quoted && before.is_whitespace() {
            end = at;
            break;
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        before = c;
    }
    let text = line[..end].trim_end();
    let raw = text.trim_start();
    Word {
        column: line[..text.len() - raw.len()].chars().count() + 1,
        raw,
    }
}

/// Walks over characters and counts columns.
struct Scan<'a> {
    rest: core::str::CharIndices<'a>,
    column: usize,
    length: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.char_indices(),
            column: 1,
            length: text.len(),
        }
    }

    fn peek(&self) -> Option<(usize, char)> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<(usize, char)> {
        self.column += 1;
        self.rest.next()
    }

    /// Goes to the end of the word that begins here.
    fn word_end(&mut self) -> Result<usize, ParseError> {
        let mut quote = None;
        while let Some((at, c)) = self.peek() {
            match (quote, c) {
                (None, c) if c.is_whitespace() => return Ok(at),
                (None, '"') => quote = Some(self.column),
                (Some(_), '"') => quote = None,
                (Some(_), '\\') => {
                    self.next();
                    if self.peek().is_none() {
                        break;
                    }
                }
                _ => {}
            }
            self.next();
        }
        match quote {
            Some(column) => Err(ParseError::new(
                column,
                ParseErrorKind::UnclosedQuote,
                ["a closing \""],
            )),
            None => Ok(self.length),
        }
    }
}

impl<'a> Word<'a> {
    /// Key and value, if this is `key=value`.
    pub fn key_value(self) -> Option<(Word<'a>, Word<'a>)> {
        let at = self.raw.find('=')?;
        let key = &self.raw[..at];
        if key.is_empty() || key.contains('"') {
            return None;
        }
        let value = Word {
            column: self.column + key.chars().count() + 1,
            raw: &self.raw[at + 1..],
        };
        Some((Word { raw: key, ..self }, value))
    }

    /// The text without quotes and escapes.
    pub fn text(self) -> Result<String, ParseError> {
        let mut out = String::with_capacity(self.raw.len());
        let mut quoted = false;
        let mut scan = Scan::new(self.raw);
        while let Some((_, c)) = scan.next() {
            match c {
                '"' => quoted = !quoted,
                '\\' if quoted => {
                    let column = self.column + scan.column - 2;
                    out.push(escape(&mut scan).ok_or_else(|| bad_escape(column, self.raw))?);
                }
                c => out.push(c),
            }
        }
        Ok(out)
    }

    /// The items between unquoted commas; nothing at all is the empty list, `""` is a list of one empty item.
    pub fn items(self) -> Vec<Word<'a>> {
        if self.raw.is_empty() {
            return Vec::new();
        }
        let mut items = Vec::new();
        let (mut quoted, mut escaped) = (false, false);
        let (mut start, mut column) = (0, self.column);
        for (position, (at, c)) in self.raw.char_indices().enumerate() {
            if c == ',' && !quoted {
                items.push(Word {
                    column,
                    raw: &self.raw[start..at],
                });
                (start, column) = (at + 1, self.column + position + 1);
            }
            quoted ^= c == '"' && !escaped;
            escaped = quoted && c == '\\' && !escaped;
        }
        items.push(Word {
            column,
            raw: &self.raw[start..],
        });
        items
    }
}

/// The character an escape stands for; the backslash has been read.
fn escape(scan: &mut Scan<'_>) -> Option<char> {
    let (_, c) = scan.next()?;
    Some(match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' | '\\' => c,
        'u' => return unicode(scan),
        _ => return None,
    })
}

/// `{1f600}` after `\u`.
fn unicode(scan: &mut Scan<'_>) -> Option<char> {
    scan.next().filter(|(_, c)| *c == '{')?;
    let mut code = 0u32;
    for digits in 0..=6 {
        let (_, c) = scan.next()?;
        if c == '}' && digits > 0 {
            return char::from_u32(code);
        }
        code = code * 16 + c.to_digit(16)?;
    }
    None
}

fn bad_escape(column: usize, raw: &str) -> ParseError {
    let kind = ParseErrorKind::BadEscape(raw.to_string());
    ParseError::new(
        column,
        kind,
        ["\\\"", "\\\\", "\\n", "\\r", "\\t", "\\u{41}"],
    )
}

/// A text as a word or an item of a list: quoted if anything in it could be taken for something else.
pub(crate) fn quote(text: &str) -> String {
    // What is not ASCII has no meaning of its own here, unless it separates words; so no table of letters is needed.
    let plain = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "-_.:/@+".contains(c),
        false => !c.is_whitespace() && !c.is_control(),
    };
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_string();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => {
                out.push_str(&alloc::format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text after `key=`: like [`quote`], but nothing stays nothing.
pub(crate) fn quote_value(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        quote(text)
    }
}
