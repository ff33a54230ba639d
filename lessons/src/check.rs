//! Holds a lesson to what it says.
//!
//! [`form`] looks at the files: every language has every text, answers exist, terms are explained, command lines that a
//! text shows can be read, a lesson is neither too long nor too large. [`conduct`] plays it: the start meets no goal, the
//! solution meets each in order and not before its turn, no step's solution can do without its last command, what the
//! texts claim is seen, time alone meets no goal, a learner who hesitates gets there too, and no guarantee breaks unless
//! the lesson says so.

use crate::catalogue::{Catalogue, Entry};
use crate::lesson::{Lesson, PANELS, TRACKS, acts, expects};
use crate::play::Play;
use crate::render::{LIMIT, page};
use crate::text::{Lang, StepText, Text, marks, plain};
use rebalance_core::command::{Command, usage};

/// What a lesson may take, in minutes.
const MINUTES: std::ops::RangeInclusive<usize> = 3..=8;
/// The longest line, in characters, that says what a term means.
const DEFINITION: usize = 120;
/// A hesitant learner waits this long before each command.
const HESITATION: &str = "advance 5s";
/// So often a learner who does nothing at all lets that time pass: one minute.
const IDLE: usize = 12;

/// Everything wrong with a lesson, one sentence each.
pub fn all(catalogue: &Catalogue, entry: &Entry) -> Vec<String> {
    let mut wrong = form(catalogue, entry);
    if let Err(why) = conduct(&entry.lesson) {
        wrong.push(why);
    }
    let name = &entry.slug;
    wrong.iter_mut().for_each(|w| *w = format!("{name}: {w}"));
    wrong
}

/// Seconds a learner needs: reading, a while for each prediction and each command.
fn seconds(entry: &Entry, lang: Lang) -> usize {
    let read = entry.text(lang).reading();
    let han = read.chars().filter(|c| is_han(*c)).count();
    let other: String = read
        .chars()
        .map(|c| if is_han(c) { ' ' } else { c })
        .collect();
    let words = other
        .split_whitespace()
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .count();
    let asks = entry
        .lesson
        .steps
        .iter()
        .filter(|s| s.answer.is_some())
        .count();
    // 200 words or 300 characters a minute; 20 s for a prediction, 15 s for a command.
    words * 60 / 200 + han * 60 / 300 + asks * 20 + entry.lesson.par * 15
}

