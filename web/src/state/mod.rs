//! What belongs to the reader, not to the simulation: preferences, and what is open or selected on the page.

mod prefs;
mod ui;

pub use prefs::{Prefs, PrefsAction, PrefsContext, Theme, use_lang, use_prefs};
pub use ui::{Dialog, Item, Ui, UiAction, UiContext, use_ui};
