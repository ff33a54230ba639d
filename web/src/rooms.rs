//! What is drawn by parts that are fetched when they are first wanted ([`crate::part`]).
//!
//! A [`Room`] is the page's word for it. The functions here lead to the components; nothing else may name those.

use crate::components;
use crate::dom::page::*;
use crate::labs;
use crate::lesson::{ContentsPage, LessonRoom};
use crate::outline::OutlineView;
use crate::panels::{self, Tab};
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
}

impl Room {
    /// The part that draws it.
    pub fn part(&self) -> Part {
        match self {
            Self::Labs | Self::Twins(_) => Part::Labs,
            Self::Contents | Self::Lesson(..) => Part::Lessons,
            _ => Part::Desk,
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

/// The part `desk`.
pub fn desk(room: &Room) -> Html {
    match room {
        Room::Outline => html! { <OutlineView /> },
        Room::Panel(tab) => panels::panel(*tab),
        Room::Dialog(dialog) => components::dialog(dialog),
        _ => html! { <panels::Inspected /> },
    }
}
