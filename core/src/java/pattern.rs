//! The part of `java.util.regex.Pattern` that topic patterns use, matched against whole names.
//!
//! Literals, `.`, classes such as `[a-z0-9_]` and `[^x]`, `\d`, `\w` and escaped characters, groups, `|`, and the repetitions
//! `*`, `+`, `?` and `{m,n}` of small numbers. Everything in it means the same in RE2J, which brokers use for KIP-848. There are
//! no look-arounds, back-references, flags or lazy repetitions: those are refused.
//!
//! A pattern becomes steps of a small machine whose possible places are followed side by side, so that matching takes
//! time by pattern length times name length, whatever the pattern.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// Steps that a pattern may become.
const MOST_STEPS: usize = 2_000;

/// What one character may be.
#[derive(Clone, Debug)]
struct Class {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Class {
    fn of(ranges: &[(char, char)]) -> Self {
        Self {
            ranges: ranges.to_vec(),
            negated: false,
        }
    }

    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(a, b)| (*a..=*b).contains(&c)) != self.negated
    }
}

/// A pattern as a tree.
#[derive(Clone, Debug)]
enum Tree {
    One(Class),
    Many(Vec<Tree>),
    Either(Vec<Tree>),
    Repeat(Box<Tree>, usize, Option<usize>),
}

/// A step of the machine.
#[derive(Clone, Debug)]
enum Step {
    One(Class),
    Split(usize, usize),
    Jump(usize),
    End,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    steps: Vec<Step>,
}

impl Pattern {
    /// Reads a pattern; the error is the place (in characters from 1) where it cannot be understood.
    ///
    /// # Errors
    /// Syntax that is not supported, unbalanced groups, or too much of everything.
    pub fn new(text: &str) -> Result<Self, usize> {
        let chars: Vec<char> = text.chars().collect();
        let mut reader = Reader { chars, at: 0 };
        let tree = reader.alternatives(0)?;
        if reader.at < reader.chars.len() {
            return Err(reader.at + 1);
        }
        let mut steps = Vec::new();
        compile(&tree, &mut steps);
        steps.push(Step::End);
        match steps.len() > MOST_STEPS {
            true => Err(1),
            false => Ok(Self { steps }),
        }
    }

    /// `Matcher.matches()`: the whole name.
    pub fn matches(&self, name: &str) -> bool {
        let mut places = Vec::new();
        self.reach(0, &mut places);
        for c in name.chars() {
            let mut next = Vec::new();
            for place in places {
                if let Step::One(class) = &self.steps[place]
                    && class.has(c)
                {
                    self.reach(place + 1, &mut next);
                }
            }
            places = next;
        }
        places.iter().any(|p| matches!(self.steps[*p], Step::End))
    }

    /// Adds a place and those reached from it without a character.
    fn reach(&self, place: usize, places: &mut Vec<usize>) {
        let mut open = Vec::from([place]);
        while let Some(place) = open.pop() {
            if places.contains(&place) {
                continue;
            }
            places.push(place);
            match self.steps[place] {
                Step::Split(a, b) => open.extend([a, b]),
                Step::Jump(to) => open.push(to),
                Step::One(_) | Step::End => {}
            }
        }
    }
}

fn compile(tree: &Tree, steps: &mut Vec<Step>) {
    if steps.len() > MOST_STEPS {
        return;
    }
    match tree {
        Tree::One(class) => steps.push(Step::One(class.clone())),
        Tree::Many(parts) => parts.iter().for_each(|p| compile(p, steps)),
        Tree::Either(parts) => either(parts, steps),
        Tree::Repeat(part, least, most) => repeat(part, *least, *most, steps),
    }
}

fn either(parts: &[Tree], steps: &mut Vec<Step>) {
    let Some((last, others)) = parts.split_last() else {
        return;
    };
    let mut ends = Vec::new();
    for part in others {
        let split = steps.len();
        steps.push(Step::End);
        compile(part, steps);
        ends.push(steps.len());
        steps.push(Step::End);
        steps[split] = Step::Split(split + 1, steps.len());
    }
    compile(last, steps);
    for end in ends {
        steps[end] = Step::Jump(steps.len());
    }
}

fn repeat(part: &Tree, least: usize, most: Option<usize>, steps: &mut Vec<Step>) {
    for _ in 0..least {
        compile(part, steps);
    }
    let Some(most) = most else {
        let split = steps.len();
        steps.push(Step::End);
        compile(part, steps);
        steps.push(Step::Jump(split));
        steps[split] = Step::Split(split + 1, steps.len());
        return;
    };
    let mut splits = Vec::new();
    for _ in least..most {
        splits.push(steps.len());
        steps.push(Step::End);
        compile(part, steps);
    }
    for split in splits {
        steps[split] = Step::Split(split + 1, steps.len());
    }
}

