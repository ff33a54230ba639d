//! What the page loads of lessons: the table of contents, and one lesson at a time.
//!
//! The crate `lessons` writes these files when the page is built; their texts are HTML made from the project's own Markdown. The
//! browser's `JSON.parse` reads them.

use crate::i18n::Lang;
use js_sys::{Array, JSON, Reflect};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use yew::AttrValue;

/// A line of the table of contents.
pub struct Line {
    /// Its name in links.
    pub slug: String,
    /// `first-steps`, `groups`, `staying-alive`, `real-life`.
    pub track: String,
    /// Title.
    pub title: AttrValue,
    /// One paragraph.
    pub summary: AttrValue,
    /// Estimated.
    pub minutes: usize,
    /// How many.
    pub steps: usize,
    /// Tags and terms, to search.
    pub words: Vec<String>,
}

/// A term, and the step that explains it.
pub struct Gloss {
    /// In Kafka's words.
    pub term: AttrValue,
    /// The lesson.
    pub slug: String,
    /// Its step, from 1.
    pub step: usize,
    /// The sentence that explains it.
    pub text: AttrValue,
}

/// The table of contents.
pub struct Contents {
    /// In the order in which a newcomer walks.
    pub lessons: Vec<Line>,
    /// In alphabetical order.
    pub terms: Vec<Gloss>,
}

/// A lesson. Texts are HTML.
#[allow(missing_docs)]
pub struct Lesson {
    pub slug: String,
    pub number: usize,
    pub track: String,
    pub title: AttrValue,
    pub summary: AttrValue,
    pub minutes: usize,
    /// Commands of the solution.
    pub par: usize,
    /// What it rests on.
    pub facts: Vec<String>,
    /// Commands the learner may give; empty: all.
    pub allow: Vec<String>,
    /// Guarantees that break on purpose.
    pub breaks: Vec<String>,
    /// The stage leaves out what has not been explained yet.
    pub plain: bool,
    /// The script the cluster begins with.
    pub start: String,
    pub steps: Vec<Step>,
    /// What real Kafka does differently.
    pub real: Option<AttrValue>,
    /// Lessons to go on with: number, name in links, title.
    pub next: Vec<(usize, String, AttrValue)>,
}

/// A step.
#[allow(missing_docs)]
pub struct Step {
    pub title: AttrValue,
    pub intro: AttrValue,
    pub ask: Option<Ask>,
    pub act: Option<AttrValue>,
    pub hints: Vec<AttrValue>,
    /// Expectations.
    pub goals: Vec<String>,
    /// The same in words.
    pub aims: Vec<AttrValue>,
    /// The panel that opens with the step.
    pub open: Option<AttrValue>,
    /// Lines of a script.
    pub solution: Vec<String>,
    pub seen: Option<AttrValue>,
    /// For whoever teaches.
    pub notes: Option<AttrValue>,
    /// It refutes a common false belief.
    pub myth: bool,
}

impl Step {
    /// Whether time alone shows what the prediction asks for, since the solution begins by waiting: then the clock must not run
    /// before the prediction is made.
    pub fn waits(&self) -> bool {
        let first = self.solution.iter().find(|it| !it.starts_with("expect"));
        self.ask.is_some()
            && !self.goals.is_empty()
            && first.is_some_and(|it| it.starts_with("advance"))
    }
}

/// A prediction.
#[allow(missing_docs)]
pub struct Ask {
    pub question: AttrValue,
    pub choices: Vec<AttrValue>,
    /// The right one, from 0.
    pub answer: usize,
    pub why: AttrValue,
}

/// A value of a JSON text.
struct Json(JsValue);

