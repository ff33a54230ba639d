//! Kafka's terms: where each is explained, and the marks that a lesson's text gets where it first uses a term of another lesson.
//!
//! What a term means stands in `assets/lessons/terms.toml`, one line in each language: a sentence taken out of a lesson
//! would mean nothing by itself. A marked term is a button that carries its explanation; the page shows it beside the text. Terms that are everyday words
//! as well (`leader`, `event`) are in the table of contents only.

use crate::catalogue::{Catalogue, Entry};
use crate::text::{Lang, Text, html, plain, sentence_about};

/// Words that mean something else often enough to confuse when marked.
const EVERYDAY: [&str; 12] = [
    "leader",
    "follower",
    "event",
    "range",
    "position",
    "idle",
    "sticky",
    "truncates",
    "acknowledges",
    "repartitioning",
    "cooperative",
    "key",
];

/// A term with the step that explains it.
#[derive(Debug, Clone)]
pub struct Gloss<'a> {
    /// In the lesson's list, in Kafka's words.
    pub name: &'a str,
    /// As the text has it.
    pub term: String,
    /// The lesson.
    pub slug: &'a str,
    /// From 1.
    pub step: usize,
    /// What it means, in one line of Markdown.
    pub sentence: String,
}

/// Every term that a lesson explains, in alphabetical order.
pub fn glossary(all: &Catalogue, lang: Lang) -> Vec<Gloss<'_>> {
    let mut terms: Vec<Gloss> = Vec::new();
    for entry in &all.lessons {
        for name in &entry.lesson.terms {
            let line = all.definition(name).map(|it| it.text(lang).to_owned());
            if let Some(((step, bold), sentence)) = explained(entry.text(lang), name).zip(line) {
                let term = if lang == Lang::En { name.clone() } else { bold };
                let slug = &entry.slug;
                terms.push(Gloss {
                    name,
                    term,
                    slug,
                    step,
                    sentence,
                });
            }
        }
    }
    terms.sort_by_key(|it| it.term.to_lowercase());
    terms
}

/// The step (from 1) that explains a term, and the bold words.
fn explained(text: &Text, term: &str) -> Option<(usize, String)> {
    for (at, step) in text.steps.iter().enumerate() {
        let ask = step.ask.as_ref();
        let pieces = [
            Some(&step.intro),
            ask.map(|a| &a.question),
            ask.map(|a| &a.why),
        ];
        let pieces = pieces
            .into_iter()
            .chain([step.act.as_ref(), step.seen.as_ref()]);
        for piece in pieces.flatten() {
            if let Some((bold, _)) = sentence_about(piece, term) {
                return Some((at + 1, bold));
            }
        }
    }
    let (bold, _) = sentence_about(&text.summary, term)?;
    Some((1, bold))
}

/// Marks terms in the pieces of one lesson, each once.
#[derive(Debug)]
pub struct Marker<'a> {
    left: Vec<Gloss<'a>>,
}

impl<'a> Marker<'a> {
    /// For a lesson: all terms but its own.
    pub fn new(all: &'a Catalogue, entry: &Entry, lang: Lang) -> Self {
        let mut left = glossary(all, lang);
        let own = |it: &Gloss| entry.lesson.terms.iter().any(|term| term == it.name);
        left.retain(|it| !own(it) && !EVERYDAY.contains(&it.name));
        // The longest first: `consumer group` before `consumer`.
        left.sort_by_key(|it| std::cmp::Reverse(it.term.len()));
        Self { left }
    }

    /// The HTML of a piece of Markdown, with terms marked.
    pub fn html(&mut self, source: &str) -> String {
        let mut out = String::new();
        let mut inside = 0usize;
        let whole = html(source, false);
        let mut rest = whole.as_str();
        while !rest.is_empty() {
            let (piece, after) = match rest.strip_prefix('<') {
                Some(_) => rest.split_at(rest.find('>').map_or(rest.len(), |it| it + 1)),
                None => rest.split_at(rest.find('<').unwrap_or(rest.len())),
            };
            if piece.starts_with('<') {
                inside = nesting(piece, inside);
                out.push_str(piece);
            } else if inside == 0 {
                out.push_str(&self.words(piece));
            } else {
                out.push_str(piece);
            }
            rest = after;
        }
        out
    }