/// Reads a pattern's text.
struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn fail<T>(&self) -> Result<T, usize> {
        Err(self.at + 1)
    }

    fn alternatives(&mut self, depth: usize) -> Result<Tree, usize> {
        if depth > 20 {
            return self.fail();
        }
        let mut all = Vec::from([self.sequence(depth)?]);
        while self.take('|') {
            all.push(self.sequence(depth)?);
        }
        Ok(Tree::Either(all))
    }

    fn sequence(&mut self, depth: usize) -> Result<Tree, usize> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let one = self.one(depth)?;
            parts.push(self.repeated(one)?);
        }
        Ok(Tree::Many(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Tree, usize> {
        let c = self.peek().unwrap_or_default();
        self.at += 1;
        Ok(Tree::One(match c {
            '(' => {
                if self.take('?') && !self.take(':') {
                    return self.fail();
                }
                let tree = self.alternatives(depth + 1)?;
                return if self.take(')') {
                    Ok(tree)
                } else {
                    self.fail()
                };
            }
            '[' => self.class()?,
            '.' => Class::of(&[(char::MIN, char::MAX)]),
            '\\' => self.escaped()?,
            '*' | '+' | '?' | '{' | '^' | '$' => return Err(self.at),
            c => Class::of(&[(c, c)]),
        }))
    }

    fn escaped(&mut self) -> Result<Class, usize> {
        let Some(c) = self.peek() else {
            return self.fail();
        };
        self.at += 1;
        Ok(match c {
            'd' => Class::of(&[('0', '9')]),
            'w' => Class::of(&[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
            c if c.is_ascii_alphanumeric() => return Err(self.at),
            c => Class::of(&[(c, c)]),
        })
    }

    fn class(&mut self) -> Result<Class, usize> {
        let negated = self.take('^');
        let mut ranges: Vec<(char, char)> = Vec::new();
        while !self.take(']') {
            let Some(c) = self.peek() else {
                return self.fail();
            };
            self.at += 1;
            match c {
                '[' | '&' => return Err(self.at),
                '\\' => ranges.extend(self.escaped()?.ranges),
                '-' if !ranges.is_empty() && self.peek().is_some_and(|n| n != ']') => {
                    let last = ranges.len() - 1;
                    let to = self.peek().filter(|n| *n >= ranges[last].1 && *n != '\\');
                    let Some(to) = to else { return self.fail() };
                    ranges[last].1 = to;
                    self.at += 1;
                }
                c => ranges.push((c, c)),
            }
        }
        match ranges.is_empty() {
            true => self.fail(),
            false => Ok(Class { ranges, negated }),
        }
    }

    fn repeated(&mut self, one: Tree) -> Result<Tree, usize> {
        let Some(c) = self.peek() else {
            return Ok(one);
        };
        let (least, most) = match c {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            '{' => {
                self.at += 1;
                self.counts()?
            }
            _ => return Ok(one),
        };
        self.at += 1;
        // Lazy and possessive repetitions, and repetitions of repetitions.
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return self.fail();
        }
        Ok(Tree::Repeat(Box::new(one), least, most))
    }

    /// `m}`, `m,}` or `m,n}`, up to the brace.
    fn counts(&mut self) -> Result<(usize, Option<usize>), usize> {
        let least = self.number()?;
        let most = match self.take(',') {
            false => Some(least),
            true if self.peek() == Some('}') => None,
            true => Some(self.number()?),
        };
        match self.peek() == Some('}') && most.is_none_or(|m| m >= least) {
            true => Ok((least, most)),
            false => self.fail(),
        }
    }

    fn number(&mut self) -> Result<usize, usize> {
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            number = Some(number.unwrap_or(0) * 10 + digit as usize).filter(|n| *n <= 100);
            if number.is_none() {
                return self.fail();
            }
            self.at += 1;
        }
        number.ok_or(self.at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line: pattern, names it matches, names it does not.
    const KNOWN: &[(&str, &[&str], &[&str])] = &[
        ("orders", &["orders"], &["order", "orders2", ""]),
        ("orders.*", &["orders", "orders-eu"], &["my-orders"]),
        (".*", &["", "x"], &[]),
        ("a|bc|", &["a", "bc", ""], &["abc", "b"]),
        (
            "(eu|us)-orders",
            &["eu-orders", "us-orders"],
            &["-orders", "euus-orders"],
        ),
        ("[a-c]+", &["a", "cab"], &["", "d", "abd"]),
        ("[^a-c]", &["d"], &["a", ""]),
        ("[a-]", &["a", "-"], &["b"]),
        (
            "t\\.\\d{2,3}",
            &["t.12", "t.123"],
            &["t.1", "t.1234", "tx12"],
        ),
        ("(ab){2}c?", &["abab", "ababc"], &["ab", "ababab"]),
        ("(?:a*)*b", &["b", "aaab"], &["a"]),
        ("\\w+", &["a_1"], &["a-1"]),
    ];

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, yes, no) in KNOWN {
            let compiled = Pattern::new(pattern).expect(pattern);
            for name in *yes {
                assert!(compiled.matches(name), "{pattern} {name}");
            }
            for name in *no {
                assert!(!compiled.matches(name), "{pattern} {name}");
            }
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_with_its_place() {
        let bad = [
            ("*a", 1),
            ("a**", 3),
            ("(a", 3),
            ("a)", 2),
            ("[]", 3),
            ("[b-a]", 4),
            ("(?=a)", 3),
            ("a{2,1}", 6),
            ("\\1", 2),
            ("^a", 1),
            ("a+?", 3),
            ("a{999}", 5),
            ("((a{100}){100}){100}", 1),
        ];
        for (pattern, place) in bad {
            assert_eq!(Pattern::new(pattern).err(), Some(place), "{pattern}");
        }
        assert!(Pattern::new(&"(".repeat(50)).is_err());
    }

    #[test]
    fn no_pattern_takes_forever() {
        let pattern = Pattern::new("(a|a)*(a|aa)*b").expect("a pattern");
        assert!(!pattern.matches(&"a".repeat(2_000)));
    }
}
