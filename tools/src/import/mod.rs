//! A cluster of one's own: pasted `--describe` output becomes a script.
//!
//! [`mod@read`] takes the text apart line by line: `kafka-topics --describe`, `kafka-consumer-groups --describe` (offsets,
//! `--members`, `--state`), in any mixture and order. [`mod@model`] makes a script of what was read. Every line is either
//! understood, or named with its number; what a simulation cannot have as it is stands in the notes. [`chinese`] says all of it in
//! Chinese.

pub mod model;
pub mod read;
mod zh;

pub use zh::chinese;

/// What became of a pasted text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Import {
    /// The script, if there was anything to make one of.
    pub script: Option<String>,
    /// What was understood, a line each.
    pub understood: Vec<String>,
    /// What differs from the cluster it came from, a line each.
    pub notes: Vec<String>,
    /// Lines that were not understood: number from 1, and why.
    pub problems: Vec<(usize, String)>,
}

/// Makes a script of a pasted text.
pub fn import(text: &str) -> Import {
    let (pasted, problems) = read::read(text);
    let mut made = model::model(&pasted);
    made.problems = problems;
    made
}
