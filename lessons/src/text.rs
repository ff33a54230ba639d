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
//! ### Goals          what must hold then, as a list: one line in words for each goal of `lesson.toml`, in its order
//! ### Hint           may stand several times
//! ### Seen           shown when the goal is met
//! ### Notes          for whoever teaches: shown in the presenter's view only
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
    goals: &'static str,
    hint: &'static str,
    seen: &'static str,
    notes: &'static str,
    real: &'static str,
}

const EN: Words = Words {
    predict: "Predict",
    why: "Why",
    act: "Do",
    goals: "Goals",
    hint: "Hint",
    seen: "Seen",
    notes: "Notes",
    real: "In real Kafka",
};

const ZH: Words = Words {
    predict: "预测",
    why: "为什么",
    act: "动手",
    goals: "目标",
    hint: "提示",
    seen: "看到了什么",
    notes: "讲稿",
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
    /// What must hold for the step to be done: a line in words for each goal.
    pub goals: Vec<String>,
    /// Hints, each giving away more than the one before.
    pub hints: Vec<String>,
    /// Shown when the goal is met.
    pub seen: Option<String>,
    /// For whoever teaches.
    pub notes: Option<String>,
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
    Goals,
    Hint,
    Seen,
    Notes,
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
                (words.goals, Part::Goals),
                (words.hint, Part::Hint),
                (words.seen, Part::Seen),
                (words.notes, Part::Notes),
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
        (Part::Goals, Some(step)) => step.goals = items(&read)?,
        (Part::Hint, Some(step)) => step.hints.push(read),
        (Part::Seen, Some(step)) => step.seen = Some(read),
        (Part::Notes, Some(step)) => step.notes = Some(read),
        (_, None) => return Err("there is no step yet".into()),
    }
    Ok(())
}

/// The items of a list, and nothing beside it.
fn items(read: &str) -> Result<Vec<String>, String> {
    let list = read.strip_prefix("- ");
    let list = list.ok_or("goals are a list of lines beginning with `- `")?;
    Ok(list.split("\n- ").map(|it| it.trim().to_owned()).collect())
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
            all.extend(step.goals.iter().map(String::as_str));
            all.extend(step.hints.iter().map(String::as_str));
            all.extend(step.seen.as_deref());
            all.extend(step.notes.as_deref());
        }
        all.extend(self.real.as_deref());
        all
    }

    /// Everything a reader reads, without markup; hints and the teacher's notes do not count.
    pub fn reading(&self) -> String {
        let aside = |step: &StepText| {
            let hints = step.hints.iter().cloned();
            hints.chain(step.notes.clone()).collect::<Vec<_>>()
        };
        let aside: Vec<String> = self.steps.iter().flat_map(aside).collect();
        let pieces = self.pieces().into_iter();
        let pieces = pieces.filter(|p| !aside.iter().any(|it| it == p));
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

/// The same for a hint: a command in it can be pressed to carry it out. `runs` says which code spans are commands.
pub fn hint_html(source: &str, runs: impl Fn(&str) -> bool) -> String {
    pressable(html(source, false), runs)
}

/// Makes buttons of the commands in a rendered text.
pub fn pressable(mut out: String, runs: impl Fn(&str) -> bool) -> String {
    let mut from = 0;
    while let Some(at) = out[from..].find("<code>").map(|at| at + from) {
        let Some(end) = out[at..].find("</code>").map(|end| at + end) else {
            break;
        };
        let inside = out[at + 6..end].to_owned();
        let line = inside.replace("&lt;", "<").replace("&gt;", ">");
        let line = line.replace("&quot;", "\"").replace("&amp;", "&");
        if runs(&line) {
            let line = inside.replace('"', "&quot;");
            let button = format!(
                "<button type=\"button\" class=\"run-line\" data-line=\"{line}\"><code>{inside}</code></button>"
            );
            out.replace_range(at..end + 7, &button);
            from = at + button.len();
        } else {
            from = end + 7;
        }
    }
    out
}

/// The sentence of a piece of Markdown that explains a term in **bold**: the bold words, and the sentence.
pub fn sentence_about(source: &str, term: &str) -> Option<(String, String)> {
    let term = term.to_lowercase();
    let mut from = 0;
    while let Some(at) = source[from..].find("**").map(|at| at + from) {
        let end = at + 2 + source[at + 2..].find("**")?;
        let bold = &source[at + 2..end];
        if bold.to_lowercase().contains(&term) {
            return Some((plain(bold).trim().to_owned(), sentence_around(source, at)));
        }
        from = end + 2;
    }
    None
}

/// A sentence shorter than this many bytes says too little without the one before it.
const SHORT: usize = 42;

/// The sentence around a place; with the one before it if it is very short.
fn sentence_around(source: &str, at: usize) -> String {
    let paragraph = source[..at].rfind("\n\n").map_or(0, |it| it + 2);
    let start = sentence_start(source, paragraph, at);
    let ends = [". ", ".\n", "? ", "。", "？", "\n\n"];
    let after = &source[at..];
    let end = ends
        .iter()
        .filter_map(|it| Some(after.find(it)? + it.trim().len()));
    let end = end.min().map_or(source.len(), |it| at + it);
    let before = source[paragraph..start].trim_end();
    let start = match end - start < SHORT && !before.is_empty() {
        true => sentence_start(
            source,
            paragraph,
            paragraph + before.len() - last_byte(before),
        ),
        false => start,
    };
    let sentence = source[start..end].trim().trim_start_matches("- ");
    sentence.trim_start_matches(['”', '"']).to_owned()
}

/// Bytes of the last character.
fn last_byte(text: &str) -> usize {
    text.chars().next_back().map_or(0, char::len_utf8)
}

fn sentence_start(source: &str, paragraph: usize, at: usize) -> usize {
    let before = &source[paragraph..at];
    let begins = [". ", "? ", ".\n", "?\n", ".\" ", "。", "？"];
    let start = begins
        .iter()
        .filter_map(|it| Some(before.rfind(it)? + it.len()));
    paragraph + start.max().unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_in_a_hint_can_be_pressed() {
        let html = hint_html("Use `topic alter x` or `lag \"&\"`.", |it| {
            it.starts_with("topic") || it == "lag \"&\""
        });
        assert!(
            html.contains("data-line=\"topic alter x\"><code>topic alter x</code></button>"),
            "{html}"
        );
        assert!(
            html.contains("data-line=\"lag &quot;&amp;&quot;\""),
            "{html}"
        );
        let html = hint_html("Look at `leo`.", |_| false);
        assert_eq!(html, "<p>Look at <code>leo</code>.</p>");
    }

    #[test]
    fn the_sentence_that_explains_a_term_is_found() {
        let text = "First this. A **log** is a sequence that only grows at its end. Then that.\n\nThe **high watermark** (HW) is a place?\nYes.";
        let (bold, sentence) = sentence_about(text, "Log").expect("it is there");
        assert_eq!(
            (bold.as_str(), sentence.as_str()),
            ("log", "A **log** is a sequence that only grows at its end.")
        );
        let (_, sentence) = sentence_about(
            "先看。**offset（位移）** 是记录在分区里的位置。再看。",
            "offset",
        )
        .expect("it is there");
        assert_eq!(sentence, "**offset（位移）** 是记录在分区里的位置。");
        assert_eq!(sentence_about(text, "isr"), None);
        let (_, sentence) = sentence_about(
            "It comes again. That is **at least once**.",
            "at least once",
        )
        .expect("it is there");
        assert_eq!(
            sentence, "It comes again. That is **at least once**.",
            "a short one needs the one before"
        );
    }
}
