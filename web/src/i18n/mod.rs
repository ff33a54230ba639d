//! Every visible word, per language, as a typed table: a missing text does not compile.
//!
//! Kafka's own terms stay in Kafka's words. Texts with a part that changes are functions.
//!
//! Each area of the page has a table of its own, and is taken by its own function: so the linker sees which texts only a
//! part of the page leads to, and they are fetched with that part ([`mod@crate::part`]). A text that is seen before any
//! part is here therefore belongs into the area that is drawn then: the page as a whole, the controls, the stage.

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

    /// The words of the page as a whole.
    pub fn app(self) -> &'static AppTexts {
        AppTexts::of(self)
    }

    /// The words of the transport and the timeline.
    pub fn controls(self) -> &'static ControlTexts {
        ControlTexts::of(self)
    }

    /// The words of the stage.
    pub fn stage(self) -> &'static StageTexts {
        StageTexts::of(self)
    }

    /// The words of dialogs and forms, which come with the desk.
    pub fn dialogs(self) -> &'static DialogTexts {
        DialogTexts::of(self)
    }

    /// The words of the drawer's panels, the inspector and the terminal, which come with the desk.
    pub fn panels(self) -> &'static PanelTexts {
        PanelTexts::of(self)
    }

    /// The words of the outline and the dialogs about futures and bookmarks, which come with the desk.
    pub fn futures(self) -> &'static FutureTexts {
        FutureTexts::of(self)
    }

    /// The words of the lessons, which are a part of their own.
    pub fn lessons(self) -> &'static LessonTexts {
        LessonTexts::of(self)
    }

    /// The words of the room with two protocols side by side, which comes with the labs.
    pub fn twins(self) -> &'static TwinTexts {
        TwinTexts::of(self)
    }

    /// The words of the labs, which are a part of their own.
    pub fn labs(self) -> &'static LabTexts {
        LabTexts::of(self)
    }
}

/// A text without changing parts.
pub type S = &'static str;
