//! What is drawn by parts that are fetched when they are first wanted ([`crate::part`]).
//!
//! A [`Room`] is the page's word for it. The functions here lead to the components; nothing else may name those.

use crate::components;
use crate::dom::page::*;
use crate::labs;
use crate::lesson::{ContentsPage, LessonRoom};
use crate::outline::OutlineView;
use crate::panels::{self, Tab, Wanted};
use crate::part::Part;
use crate::state::Dialog;
use crate::twins::Twins;

/// Something that a part draws.
#[derive(Clone, PartialEq)]
pub enum Room {
    /// The labs; the address says which.
    Labs,
    /// Two group protocols side by side, and the set-up.
    Twins(String),
    /// The table of lessons.
    Contents,
    /// A lesson, and its step.
    Lesson(AttrValue, Option<AttrValue>),
    /// The cluster as tables and buttons.
    Outline,
    /// What is selected.
    Inspector,
    /// A panel of the drawer.
    Panel(Tab),
    /// A dialog.
    Dialog(Dialog),
    /// The terminal.
    Terminal,
    /// What is spoken to screen readers.
    Live,
    /// What there is to say about a link, a script, or what was kept.
    Notice,
    /// Why a command was refused.
    Refused,
    /// A script that is being brought back.
    Restoring(Wanted),
}

impl Room {
    /// The part that draws it.
    pub fn part(&self) -> Part {
        match self {
            Self::Labs | Self::Twins(_) => Part::Labs,
            Self::Contents | Self::Lesson(..) => Part::Lessons,
            Self::Restoring(_) => Part::Restore,
            _ => Part::Desk,
        }
    }

    /// What stands in its place until its part is here: that it is waited for, or nothing where something else says so.
    pub fn before(&self, waiting: Html) -> Html {
        match self {
            Self::Terminal => {
                html! { <footer class="terminal"><div class="prompt">{ waiting }</div></footer> }
            }
            Self::Live | Self::Notice | Self::Refused => html! {},
            _ => waiting,
        }
    }
}

/// The part `labs`.
pub fn labs(room: &Room) -> Html {
    match room {
        Room::Twins(setup) => html! { <Twins setup={setup.clone()} /> },
        _ => html! { <labs::Labs /> },
    }
}

/// The part `lessons`.
pub fn lessons(room: &Room) -> Html {
    match room {
        Room::Lesson(slug, step) => {
            html! { <LessonRoom slug={slug.clone()} step={step.clone()} /> }
        }
        _ => html! { <ContentsPage /> },
    }
}

/// The part `restore`.
pub fn restore(room: &Room) -> Html {
    match room {
        Room::Restoring(wanted) => html! { <panels::Restoring wanted={wanted.clone()} /> },
        _ => html! {},
    }
}

/// The part `desk`.
pub fn desk(room: &Room) -> Html {
    match room {
        Room::Outline => html! { <OutlineView /> },
        Room::Panel(tab) => panels::panel(*tab),
        Room::Dialog(dialog) => components::dialog(dialog),
        Room::Terminal => html! { <panels::TerminalBar /> },
        Room::Live => html! { <panels::LiveRegion /> },
        Room::Notice => html! { <panels::NoticeBar /> },
        Room::Refused => html! { <components::Refusal /> },
        _ => html! { <panels::Inspected /> },
    }
}
