//! A lesson's text in one language: Markdown with a fixed skeleton.
//!
//! ```text
//! # Title
//! One paragraph: what it is about.
//! ## A step's title
//! What to read first.
//! ### Predict        a question, then the choices as a list
//! ### Why            shown after the prediction
//! ### Do             what to do, in words
//! ### Hint           may stand several times
//! ### Seen           shown when the goal is met
//! ## In real Kafka   optional, at the end: what differs there, and what to look up
//! ```
//!
//! The headings of parts are words of the language ([`Words`]). Inside, it is plain Markdown: no HTML, no pictures, and links
//! only to other lessons (`lesson:slug`).

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

/// What the parts are called in a language.
#[derive(Debug)]
struct Words {
    predict: &'static str,
    why: &'static str,
    act: &'static str,
    hint: &'static str,
    seen: &'static str,
    real: &'static str,
}

const EN: Words = Words {
    predict: "Predict",
    why: "Why",
    act: "Do",
    hint: "Hint",
    seen: "Seen",
    real: "In real Kafka",
};

const ZH: Words = Words {
    predict: "预测",
    why: "为什么",
    act: "动手",
    hint: "提示",
    seen: "看到了什么",
    real: "真实的 Kafka",
};

impl Lang {
    /// Both.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// `en` or `zh`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::En => &EN,
            Self::Zh => &ZH,
        }
    }
}

/// A lesson's text. Every field is Markdown.
#[derive(Debug, Default, Clone)]
pub struct Text {
    /// The title, plain text.
    pub title: String,
    /// One paragraph.
    pub summary: String,
    /// In the order of the lesson's steps.
    pub steps: Vec<StepText>,
    /// What real Kafka does differently.
    pub real: Option<String>,
}

/// A step's text.
#[derive(Debug, Default, Clone)]
pub struct StepText {
    /// The title, plain text.
    pub title: String,
    /// Read first.
    pub intro: String,
    /// The prediction.
    pub ask: Option<Ask>,
    /// What to do.
    pub act: Option<String>,
    /// Hints, each giving away more than the one before.
    pub hints: Vec<String>,
    /// Shown when the goal is met.
    pub seen: Option<String>,
}

/// A prediction.
#[derive(Debug, Default, Clone)]
pub struct Ask {
    /// The question.
    pub question: String,
    /// Its choices.
    pub choices: Vec<String>,
    /// Shown after a choice was made.
    pub why: String,
}

/// Where the next paragraph belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Summary,
    Intro,
    Predict,
    Why,
    Do,
    Hint,
    Seen,
    Real,
}

/// Reads a text.
///
/// # Errors
/// What does not fit the skeleton, with its line.
pub fn parse(lang: Lang, source: &str) -> Result<Text, String> {
    let mut text = Text::default();
    let mut part = Part::Summary;
    let mut body = String::new();
    let mut fenced = false;
    for (number, line) in source.lines().enumerate() {
        fenced ^= line.starts_with("```");
        let heading = (!fenced).then(|| heading(line)).flatten();
        let Some((level, words)) = heading else {
            body.push_str(line);
            body.push('\n');
            continue;
        };
        let wrong = |why: String| format!("line {}: {why}", number + 1);
        finish(&mut text, part, &mut body).map_err(wrong)?;
        part = begin(&mut text, lang, level, words).map_err(wrong)?;
    }
    finish(&mut text, part, &mut body).map_err(|why| format!("at the end: {why}"))?;
    if text.title.is_empty() {
        return Err("line 1: the first line must be `# ` and the title".into());
    }
    Ok(text)
}

/// The level and the words of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let words = line[level..].strip_prefix(' ')?;
    (level > 0).then_some((level, words.trim()))
}

/// Opens what a heading names.
fn begin(text: &mut Text, lang: Lang, level: usize, title: &str) -> Result<Part, String> {
    let words = lang.words();
    match level {
        1 if text.title.is_empty() => {
            text.title = title.into();
            Ok(Part::Summary)
        }
        2 if title == words.real => Ok(Part::Real),
        2 => {
            text.steps.push(StepText {
                title: title.into(),
                ..StepText::default()
            });
            Ok(Part::Intro)
        }
        3 if !text.steps.is_empty() => {
            let parts = [
                (words.predict, Part::Predict),
                (words.why, Part::Why),
                (words.act, Part::Do),
                (words.hint, Part::Hint),
                (words.seen, Part::Seen),
            ];
            let found = parts.iter().find(|p| p.0 == title);
            found.map(|p| p.1).ok_or_else(|| {
                let names = parts.map(|p| p.0).join(", ");
                format!("a step has no part `{title}`; its parts are {names}")
            })
        }
        _ => Err(format!("a heading `{title}` does not belong here")),
    }
}

