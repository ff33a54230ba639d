//! Lessons: read, checked and rendered, natively.
//!
//! A lesson is data: `assets/lessons/NN-slug/` holds `lesson.toml` (the cluster it starts from, what the learner may do,
//! steps with goals and solutions) and one text per language, `en.md` and `zh.md`. The page never reads these files. It
//! loads what [`render`] makes of them at build time: one small JSON file per lesson and language, Markdown already HTML,
//! and a table of contents per language.
//!
//! - [`lesson`] reads `lesson.toml`, [`text`] a language's Markdown, [`mod@catalogue`] the whole folder.
//! - [`myths`] is the list of common false beliefs, and which lesson refutes which.
//! - [`play`] runs a lesson's lines in the engine; [`check`] holds it to what it says.
//! - [`gloss`] finds where terms are explained, and marks them elsewhere; [`render`] writes what the page loads.
//!
//! `docs/LESSONS.md` is the author's guide. A goal is an expectation in the language of scripts (`docs/SCRIPTS.md`), so that
//! nothing here knows what a lesson is about.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod check;
pub mod gloss;
pub mod lesson;
pub mod myths;
pub mod play;
pub mod render;
pub mod text;

pub use catalogue::{Entry, catalogue, folder};
