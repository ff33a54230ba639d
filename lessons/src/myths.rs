//! Common false beliefs about Kafka, and which lesson refutes which.
//!
//! `assets/lessons/myths.toml` lists them: those that learners bring most often (with a rank), and those found in published
//! articles (with a severity). Each is either refuted in a step of some lesson, or says what it waits for.

use crate::catalogue::Catalogue;
use serde::Deserialize;
use std::fmt::Write;

/// A false belief.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Myth {
    /// Its name in `lesson.toml`.
    pub id: String,
    /// What is believed, in one sentence.
    pub belief: String,
    /// Place among the most frequent confusions of learners, from 1.
    pub rank: Option<u32>,
    /// Of a statement found in an article: `A` wrong and harmful, `B` wrong, `C` misleading or outdated, `D` wrong about
    /// books, links or libraries.
    pub severity: Option<String>,
    /// Why no lesson shows it, or what must come first.
    pub waits: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Myths {
    myth: Vec<Myth>,
}

impl Myth {
    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        let read: Result<Myths, _> = toml::from_str(text);
        read.map(|m| m.myth).map_err(|e| format!("myths.toml: {e}"))
    }
}

/// Where a myth is refuted: slugs and steps (from 1).
pub fn shown<'a>(all: &'a Catalogue, myth: &str) -> Vec<(&'a str, usize)> {
    let mut found = Vec::new();
    for entry in &all.lessons {
        for (at, step) in entry.lesson.steps.iter().enumerate() {
            if step.myths.iter().any(|m| m == myth) {
                found.push((entry.slug.as_str(), at + 1));
            }
        }
    }
    found
}

/// The tables of the author's guide.
pub fn table(all: &Catalogue) -> String {
    let mut out = String::from("| # | What learners believe | Where it fails |\n|---|---|---|\n");
    let mut ranked: Vec<&Myth> = all.myths.iter().filter(|m| m.rank.is_some()).collect();
    ranked.sort_by_key(|m| m.rank);
    for myth in ranked {
        let rank = myth.rank.unwrap_or_default();
        let _ = writeln!(out, "| {rank} | {} | {} |", myth.belief, place(all, myth));
    }
    out.push_str("\n| Sev | What articles say | Where it fails |\n|---|---|---|\n");
    for myth in all.myths.iter().filter(|m| m.severity.is_some()) {
        let severity = myth.severity.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {severity} | {} | {} |",
            myth.belief,
            place(all, myth)
        );
    }
    out
}

fn place(all: &Catalogue, myth: &Myth) -> String {
    let shown = shown(all, &myth.id);
    let places: Vec<String> = shown
        .iter()
        .map(|(slug, step)| format!("{slug}, step {step}"))
        .collect();
    match (&myth.waits, places.is_empty()) {
        (Some(waits), true) => format!("– {waits}"),
        (_, true) => "– nowhere yet".into(),
        _ => places.join("; "),
    }
}
