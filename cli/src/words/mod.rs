//! The page's sentences for journal entries, on the terminal.
//!
//! They are compiled from the page's own sources, so that both always say the same; they need nothing of the page.

/// A language.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

#[allow(dead_code)]
#[path = "../../../web/src/i18n/journal/mod.rs"]
pub mod journal;
