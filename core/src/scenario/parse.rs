//! Reads expectations.
//!
//! ```text
//! expectation = term [op literal]                        a term alone must be true
//!             | ("no" | [N]) ("event" | "events") KIND filter… ["within" range | "at" range]
//! term        = NAME [ "(" argument, … ")" ]             argument = [broker] WORD
//! filter      = WORD | FIELD op literal                  a word alone must be some field's value
//! op          = = != < <= > >= in has lacks
//! literal     = WORD | "text" | [ literal, … ] | range   range = [WORD] .. [WORD], ends included
//! ```

use super::facts::KINDS;
use super::journal::{Filter, Pattern, When};
use super::terms::{Term, find_term, term_names};
use super::value::{Literal, Op, span_of};
use crate::command::words::Word;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// What must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expectation {
    /// A term compared with a literal.
    Compare {
        /// Left.
        term: Term,
        /// How.
        op: Op,
        /// Right.
        literal: Literal,
    },
    /// An entry of the journal.
    Journal(Pattern),
}

/// A text that is not an expectation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectError {
    /// Where in the text, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub fault: ExpectFault,
    /// What would work there.
    pub expected: Vec<String>,
}

/// What is wrong with an expectation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpectFault {
    /// It ends too early.
    Ends,
    /// Something that does not belong there.
    Unexpected(String),
    /// No such term.
    UnknownTerm(String),
    /// The term takes other arguments.
    BadArgument {
        /// The term.
        term: &'static str,
        /// What was written.
        given: String,
    },
    /// No such kind of event.
    UnknownEvent(String),
    /// No such field in this kind of event.
    UnknownField(String),
    /// A quote is not closed, or escapes nothing.
    BadQuote,
}

impl fmt::Display for ExpectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends => write!(f, "the expectation ends too early"),
            Self::Unexpected(given) => write!(f, "`{given}` does not belong here"),
            Self::UnknownTerm(given) => write!(f, "nothing is called `{given}`"),
            Self::BadArgument { term, given } => write!(f, "{term}(…) cannot take `{given}`"),
            Self::UnknownEvent(given) => write!(f, "there is no event `{given}`"),
            Self::UnknownField(given) => write!(f, "this event has no field `{given}`"),
            Self::BadQuote => write!(f, "a quote is not closed or escapes nothing"),
        }
    }
}

impl fmt::Display for ExpectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.fault)?;
        match self.expected.is_empty() {
            true => Ok(()),
            false => write!(f, "; expected {}", self.expected.join(", ")),
        }
    }
}

impl core::error::Error for ExpectError {}

type Parsed<T> = Result<T, ExpectError>;

/// A piece of an expectation.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    Quoted(String),
    /// `(`, `)`, `[`, `]`, `,`, `..`, `=`, `!=`, `<`, `<=`, `>`, `>=`
    Mark(&'static str),
}

const MARKS: [&str; 12] = [
    "..", "!=", "<=", ">=", "(", ")", "[", "]", ",", "=", "<", ">",
];

/// The tokens and their columns.
fn tokens(text: &str) -> Parsed<Vec<(usize, Token)>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let column = text[..text.len() - rest.len()].chars().count() + 1;
        if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
            continue;
        }
        if let Some(mark) = MARKS.iter().find(|m| rest.starts_with(**m)) {
            found.push((column, Token::Mark(mark)));
            rest = &rest[mark.len()..];
        } else if c == '"' {
            let raw = quoted(rest).ok_or_else(|| bad_quote(column))?;
            let text = Word { column, raw }.text().map_err(|_| bad_quote(column))?;
            found.push((column, Token::Quoted(text)));
            rest = &rest[raw.len()..];
        } else {
            let word = word(rest);
            found.push((column, Token::Word(word.to_string())));
            rest = &rest[word.len()..];
        }
    }
    Ok(found)
}

fn bad_quote(column: usize) -> ExpectError {
    fail(column, ExpectFault::BadQuote, &["a closing \""])
}

