//! Language and theme: following the browser until the reader chooses, then kept on the device.

use crate::dom::page::*;
use crate::i18n::Lang;
use crate::storage;
use std::rc::Rc;

/// Light, dark, or as the system says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// As stored and as the root element's `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_name(name: &str) -> Self {
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|t| t.name() == name)
            .unwrap_or_default()
    }

    /// What is shown now.
    pub fn is_dark(self) -> bool {
        match self {
            Self::Light => false,
            Self::Dark => true,
            Self::System => media("(prefers-color-scheme: dark)"),
        }
    }
}

/// The reader's preferences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prefs {
    /// Language of every word.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// The reader asked the system for less motion.
    pub still: bool,
}

/// A change of preference.
#[derive(Clone, Copy, Debug)]
pub enum PrefsAction {
    /// Another language.
    Lang(Lang),
    /// Another theme.
    Theme(Theme),
}

/// Whether a media query holds.
fn media(query: &str) -> bool {
    web_sys::window()
        .and_then(|w| w.match_media(query).ok().flatten())
        .is_some_and(|m| m.matches())
}

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

impl Prefs {
    /// What was kept, else what the browser says.
    pub fn load() -> Self {
        let browser = web_sys::window()
            .and_then(|w| w.navigator().language())
            .unwrap_or_default();
        let prefs = Self {
            lang: Lang::from_tag(&storage::get("rebalance.lang").unwrap_or(browser)),
            theme: Theme::from_name(&storage::get("rebalance.theme").unwrap_or_default()),
            still: media("(prefers-reduced-motion: reduce)"),
        };
        prefs.show();
        prefs
    }

    /// Writes language and theme onto the root element, where styles and screen readers look.
    fn show(&self) {
        if let Some(root) = root() {
            let _ = root.set_attribute("lang", self.lang.tag());
            let _ = root.set_attribute("data-theme", self.theme.name());
        }
    }
}

impl Reducible for Prefs {
    type Action = PrefsAction;

    fn reduce(self: Rc<Self>, action: PrefsAction) -> Rc<Self> {
        let mut next = *self;
        match action {
            PrefsAction::Lang(lang) => next.lang = lang,
            PrefsAction::Theme(theme) => next.theme = theme,
        }
        storage::set("rebalance.lang", next.lang.tag());
        storage::set("rebalance.theme", next.theme.name());
        next.show();
        Rc::new(next)
    }
}

/// The preferences with the way to change them.
pub type PrefsContext = UseReducerHandle<Prefs>;

/// The preferences.
#[hook]
pub fn use_prefs() -> PrefsContext {
    use_context::<PrefsContext>().expect("App provides the preferences")
}

/// The reader's language.
#[hook]
pub fn use_lang() -> Lang {
    use_prefs().lang
}
