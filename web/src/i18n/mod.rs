//! Every visible word, per language, as a typed table: a missing text does not compile.
//!
//! Kafka's own terms stay in Kafka's words. Texts with a part that changes are functions.

mod en;
mod zh;

pub mod errors;
pub mod groups;
pub mod guarantees;
pub mod journal;
pub mod ledger;
#[macro_use]
mod page;
mod futures;
pub mod labs;
pub mod lessons;
pub mod metrics;
mod panels;
pub mod refusals;
pub mod settings;
mod twins;

pub use futures::FutureTexts;
pub use labs::LabTexts;
pub use lessons::LessonTexts;
pub use page::{AppTexts, ControlTexts, DialogTexts, StageTexts};
pub use panels::PanelTexts;
pub use twins::TwinTexts;

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

    /// The words of the page as a whole, for a part that needs no others.
    pub fn app(self) -> &'static AppTexts {
        match self {
            Self::En => &AppTexts::EN,
            Self::Zh => &AppTexts::ZH,
        }
    }

    /// The words of the room with two protocols side by side.
    pub fn twins(self) -> &'static TwinTexts {
        match self {
            Self::En => &TwinTexts::EN,
            Self::Zh => &TwinTexts::ZH,
        }
    }

    /// The words of the labs, which are a part of their own.
    pub fn labs(self) -> &'static LabTexts {
        match self {
            Self::En => &LabTexts::EN,
            Self::Zh => &LabTexts::ZH,
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
    /// Futures and bookmarks.
    pub futures: FutureTexts,
    /// The lessons.
    pub lessons: LessonTexts,
    /// Drawer, inspector and terminal.
    pub panels: PanelTexts,
}