impl Json {
    fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED))
    }

    fn text(&self, name: &str) -> String {
        self.get(name).0.as_string().unwrap_or_default()
    }

    fn html(&self, name: &str) -> AttrValue {
        self.text(name).into()
    }

    fn maybe(&self, name: &str) -> Option<AttrValue> {
        self.get(name).0.as_string().map(Into::into)
    }

    fn number(&self, name: &str) -> usize {
        self.get(name).0.as_f64().map_or(0, |it| it as usize)
    }

    fn list(&self, name: &str) -> Vec<Self> {
        let list = self.get(name).0.dyn_into::<Array>();
        list.map_or_else(|_| Vec::new(), |it| it.iter().map(Self).collect())
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let items = self.list(name).into_iter();
        items.filter_map(|it| it.0.as_string()).collect()
    }

    fn htmls(&self, name: &str) -> Vec<AttrValue> {
        self.texts(name).into_iter().map(Into::into).collect()
    }
}

fn contents(json: &Json) -> Contents {
    let line = |it: Json| Line {
        slug: it.text("slug"),
        track: it.text("track"),
        title: it.html("title"),
        summary: it.html("summary"),
        minutes: it.number("minutes"),
        steps: it.number("steps"),
        words: it.texts("words"),
    };
    let gloss = |it: Json| Gloss {
        term: it.html("term"),
        slug: it.text("slug"),
        step: it.number("step"),
        text: it.html("text"),
    };
    Contents {
        lessons: json.list("lessons").into_iter().map(line).collect(),
        terms: json.list("terms").into_iter().map(gloss).collect(),
    }
}

fn lesson(json: &Json) -> Lesson {
    Lesson {
        slug: json.text("slug"),
        number: json.number("number"),
        track: json.text("track"),
        title: json.html("title"),
        summary: json.html("summary"),
        minutes: json.number("minutes"),
        par: json.number("par"),
        facts: json.texts("facts"),
        allow: json.texts("allow"),
        breaks: json.texts("breaks"),
        plain: json.get("plain").0.is_truthy(),
        start: json.text("start"),
        steps: json.list("steps").into_iter().map(|it| step(&it)).collect(),
        real: json.maybe("real"),
        next: json
            .list("next")
            .into_iter()
            .map(|it| (it.number("number"), it.text("slug"), it.html("title")))
            .collect(),
    }
}

fn step(json: &Json) -> Step {
    let ask = json.get("ask");
    Step {
        title: json.html("title"),
        intro: json.html("intro"),
        ask: ask.0.is_object().then(|| Ask {
            question: ask.html("question"),
            choices: ask.htmls("choices"),
            answer: ask.number("answer"),
            why: ask.html("why"),
        }),
        act: json.maybe("do"),
        hints: json.htmls("hints"),
        goals: json.texts("goals"),
        aims: json.htmls("aims"),
        open: json.maybe("open"),
        solution: json.texts("solution"),
        seen: json.maybe("seen"),
        notes: json.maybe("notes"),
        myth: json.get("myth").0.as_bool().unwrap_or(false),
    }
}

/// Loads a file beside the page and reads it. `None`: the site cannot be reached, or gives something else.
async fn load(name: &str) -> Option<Json> {
    let window = web_sys::window()?;
    let answer = window.fetch_with_str(&format!("lessons/{name}.json"));
    let answer = JsFuture::from(answer).await.ok()?;
    let answer = answer.dyn_into::<web_sys::Response>().ok()?;
    let text = JsFuture::from(answer.text().ok()?)
        .await
        .ok()?
        .as_string()?;
    JSON::parse(&text).ok().filter(JsValue::is_object).map(Json)
}

/// As file names say it.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    }
}

/// The table of contents in a language.
pub async fn load_contents(lang: Lang) -> Option<Rc<Contents>> {
    let json = load(&format!("index.{}", code(lang))).await?;
    Some(Rc::new(contents(&json)))
}

/// A lesson of the table of contents in a language.
pub async fn load_lesson(slug: &str, lang: Lang) -> Option<Rc<Lesson>> {
    let json = load(&format!("{slug}.{}", code(lang))).await?;
    Some(Rc::new(lesson(&json)))
}