/// Minutes a learner needs.
pub fn minutes(entry: &Entry, lang: Lang) -> usize {
    (seconds(entry, lang) + 30) / 60
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// What is wrong with its files.
pub fn form(catalogue: &Catalogue, entry: &Entry) -> Vec<String> {
    let mut wrong = Vec::new();
    let lesson = &entry.lesson;
    let mut must = |fine: bool, why: String| {
        if !fine {
            wrong.push(why);
        }
    };
    must(
        TRACKS.contains(&lesson.track.as_str()),
        format!("there is no track `{}`", lesson.track),
    );
    must(
        !lesson.tags.is_empty() && !lesson.facts.is_empty(),
        "it needs tags and facts".into(),
    );
    must(
        lesson.steps.iter().any(|s| s.answer.is_some()),
        "it asks for no prediction".into(),
    );
    must(
        lesson.steps.iter().any(|s| !s.goals.is_empty()),
        "it has no goal".into(),
    );
    for term in &lesson.terms {
        let line = |lang| {
            let it = catalogue.definition(term)?.text(lang);
            Some((10..=DEFINITION).contains(&it.chars().count()))
        };
        must(
            [Lang::En, Lang::Zh].map(line) == [Some(true); 2],
            format!("`{term}` needs a line of at most {DEFINITION} characters in terms.toml"),
        );
    }
    let commands = lesson.commands();
    must(
        lesson.par == commands,
        format!(
            "par is {}, but the solution has {commands} commands",
            lesson.par
        ),
    );
    for slug in &lesson.see {
        must(
            known(catalogue, slug),
            format!("`see` names a lesson `{slug}` that does not exist"),
        );
    }
    for myth in lesson.steps.iter().flat_map(|s| &s.myths) {
        must(
            catalogue.myths.iter().any(|m| m.id == *myth),
            format!("there is no myth `{myth}`"),
        );
    }
    for line in lesson
        .steps
        .iter()
        .flat_map(|s| s.lines())
        .filter(|l| acts(l))
    {
        let allowed =
            lesson.allow.is_empty() || lesson.allow.iter().any(|a| line.starts_with(a.as_str()));
        must(
            allowed,
            format!("the solution's `{line}` is not among the allowed commands"),
        );
    }
    for panel in lesson.steps.iter().filter_map(|s| s.open.as_deref()) {
        must(
            PANELS.contains(&panel),
            format!(
                "there is no panel `{panel}`; there are {}",
                PANELS.join(", ")
            ),
        );
    }
    for lang in Lang::ALL {
        let found = language(catalogue, entry, lang);
        wrong.extend(
            found
                .into_iter()
                .map(|w| format!("{}.md: {w}", lang.code())),
        );
    }
    wrong
}

fn known(catalogue: &Catalogue, slug: &str) -> bool {
    catalogue.lessons.iter().any(|e| e.slug == slug)
}

/// What is wrong with one language.
fn language(catalogue: &Catalogue, entry: &Entry, lang: Lang) -> Vec<String> {
    let (lesson, text) = (&entry.lesson, entry.text(lang));
    let mut wrong = Vec::new();
    let (has, wants) = (text.steps.len(), lesson.steps.len());
    if has != wants {
        return vec![format!("it has {has} steps, but lesson.toml has {wants}")];
    }
    for (at, (step, text)) in lesson.steps.iter().zip(&text.steps).enumerate() {
        let found = step_text(step.answer, &step.goals, text);
        wrong.extend(found.into_iter().map(|w| format!("step {}: {w}", at + 1)));
    }
    for (step, other) in text.steps.iter().zip(&entry.text(Lang::En).steps) {
        let choices = |s: &StepText| s.ask.as_ref().map_or(0, |a| a.choices.len());
        if choices(step) != choices(other)
            || step.hints.len() != other.hints.len()
            || step.intro.is_empty() != other.intro.is_empty()
            || step.notes.is_some() != other.notes.is_some()
        {
            wrong.push(format!("`{}` has other parts than in English", step.title));
        }
    }
    if text.summary.is_empty() {
        wrong.push("the title needs a summary".into());
    }
    if text.real.is_some() != entry.text(Lang::En).real.is_some() {
        wrong.push("only one language says what real Kafka does differently".into());
    }
    wrong.extend(markup(catalogue, lesson, text));
    wrong.extend(tongue(text, lang));
    let minutes = minutes(entry, lang);
    if !MINUTES.contains(&minutes) {
        wrong.push(format!(
            "it takes {minutes} minutes ({} s); 3 to 8 are fine",
            seconds(entry, lang)
        ));
    }
    let size = page(catalogue, entry, lang).len();
    if size > LIMIT {
        wrong.push(format!("it takes {size} bytes; {LIMIT} are allowed"));
    }
    wrong
}

/// A step's text has what the step needs, and nothing else.
fn step_text(answer: Option<usize>, goals: &[String], text: &StepText) -> Vec<String> {
    let mut wrong = Vec::new();
    let has_goal = !goals.is_empty();
    if text.goals.len() != goals.len() {
        let (says, has) = (text.goals.len(), goals.len());
        wrong.push(format!(
            "it says {says} goals in words, but lesson.toml has {has}"
        ));
    }
    // A formula is not words.
    let formula = |it: &&String| goals.contains(it) || it.contains(">=") || it.contains("<=");
    if let Some(it) = text.goals.iter().find(formula) {
        wrong.push(format!("the goal `{it}` is a formula; say it in words"));
    }
    if text.notes.is_none() {
        wrong.push("whoever teaches it finds no notes".into());
    }
    match (answer, &text.ask) {
        (Some(right), Some(ask)) => {
            if right == 0 || right > ask.choices.len() || ask.choices.len() < 2 {
                wrong.push(format!("choice {right} of {}", ask.choices.len()));
            }
            if ask.why.is_empty() {
                wrong.push("the prediction has no `why`".into());
            }
        }
        (None, None) => {}
        _ => wrong.push("a prediction needs both a text and an `answer`".into()),
    }
    match has_goal {
        true if text.act.is_none() => {
            wrong.push("it has a goal but does not say what to do".into())
        }
        true if text.hints.is_empty() => wrong.push("it has a goal but no hint".into()),
        true if text.seen.is_none() => {
            wrong.push("it has a goal but does not say what was seen".into())
        }
        false if text.act.is_some() => wrong.push("it says what to do but has no goal".into()),
        _ => {}
    }
    wrong
}

/// Terms, links, and command lines shown in a text.
fn markup(catalogue: &Catalogue, lesson: &Lesson, text: &Text) -> Vec<String> {
    let mut wrong = Vec::new();
    let found: Vec<_> = text.pieces().into_iter().map(marks).collect();
    for term in &lesson.terms {
        let explained = found
            .iter()
            .flat_map(|m| &m.bold)
            .any(|b| b.to_lowercase().contains(&term.to_lowercase()));
        if !explained {
            wrong.push(format!("**{term}** is nowhere explained"));
        }
    }
    // Beside Chinese punctuation, `**` needs a blank to count.
    if text.pieces().into_iter().any(|p| plain(p).contains("**")) {
        wrong.push("a `**` makes nothing bold: put a blank beside it".into());
    }
    let heads = command_heads();
    for mark in &found {
        for link in &mark.links {
            let fine = link
                .strip_prefix("lesson:")
                .is_some_and(|slug| known(catalogue, slug));
            if !fine {
                wrong.push(format!(
                    "a link to `{link}`; links lead to lessons: lesson:slug"
                ));
            }
        }
        wrong.extend(
            mark.foreign
                .iter()
                .map(|f| format!("`{f}` has no place here")),
        );
        for line in &mark.code {
            // `topic create …` only names a command; a line without dots must be one.
            let begins = heads.iter().any(|h| line.starts_with(h.as_str()));
            if !begins || line.contains('…') || heads.contains(line) {
                continue;
            }
            if let Err(e) = line.parse::<Command>() {
                wrong.push(format!("`{line}` is not a command: {e}"));
            }
        }
    }
    wrong
}

/// `topic create`, `producer send` and so on.
fn command_heads() -> Vec<String> {
    let two = |line: String| {
        line.split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let heads = usage().into_iter().map(two);
    heads
        .filter(|h| !h.starts_with("advance") && !h.starts_with("expect"))
        .collect()
}

/// An English text has no Chinese; a Chinese one mostly is.
fn tongue(text: &Text, lang: Lang) -> Option<String> {
    let read = text.reading();
    let letters = read.chars().filter(|c| c.is_alphabetic()).count();
    let han = read.chars().filter(|c| is_han(*c)).count();
    match lang {
        Lang::En if han > 0 => Some("it has Chinese characters".into()),
        Lang::Zh if han * 3 < letters => Some("it is mostly not Chinese".into()),
        _ => None,
    }
}

/// Plays it.
///
/// # Errors
/// The first thing that does not go as the lesson says.
pub fn conduct(lesson: &Lesson) -> Result<(), String> {
    at_the_start(lesson)?;
    let mut play = Play::new(&lesson.start)?;
    for (at, step) in lesson.steps.iter().enumerate() {
        let name = format!("step {}", at + 1);
        let fail = |why: String| format!("{name}: {why}");
        if play.met(&step.goals).map_err(fail)? {
            return Err(fail("its goal is met before its turn".into()));
        }
        for line in step.lines() {
            play.line(line).map_err(fail)?;
        }
        if !step.goals.is_empty() && !play.met(&step.goals).map_err(fail)? {
            return Err(fail(format!(
                "its solution does not meet {}",
                play.unmet(&step.goals)?
            )));
        }
        if step.goals.is_empty() && !step.solution.is_empty() {
            return Err(fail("it has a solution but no goal".into()));
        }
        without_last(lesson, at)?;
        by_time_alone(lesson, at)?;
    }
    let (broken, allowed) = (play.broken(), &lesson.breaks);
    if broken != *allowed {
        return Err(format!(
            "guarantees broken: {broken:?}, but the lesson says {allowed:?}"
        ));
    }
    if lesson.hurried {
        Ok(())
    } else {
        hesitant(lesson)
    }
}

/// The start meets no goal.
fn at_the_start(lesson: &Lesson) -> Result<(), String> {
    let play = Play::new(&lesson.start)?;
    for (at, step) in lesson.steps.iter().enumerate() {
        if play.met(&step.goals)? {
            return Err(format!("the start meets the goal of step {}", at + 1));
        }
    }
    Ok(())
}

/// A step's goal is not met without the last command of its solution, or without its waiting if there is no command.
fn without_last(lesson: &Lesson, at: usize) -> Result<(), String> {
    let step = &lesson.steps[at];
    let lines: Vec<&str> = step.lines().filter(|l| !expects(l)).collect();
    let last = lines
        .iter()
        .rposition(|l| acts(l))
        .or(lines.len().checked_sub(1));
    let Some(last) = last else { return Ok(()) };
    let mut play = begin(lesson, at)?;
    for (number, line) in lines.iter().enumerate() {
        // Without the last command a later line may be refused; that is noticing, too.
        if number != last && play.line(line).is_err() {
            return Ok(());
        }
    }
    match play.met(&step.goals)? {
        true => Err(format!(
            "step {}: its goal is met without `{}`",
            at + 1,
            lines[last]
        )),
        false => Ok(()),
    }
}

/// A learner who does nothing meets no goal, unless the solution begins with waiting: then the page's clock stands still
/// until the prediction is made.
fn by_time_alone(lesson: &Lesson, at: usize) -> Result<(), String> {
    let step = &lesson.steps[at];
    if !step.lines().find(|l| !expects(l)).is_some_and(acts) {
        return Ok(());
    }
    let mut play = begin(lesson, at)?;
    for _ in 0..IDLE {
        play.line(HESITATION)?;
        if play.met(&step.goals)? {
            let now = play.now();
            return Err(format!(
                "step {}: time alone meets its goal, at {now}",
                at + 1
            ));
        }
    }
    Ok(())
}

/// The cluster as a step finds it.
fn begin(lesson: &Lesson, at: usize) -> Result<Play, String> {
    let mut play = Play::new(&lesson.start)?;
    let before = lesson.steps[..at].iter().flat_map(|s| s.lines());
    for line in before.filter(|l| !expects(l)) {
        play.line(line)?;
    }
    Ok(play)
}

/// A learner who waits before each command meets every goal, too.
fn hesitant(lesson: &Lesson) -> Result<(), String> {
    let mut play = Play::new(&lesson.start)?;
    for (at, step) in lesson.steps.iter().enumerate() {
        let fail = |why: String| format!("step {}, for a learner who hesitates: {why}", at + 1);
        for line in step.lines().filter(|l| !expects(l)) {
            if acts(line) {
                play.line(HESITATION)?;
            }
            play.line(line).map_err(fail)?;
        }
        if !step.goals.is_empty() && !play.met(&step.goals)? {
            return Err(fail(format!(
                "its solution does not meet {}; if that must be so, say `hurried = true`",
                play.unmet(&step.goals)?
            )));
        }
    }
    Ok(())
}
