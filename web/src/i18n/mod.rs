//! Every visible word, per language, as a typed table: a missing text does not compile.
//!
//! Kafka's own terms stay in Kafka's words. Texts with a part that changes are functions.

mod en;
mod zh;

pub mod errors;
pub mod guarantees;
pub mod journal;
mod panels;
pub mod refusals;
pub mod settings;

pub use panels::PanelTexts;

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// As the root element's `lang` says it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// From a browser's or a stored tag.
    pub fn from_tag(tag: &str) -> Self {
        if tag.starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// Its words.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::Zh => &zh::TEXTS,
        }
    }
}

/// A text without changing parts.
pub type S = &'static str;

/// Every word of the page, grouped by area.
#[derive(Debug)]
pub struct Texts {
    /// The page as a whole.
    pub app: AppTexts,
    /// Transport and timeline.
    pub controls: ControlTexts,
    /// The stage.
    pub stage: StageTexts,
    /// Dialogs and forms.
    pub dialogs: DialogTexts,
    /// Drawer, inspector and terminal.
    pub panels: PanelTexts,
}

/// The page as a whole.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct AppTexts {
    pub skip: S,
    pub sandbox: S,
    pub preset_classroom: S,
    pub preset_classroom_why: S,
    pub preset_kafka: S,
    pub share: S,
    pub language: S,
    pub theme: S,
    pub help: S,
}

/// Transport and timeline.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct ControlTexts {
    pub transport: S,
    pub reset: S,
    pub back: S,
    pub play: S,
    pub pause: S,
    pub step: S,
    pub next: S,
    pub speed: S,
    pub behind: S,
    pub timeline: S,
    pub branch: S,
}

/// The stage.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct StageTexts {
    pub producers: S,
    pub cluster: S,
    pub groups: S,
    pub add: S,
}

/// Dialogs and forms.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct DialogTexts {
    pub close: S,
}
