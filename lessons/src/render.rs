//! What the page loads: `SLUG.LANG.json` for each lesson, and `index.LANG.json`, the table of contents.
//!
//! Texts are HTML already. A lesson's file has everything that a lesson needs while it runs, so that the page loads one small
//! file when a lesson is opened, and nothing before.

use crate::catalogue::{Catalogue, Entry};
use crate::check::minutes;
use crate::gloss::{Gloss, Marker, glossary};
use crate::lesson::{Step, expects};
use crate::text::{Ask, Lang, StepText, hint_html, html, plain, pressable};
use rebalance_core::command::Command;
use serde::Serialize;
use std::path::Path;

/// A lesson's file may take this many bytes.
pub const LIMIT: usize = 12 * 1024;

/// A lesson in one language.
#[derive(Debug, Serialize)]
pub struct Page<'a> {
    slug: &'a str,
    number: usize,
    track: &'a str,
    title: &'a str,
    summary: String,
    /// Estimated, whole minutes.
    minutes: usize,
    par: usize,
    terms: &'a [String],
    facts: &'a [String],
    allow: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    breaks: &'a [String],
    #[serde(skip_serializing_if = "is_false")]
    plain: bool,
    /// The script the cluster begins with.
    start: String,
    steps: Vec<PageStep<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    real: Option<String>,
    /// Lessons to go on with: the next one, then those named.
    next: Vec<Link<'a>>,
}

/// A lesson to go to.
#[derive(Debug, Serialize)]
struct Link<'a> {
    number: usize,
    slug: &'a str,
    title: &'a str,
}

/// A step.
#[derive(Debug, Serialize)]
struct PageStep<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    intro: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<PageAsk>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "do")]
    act: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    goals: &'a [String],
    /// The goals in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aims: Vec<String>,
    /// The panel that opens with the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    solution: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<String>,
    /// For whoever teaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    /// The step refutes a common false belief.
    #[serde(skip_serializing_if = "is_false")]
    myth: bool,
}

#[derive(Debug, Serialize)]
struct PageAsk {
    question: String,
    choices: Vec<String>,
    /// The right one, from 0.
    answer: usize,
    why: String,
}

/// A line of the table of contents.
#[derive(Debug, Serialize)]
struct Contents<'a> {
    slug: &'a str,
    track: &'a str,
    title: &'a str,
    summary: String,
    minutes: usize,
    steps: usize,
    /// What the search also looks at.
    words: Vec<&'a str>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// A lesson's file.
pub fn page(all: &Catalogue, entry: &Entry, lang: Lang) -> String {
    let (lesson, text) = (&entry.lesson, entry.text(lang));
    let mut marks = Marker::new(all, entry, lang);
    let steps = lesson.steps.iter().zip(&text.steps);
    let steps = steps.map(|(step, text)| page_step(step, text, &mut marks));
    let page = Page {
        slug: &entry.slug,
        number: entry.number,
        track: &lesson.track,
        title: &text.title,
        summary: html(&text.summary, true),
        minutes: minutes(entry, lang),
        par: lesson.par,
        terms: &lesson.terms,
        facts: &lesson.facts,
        allow: &lesson.allow,
        breaks: &lesson.breaks,
        plain: lesson.plain,
        start: crate::lesson::lines(&lesson.start)
            .collect::<Vec<_>>()
            .join("\n"),
        steps: steps.collect(),
        real: text.real.as_deref().map(|t| html(t, false)),
        next: next(all, entry, lang),
    };
    json(&page)
}

fn page_step<'a>(step: &'a Step, text: &'a StepText, marks: &mut Marker) -> PageStep<'a> {
    let intro = marks.html(&text.intro);
    let ask = text.ask.as_ref().map(|ask| page_ask(step, ask, marks));
    let act = text.act.as_ref().map(|it| pressable(marks.html(it), runs));
    PageStep {
        title: &text.title,
        intro,
        ask,
        act,
        hints: text.hints.iter().map(|it| hint_html(it, runs)).collect(),
        goals: &step.goals,
        aims: text.goals.iter().map(|it| html(it, true)).collect(),
        open: step.open.as_deref(),
        solution: step.lines().filter(|l| !expects(l)).collect(),
        seen: text.seen.as_ref().map(|it| marks.html(it)),
        notes: text.notes.as_ref().map(|it| html(it, false)),
        myth: !step.myths.is_empty(),
    }
}

/// Whether a code span is a whole command.
fn runs(line: &str) -> bool {
    line.contains(' ') && !line.contains('…') && line.parse::<Command>().is_ok()
}

fn page_ask(step: &Step, ask: &Ask, marks: &mut Marker) -> PageAsk {
    PageAsk {
        question: marks.html(&ask.question),
        choices: ask.choices.iter().map(|c| html(c, true)).collect(),
        answer: step.answer.unwrap_or_default().saturating_sub(1),
        why: marks.html(&ask.why),
    }
}

fn next<'a>(all: &'a Catalogue, entry: &Entry, lang: Lang) -> Vec<Link<'a>> {
    let following = all.lessons.iter().find(|e| e.number == entry.number + 1);
    let named = entry.lesson.see.iter();
    let named = named.filter_map(|slug| all.lessons.iter().find(|e| e.slug == *slug));
    let link = |e: &'a Entry| Link {
        number: e.number,
        slug: &e.slug,
        title: &e.text(lang).title,
    };
    following.into_iter().chain(named).map(link).collect()
}

/// A term with the step that explains it.
#[derive(Debug, Serialize)]
struct Term<'a> {
    term: String,
    slug: &'a str,
    /// From 1.
    step: usize,
    text: String,
}

/// The table of contents, with the terms.
#[derive(Debug, Serialize)]
struct Index<'a> {
    lessons: Vec<Contents<'a>>,
    terms: Vec<Term<'a>>,
}

fn line(e: &Entry, lang: Lang) -> Contents<'_> {
    let words = e.lesson.tags.iter().chain(&e.lesson.terms);
    Contents {
        slug: &e.slug,
        track: &e.lesson.track,
        title: &e.text(lang).title,
        summary: plain(&e.text(lang).summary).trim().to_owned(),
        minutes: minutes(e, lang),
        steps: e.lesson.steps.len(),
        words: words.map(String::as_str).collect(),
    }
}

fn term(it: Gloss<'_>) -> Term<'_> {
    Term {
        text: html(&it.sentence, true),
        term: it.term,
        slug: it.slug,
        step: it.step,
    }
}

/// The table of contents.
pub fn contents(all: &Catalogue, lang: Lang) -> String {
    json(&Index {
        lessons: all.lessons.iter().map(|e| line(e, lang)).collect(),
        terms: glossary(all, lang).into_iter().map(term).collect(),
    })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Writes every file into a folder; returns how many.
///
/// # Errors
/// When one cannot be written.
pub fn write(all: &Catalogue, folder: &Path) -> Result<usize, String> {
    let io = |e: std::io::Error| format!("{}: {e}", folder.display());
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut count = 0;
    for lang in Lang::ALL {
        let code = lang.code();
        let index = (format!("index.{code}.json"), contents(all, lang));
        let pages = all
            .lessons
            .iter()
            .map(|e| (format!("{}.{code}.json", e.slug), page(all, e, lang)));
        for (name, text) in pages.chain([index]) {
            std::fs::write(folder.join(name), text).map_err(io)?;
            count += 1;
        }
    }
    Ok(count)
}