fn fail(column: usize, fault: ExpectFault, expected: &[&str]) -> ExpectError {
    ExpectError {
        column,
        fault,
        expected: expected.iter().map(ToString::to_string).collect(),
    }
}

/// The quoted text at the start, with its quotes.
fn quoted(text: &str) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(&text[..=at]),
            _ => {}
        }
    }
    None
}

/// The word at the start: up to a blank, a quote or a mark.
fn word(text: &str) -> &str {
    let ends = |at: usize, c: char| {
        c.is_whitespace() || c == '"' || MARKS.iter().any(|m| text[at..].starts_with(m))
    };
    let end = text.char_indices().find(|(at, c)| ends(*at, *c));
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

impl FromStr for Expectation {
    type Err = ExpectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader {
            tokens: tokens(text)?,
            at: 0,
            end: text.chars().count() + 1,
        };
        let found = match reader.pattern()? {
            Some(pattern) => Self::Journal(pattern),
            None => reader.compare()?,
        };
        match reader.tokens.get(reader.at) {
            None => Ok(found),
            Some(_) => Err(reader.unexpected(&["the end"])),
        }
    }
}

/// Goes through the tokens.
struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|t| &t.1)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |t| t.0)
    }

    fn take(&mut self, mark: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Mark(m)) if *m == mark);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, wanted: &[&str]) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if wanted.contains(&w.as_str()));
        self.at += usize::from(found);
        found
    }

    /// The error for what stands here.
    fn unexpected(&self, expected: &[&str]) -> ExpectError {
        let fault = match self.peek() {
            None => ExpectFault::Ends,
            Some(Token::Word(text) | Token::Quoted(text)) => ExpectFault::Unexpected(text.clone()),
            Some(Token::Mark(mark)) => ExpectFault::Unexpected(mark.to_string()),
        };
        fail(self.column(), fault, expected)
    }

    fn word(&mut self, expected: &[&str]) -> Parsed<String> {
        match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// `[no | N] event …`, if that is what stands here.
    fn pattern(&mut self) -> Parsed<Option<Pattern>> {
        let start = self.at;
        let count = match self.peek() {
            Some(Token::Word(word)) if word == "no" => Some(0),
            Some(Token::Word(word)) => word.parse().ok(),
            _ => None,
        };
        self.at += usize::from(count.is_some());
        if !self.take_word(&["event", "events"]) {
            self.at = start;
            return Ok(None);
        }
        let column = self.column();
        let given = self.word(&["an event such as LeaderElected"])?;
        let Some((kind, fields)) = KINDS.iter().find(|k| k.0 == given) else {
            let near = crate::command::nearest(KINDS.iter().map(|k| k.0), &given);
            return Err(fail(column, ExpectFault::UnknownEvent(given), &near));
        };
        let filters = self.filters(fields)?;
        let when = self.when()?;
        Ok(Some(Pattern {
            count,
            kind,
            filters,
            when,
        }))
    }

    fn filters(&mut self, fields: &[&'static str]) -> Parsed<Vec<Filter>> {
        let mut found = Vec::new();
        while !matches!(self.peek(), None | Some(Token::Mark(_))) {
            if matches!(self.peek(), Some(Token::Word(w)) if w == "within" || w == "at") {
                break;
            }
            let column = self.column();
            let quoted = matches!(self.peek(), Some(Token::Quoted(_)));
            let word = self.word(&[])?;
            let Some(op) = self.op() else {
                found.push(Filter::Any(Literal::Word(word, quoted)));
                continue;
            };
            let known = fields.iter().chain(&["node"]).find(|f| **f == word);
            let Some(field) = known else {
                let expected = [fields, &["node"]].concat();
                return Err(fail(column, ExpectFault::UnknownField(word), &expected));
            };
            found.push(Filter::Field(field, op, self.literal()?));
        }
        Ok(found)
    }

    fn when(&mut self) -> Parsed<When> {
        let within = self.take_word(&["within"]);
        if !within && !self.take_word(&["at"]) {
            return Ok(When::Ever);
        }
        let column = self.column();
        let literal = self.literal()?;
        let timed = |end: &Option<String>| end.as_ref().is_none_or(|e| span_of(e).is_some());
        let fine = match &literal {
            Literal::Word(word, _) => span_of(word).is_some(),
            Literal::Range(low, high) => timed(low) && timed(high),
            Literal::List(_) => false,
        };
        match (fine, within) {
            (false, _) => {
                let fault = ExpectFault::Unexpected(literal.to_string());
                Err(fail(column, fault, &["a span such as 7s..9s"]))
            }
            (true, true) => Ok(When::Within(literal)),
            (true, false) => Ok(When::At(literal)),
        }
    }

    fn compare(&mut self) -> Parsed<Expectation> {
        let term = self.term()?;
        if self.peek().is_none() {
            let literal = Literal::Word("true".into(), false);
            let op = Op::Equal;
            return Ok(Expectation::Compare { term, op, literal });
        }
        let Some(op) = self.op() else {
            return Err(self.unexpected(&Op::ALL.map(|o| o.0)));
        };
        let literal = self.literal()?;
        Ok(Expectation::Compare { term, op, literal })
    }

    fn term(&mut self) -> Parsed<Term> {
        let column = self.column();
        let name = self.word(&["a term such as leader(orders-0)"])?;
        let Some(kind) = find_term(&name) else {
            let near = crate::command::nearest(term_names(), &name);
            return Err(fail(column, ExpectFault::UnknownTerm(name), &near));
        };
        let mut args = Vec::new();
        let mut columns = Vec::new();
        if self.take("(") {
            while !self.take(")") {
                if !args.is_empty() && !self.take(",") {
                    return Err(self.unexpected(&[",", ")"]));
                }
                columns.push(self.column());
                let word = self.word(&["a name"])?;
                let second = matches!(self.peek(), Some(Token::Word(_)));
                args.push(match word == "broker" && second {
                    true => self.word(&[])?,
                    false => word,
                });
            }
        }
        Term::new(kind, &args).map_err(|(index, given, usage)| {
            let column = columns.get(index).copied().unwrap_or(column);
            let term = kind.name;
            fail(column, ExpectFault::BadArgument { term, given }, &[usage])
        })
    }

    fn op(&mut self) -> Option<Op> {
        let text = match self.peek()? {
            Token::Word(word) => word.as_str(),
            Token::Mark(mark) => mark,
            Token::Quoted(_) => return None,
        };
        let op = Op::ALL.iter().find(|o| o.0 == text)?.1;
        self.at += 1;
        Some(op)
    }

    fn literal(&mut self) -> Parsed<Literal> {
        const EXPECTED: &[&str] = &["a word", "a \"text\"", "[a, b]", "a range such as 1..3"];
        if self.take("[") {
            let mut items = Vec::new();
            while !self.take("]") {
                if !items.is_empty() && !self.take(",") {
                    return Err(self.unexpected(&[",", "]"]));
                }
                items.push(self.literal()?);
            }
            return Ok(Literal::List(items));
        }
        if self.take("..") {
            return Ok(Literal::Range(None, Some(self.word(EXPECTED)?)));
        }
        let quoted = matches!(self.peek(), Some(Token::Quoted(_)));
        let word = self.word(EXPECTED)?;
        if !self.take("..") {
            return Ok(Literal::Word(word, quoted));
        }
        let more = matches!(self.peek(), Some(Token::Word(_)));
        let high = if more {
            Some(self.word(EXPECTED)?)
        } else {
            None
        };
        Ok(Literal::Range(Some(word), high))
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare { term, op, literal } => write!(f, "{term} {} {literal}", op.name()),
            Self::Journal(pattern) => pattern.fmt(f),
        }
    }
}
