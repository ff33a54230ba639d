//! The folder of lessons.

use crate::lesson::Lesson;
use crate::myths::Myth;
use crate::text::{Lang, Text, parse};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A lesson with its texts.
#[derive(Debug, Clone)]
pub struct Entry {
    /// From 1, in the order in which a newcomer walks.
    pub number: usize,
    /// Its name in links: the folder's, without the number.
    pub slug: String,
    /// What `lesson.toml` says.
    pub lesson: Lesson,
    /// English, then Chinese.
    pub texts: [Text; 2],
}

/// Everything in the folder.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The lessons, in order.
    pub lessons: Vec<Entry>,
    /// The false beliefs.
    pub myths: Vec<Myth>,
    /// What the terms mean.
    pub terms: Vec<Definition>,
}

/// What a term means, in one line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// In Kafka's words, as in a lesson's list.
    pub term: String,
    en: String,
    zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definitions {
    term: Vec<Definition>,
}

impl Definition {
    /// The line in a language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl Catalogue {
    /// What a term means.
    pub fn definition(&self, term: &str) -> Option<&Definition> {
        self.terms.iter().find(|it| it.term == term)
    }
}

impl Entry {
    /// Its text in a language.
    pub fn text(&self, lang: Lang) -> &Text {
        &self.texts[usize::from(lang == Lang::Zh)]
    }
}

/// `assets/lessons` of this project.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/lessons")
}

/// Reads every lesson and the myths.
///
/// # Errors
/// Every file that cannot be read, one a line.
pub fn catalogue(folder: &Path) -> Result<Catalogue, String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let entry = entry.map_err(|e| e.to_string())?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    let (mut lessons, mut wrong) = (Vec::new(), Vec::new());
    for name in &names {
        match entry(folder, name) {
            Ok(entry) => lessons.push(entry),
            Err(why) => wrong.push(why),
        }
    }
    let read = self::read(&folder.join("myths.toml")).and_then(|text| Myth::parse(&text));
    let myths = read.unwrap_or_else(|why| {
        wrong.push(why);
        Vec::new()
    });
    let read = self::read(&folder.join("terms.toml")).and_then(|text| {
        let terms: Result<Definitions, _> = toml::from_str(&text);
        terms.map_err(|e| format!("terms.toml: {e}"))
    });
    let terms = read.map(|it| it.term).unwrap_or_else(|why| {
        wrong.push(why);
        Vec::new()
    });
    match wrong.is_empty() {
        true => Ok(Catalogue {
            lessons,
            myths,
            terms,
        }),
        false => Err(wrong.join("\n")),
    }
}

/// Reads one lesson.
fn entry(folder: &Path, name: &str) -> Result<Entry, String> {
    let shape = || format!("{name}: a lesson's folder is called NN-slug, such as 07-null-keys");
    let (number, slug) = name.split_once('-').ok_or_else(shape)?;
    let file = |file: &str| {
        let path = folder.join(name).join(file);
        read(&path).map_err(|why| format!("{name}/{file}: {why}"))
    };
    let lesson =
        Lesson::parse(&file("lesson.toml")?).map_err(|e| format!("{name}/lesson.toml: {e}"))?;
    let text = |lang: Lang| {
        let name_md = format!("{}.md", lang.code());
        parse(lang, &file(&name_md)?).map_err(|e| format!("{name}/{name_md}: {e}"))
    };
    Ok(Entry {
        number: number.parse().map_err(|_| shape())?,
        slug: slug.into(),
        lesson,
        texts: [text(Lang::En)?, text(Lang::Zh)?],
    })
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| e.to_string())
}