    /// A piece of text between tags.
    fn words(&mut self, text: &str) -> String {
        let mut found = self.left.iter().enumerate();
        let found = found.find_map(|(at, it)| Some((at, place(text, &it.term)?)));
        let Some((at, range)) = found else {
            return text.to_owned();
        };
        let gloss = self.left.remove(at);
        let (before, rest) = text.split_at(range.start);
        let (word, after) = rest.split_at(range.len());
        let sentence = plain(&gloss.sentence);
        let sentence = sentence.trim().replace('&', "&amp;").replace('"', "&quot;");
        let button = format!(
            "<button type=\"button\" class=\"term\" data-in=\"{}/{}\" data-gloss=\"{}\">{word}</button>",
            gloss.slug,
            gloss.step,
            sentence.replace('<', "&lt;")
        );
        // The shorter terms may stand on either side.
        let before = self.words(before);
        let after = self.words(after);
        format!("{before}{button}{after}")
    }
}

/// How many elements that take no marks are open after a tag.
fn nesting(tag: &str, open: usize) -> usize {
    let name = tag.trim_start_matches(['<', '/']);
    let closed = ["code", "strong", "em", "a", "pre", "th", "button"];
    let is = |it: &str| {
        let after = name.strip_prefix(it);
        after.is_some_and(|it| it.starts_with(['>', ' ']))
    };
    match (closed.iter().any(|it| is(it)), tag.starts_with("</")) {
        (false, _) => open,
        (true, true) => open.saturating_sub(1),
        (true, false) => open + 1,
    }
}

/// Where a text uses a term, which may have two names: `高水位（high watermark）`.
fn place(text: &str, term: &str) -> Option<std::ops::Range<usize>> {
    let names = term.split(['（', '）']).filter(|it| !it.is_empty());
    let places = names.filter_map(|it| name_place(text, it));
    places.min_by_key(|it| it.start)
}

/// Where a text uses a name: a whole word, perhaps in the plural.
fn name_place(text: &str, term: &str) -> Option<std::ops::Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let wanted = term.to_ascii_lowercase();
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-';
    let mut from = 0;
    while let Some(at) = lower[from..].find(&wanted).map(|it| it + from) {
        let mut end = at + wanted.len();
        let latin = wanted.is_ascii();
        let before = text[..at].chars().next_back();
        if latin && text[end..].starts_with('s') {
            end += 1;
        }
        let mut after = text[end..].chars();
        let next = after
            .next()
            .filter(|it| *it != '.' || after.next().is_some_and(letter));
        if !latin || (!before.is_some_and(letter) && !next.is_some_and(letter)) {
            return Some(at..end);
        }
        from = at + wanted.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker() -> Marker<'static> {
        let gloss = |term: &str, name: &'static str| Gloss {
            name,
            term: term.into(),
            slug: "there",
            step: 2,
            sentence: "It \"is\" so & so.".into(),
        };
        Marker {
            left: vec![
                gloss("consumer group", ""),
                gloss("高水位（high watermark）", ""),
                gloss("offset", ""),
            ],
        }
    }

    #[test]
    fn a_term_is_marked_where_it_is_first_used() {
        let mut marker = marker();
        let html = marker
            .html("Consumer groups keep **offset** and `offset`, two offsets. Another offset.");
        assert_eq!(html.matches("class=\"term\"").count(), 2, "{html}");
        assert!(
            html.contains(">Consumer groups</button> keep <strong>offset</strong>"),
            "{html}"
        );
        assert!(html.contains("two <button"), "{html}");
        assert!(
            html.contains("data-gloss=\"It &quot;is&quot; so &amp; so.\""),
            "{html}"
        );
        assert_eq!(marker.html("offset"), "<p>offset</p>", "once is enough");
    }

    #[test]
    fn parts_of_words_are_left_alone() {
        assert_eq!(place("auto.offset.reset", "offset"), None);
        assert_eq!(place("offsets_log", "offset"), None);
        assert_eq!(place("its offset.", "offset"), Some(4..10));
        assert_eq!(
            place("到高水位为止", "高水位（high watermark）"),
            Some(3..12)
        );
    }
}
