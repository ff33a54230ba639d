//! `lesson.toml`: everything about a lesson that is not text.
//!
//! The right choice of a prediction stands here and not in the texts, so that the languages cannot disagree about it. A
//! solution is lines of a script; its `expect` lines are what the texts claim the learner sees. They are checked, and
//! left out of what the page plays.

use serde::Deserialize;

/// The tracks, in the order in which a newcomer walks them.
pub const TRACKS: [&str; 4] = ["first-steps", "groups", "staying-alive", "real-life"];

/// Panels under the stage that a step may open, as the page's links name them.
pub const PANELS: [&str; 6] = [
    "journal",
    "protocol",
    "delivery",
    "metrics",
    "guarantees",
    "code",
];

/// What `lesson.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// One of [`TRACKS`].
    pub track: String,
    /// Words to find it by, in English.
    pub tags: Vec<String>,
    /// Kafka's terms that this lesson explains, in Kafka's words: each stands in **bold** where its text explains it.
    pub terms: Vec<String>,
    /// What the lesson rests on: a KIP, a class of Apache Kafka, a setting's documentation.
    pub facts: Vec<String>,
    /// Further lessons to read after this one, by slug; the next one in order is always offered.
    #[serde(default)]
    pub see: Vec<String>,
    /// Commands the learner may give (`producer send`); empty: all.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Guarantees that break in this lesson, on purpose.
    #[serde(default)]
    pub breaks: Vec<String>,
    /// The stage shows only producers, copies with their offsets, consumers and what they have read: for the lessons in which
    /// nothing else has been explained yet (`assets/lesson.css`, `.lesson.plain`).
    #[serde(default)]
    pub plain: bool,
    /// The fewest commands that meet every goal; `advance` does not count.
    pub par: usize,
    /// The goals need the moments of the solution: a learner who hesitates may miss them, and starts again.
    #[serde(default)]
    pub hurried: bool,
    /// The script that makes the cluster the learner finds.
    pub start: String,
    /// The steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// A step: a prediction, something to do, or both.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which choice of the prediction is right, from 1; a step without prediction has none.
    pub answer: Option<usize>,
    /// Expectations; the step is done when all hold at the same instant. Empty: a step to read.
    #[serde(default)]
    pub goals: Vec<String>,
    /// The panel that opens with the step: one of [`PANELS`].
    pub open: Option<String>,
    /// Lines that meet the goals, with `expect` lines for what the texts say is seen.
    #[serde(default)]
    pub solution: String,
    /// False beliefs this step refutes, by the names in `myths.toml`.
    #[serde(default)]
    pub myths: Vec<String>,
}

impl Lesson {
    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }

    /// Commands in all solutions that neither wait nor expect.
    pub fn commands(&self) -> usize {
        let lines = self.steps.iter().flat_map(Step::lines);
        lines.filter(|l| acts(l)).count()
    }
}

impl Step {
    /// The solution's lines, without blank ones and comments.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        lines(&self.solution)
    }
}

/// Lines of a script, without blank ones and comments.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// Whether a line does something: neither `advance` nor `expect`.
pub fn acts(line: &str) -> bool {
    !line.starts_with("advance ") && !expects(line)
}

/// Whether a line only looks.
pub fn expects(line: &str) -> bool {
    line.starts_with("expect ")
}