/// Puts what was read into its place.
fn finish(text: &mut Text, part: Part, body: &mut String) -> Result<(), String> {
    let read = std::mem::take(body).trim().to_owned();
    if read.is_empty() {
        return match part {
            Part::Summary | Part::Intro => Ok(()),
            _ => Err(format!("the part before this ({part:?}) is empty")),
        };
    }
    let step = text.steps.last_mut();
    match (part, step) {
        (Part::Summary, _) => text.summary = read,
        (Part::Real, _) => text.real = Some(read),
        (Part::Intro, Some(step)) => step.intro = read,
        (Part::Predict, Some(step)) => step.ask = Some(question(&read)?),
        (Part::Why, Some(step)) => {
            let ask = step.ask.as_mut();
            ask.ok_or("why what? there is no prediction before")?.why = read;
        }
        (Part::Do, Some(step)) => step.act = Some(read),
        (Part::Hint, Some(step)) => step.hints.push(read),
        (Part::Seen, Some(step)) => step.seen = Some(read),
        (_, None) => return Err("there is no step yet".into()),
    }
    Ok(())
}

/// Cuts a prediction into its question and its choices.
fn question(read: &str) -> Result<Ask, String> {
    let at = read
        .find("\n- ")
        .ok_or("a prediction ends with its choices, a list of lines beginning with `- `")?;
    let choices = read[at..].split("\n- ").skip(1);
    Ok(Ask {
        question: read[..at].trim().into(),
        choices: choices.map(|c| c.trim().to_owned()).collect(),
        why: String::new(),
    })
}

impl Text {
    /// Every piece of Markdown, in reading order.
    pub fn pieces(&self) -> Vec<&str> {
        let mut all = vec![self.summary.as_str()];
        for step in &self.steps {
            all.push(&step.intro);
            if let Some(ask) = &step.ask {
                all.push(&ask.question);
                all.extend(ask.choices.iter().map(String::as_str));
                all.push(&ask.why);
            }
            all.extend(step.act.as_deref());
            all.extend(step.hints.iter().map(String::as_str));
            all.extend(step.seen.as_deref());
        }
        all.extend(self.real.as_deref());
        all
    }

    /// Everything a reader reads, without markup; hints do not count.
    pub fn reading(&self) -> String {
        let hints: Vec<&str> = self
            .steps
            .iter()
            .flat_map(|s| &s.hints)
            .map(String::as_str)
            .collect();
        let pieces = self.pieces().into_iter().filter(|p| !hints.contains(p));
        pieces.map(plain).collect::<Vec<_>>().join("\n")
    }
}

fn markdown(source: &str) -> Parser<'_> {
    Parser::new_ext(source, Options::ENABLE_TABLES)
}

/// HTML of a piece of Markdown. A single paragraph loses its `<p>` when `inline`.
pub fn html(source: &str, inline: bool) -> String {
    let events = markdown(source).map(|event| match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest = dest_url.strip_prefix("lesson:");
            let dest_url = dest.map_or(dest_url.clone(), |slug| format!("#/lesson/{slug}").into());
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            })
        }
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    let out = out.trim_end();
    let one = out.strip_prefix("<p>").and_then(|o| o.strip_suffix("</p>"));
    match one {
        Some(one) if inline && !one.contains("<p>") => one.into(),
        _ => out.into(),
    }
}

/// The words of a piece of Markdown.
pub fn plain(source: &str) -> String {
    let mut out = String::new();
    for event in markdown(source) {
        match event {
            Event::Text(t) | Event::Code(t) => out.push_str(&t),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => out.push('\n'),
            _ => {}
        }
    }
    out
}

/// What a checker wants to know of a piece of Markdown.
#[derive(Debug, Default)]
pub struct Marks {
    /// Texts in **bold**.
    pub bold: Vec<String>,
    /// Code spans, and the lines of code blocks.
    pub code: Vec<String>,
    /// Where links lead.
    pub links: Vec<String>,
    /// HTML and pictures, which have no place here.
    pub foreign: Vec<String>,
}

/// Collects them.
pub fn marks(source: &str) -> Marks {
    let mut found = Marks::default();
    let (mut strong, mut block) = (false, false);
    for event in markdown(source) {
        match event {
            Event::Start(Tag::Strong) => {
                strong = true;
                found.bold.push(String::new());
            }
            Event::End(TagEnd::Strong) => strong = false,
            Event::Start(Tag::CodeBlock(_)) => block = true,
            Event::End(TagEnd::CodeBlock) => block = false,
            Event::Start(Tag::Link { dest_url, .. }) => found.links.push(dest_url.to_string()),
            Event::Start(Tag::Image { dest_url, .. }) => found.foreign.push(dest_url.to_string()),
            Event::Html(t) | Event::InlineHtml(t) => found.foreign.push(t.to_string()),
            Event::Text(t) if block => found.code.extend(t.lines().map(str::to_owned)),
            Event::Text(t) | Event::Code(t) if strong => {
                found.bold.last_mut().expect("begun above").push_str(&t)
            }
            Event::Code(t) => found.code.push(t.to_string()),
            _ => {}
        }
    }
    found
}
