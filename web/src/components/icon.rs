//! Pictures of 16 × 16 units, drawn in the text's colour; always beside a word or with a label.

use crate::dom::page::*;

/// What an icon shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Icon {
    Play,
    Pause,
    Step,
    Next,
    Back,
    Reset,
    Plus,
    Minus,
    Cross,
    Crown,
    Running,
    Half,
    Ring,
    Square,
    Frozen,
    More,
    Link,
    Bolt,
    Theme,
    Share,
    Help,
    Up,
    Down,
    Group,
    Warn,
    Tick,
    Send,
    Undo,
    Redo,
    Flag,
}

impl Icon {
    /// The picture's path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Play => "M4 2.5v11l9-5.5z",
            Self::Pause => "M4 3h3v10H4zM9 3h3v10H9z",
            Self::Step => "M3 3.5v9l6-4.5zM10.5 3.5h2v9h-2z",
            Self::Next => "M2 3.5v9l5-4.5zM7 3.5v9l5-4.5zM12.5 3.5h1.8v9h-1.8z",
            Self::Back => "M13 3.5v9L7 8zM3.5 3.5h2v9h-2z",
            Self::Reset => {
                "M8 2.5a5.5 5.5 0 1 1-5.2 3.7l1.7.6A3.7 3.7 0 1 0 8 4.3V6.6L4.3 3.4 8 .3z"
            }
            Self::Plus => "M7.1 2.5h1.8v4.6h4.6v1.8H8.9v4.6H7.1V8.9H2.5V7.1h4.6z",
            Self::Minus => "M2.5 7.1h11v1.8h-11z",
            Self::Cross => {
                "M3.6 2.3 8 6.7l4.4-4.4 1.3 1.3L9.3 8l4.4 4.4-1.3 1.3L8 9.3l-4.4 4.4-1.3-1.3L6.7 8 2.3 3.6z"
            }
            Self::Crown => "M2 4.2 5 7l3-4.7L11 7l3-2.8-1.2 8.1H3.2zM3.2 13h9.6v1.3H3.2z",
            Self::Running => "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
            Self::Half => {
                "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zm0 1.6v7.8a3.9 3.9 0 0 0 0-7.8z"
            }
            Self::Ring => {
                "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zm0 1.7a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z"
            }
            Self::Square => "M3.5 3.5h9v9h-9z",
            Self::Frozen => {
                "M7.2 1h1.6v3l1.7-1 .8 1.3-2.5 1.5v1l.9.5 2.3-1.3V3.2h1.6V5l1.6-.9.8 1.4-1.6.9 1.6 1-.8 1.3-2.6-1.5-.9.5v1l2.6 1.5-.8 1.3-1.7-1v3H7.2v-3l-1.7 1-.8-1.3 2.5-1.5v-1l-.9-.5L3.8 9.2 3 7.9l1.6-1L3 6l.8-1.4 2.5 1.5.9-.5z"
            }
            Self::More => "M3 6.5h2.6v3H3zM6.7 6.5h2.6v3H6.7zM10.4 6.5H13v3h-2.6z",
            Self::Link => {
                "M2 8a3 3 0 0 1 3-3h2v1.6H5a1.4 1.4 0 0 0 0 2.8h2V11H5a3 3 0 0 1-3-3zm3.2-.8h5.6v1.6H5.2zM9 5h2a3 3 0 0 1 0 6H9V9.4h2a1.4 1.4 0 0 0 0-2.8H9z"
            }
            Self::Bolt => "M9 1 3 9.2h4L6.2 15 13 6.4H8.4z",
            Self::Theme => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 1.6v8.8a4.4 4.4 0 0 0 0-8.8z",
            Self::Share => {
                "M11.5 1.5a2.3 2.3 0 1 1-1.7 3.9L6.3 7.3a2.4 2.4 0 0 1 0 1.4l3.5 1.9a2.3 2.3 0 1 1-.7 1.4L5.5 10a2.3 2.3 0 1 1 0-4l3.7-2a2.3 2.3 0 0 1 2.3-2.5z"
            }
            Self::Help => {
                "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM5.6 6.2h1.6c0-.6.4-.9.9-.9s.8.3.8.7c0 .9-1.7 1-1.7 2.7v.3h1.6c0-1.1 1.8-1.3 1.8-3.1 0-1.3-1-2.1-2.5-2.1S5.6 4.800 5.6 6.2zM7.1 10.200h1.800v1.700H7.1z"
            }
            Self::Up => "M8 4l5 5-1.300 1.300L8 6.600 4.300 10.300 3 9z",
            Self::Down => "M8 12 3 7l1.300-1.300L8 9.400l3.700-3.700L13 7z",
            Self::Group => {
                "M5.5 3a2.300 2.300 0 1 1 0 4.600 2.300 2.300 0 0 1 0-4.600zm5 1.200a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM1.500 13c0-2.600 1.700-4.400 4-4.400s4 1.800 4 4.400zm9.300 0c0-1.500-.4-2.700-1.100-3.700 2.700-.6 4.800 1 4.800 3.700z"
            }
            Self::Warn => "M8 1.500 15 14H1zM7.200 6v4h1.600V6zm0 5v1.600h1.600V11z",
            Self::Tick => "M6.300 12.600 2 8.300 3.300 7l3 3 6.400-6.500L14 4.800z",
            Self::Undo => {
                "M6 2.500 2 6.500l4 4V7.900h4a2.300 2.300 0 0 1 0 4.600H6v1.600h4a3.900 3.900 0 0 0 0-7.800H6z"
            }
            Self::Redo => {
                "M10 2.500 14 6.500l-4 4V7.900H6a2.300 2.300 0 0 0 0 4.600h4v1.600H6a3.900 3.900 0 0 1 0-7.800h4z"
            }
            Self::Flag => "M3 1.500h1.600V3H13l-2 3.200 2 3.200H4.600v5.100H3z",
            Self::Send => "M2 2.500 14.500 8 2 13.500V9.200L9 8 2 6.800z",
        }
    }

    /// The picture alone, hidden from screen readers.
    pub fn html(self) -> Html {
        svg(self.path(), "icon")
    }
}

/// A path of 16 × 16 units as a picture.
pub fn svg(path: &'static str, class: &'static str) -> Html {
    html! { <svg class={class} viewBox="0 0 16 16" aria-hidden="true"><path d={path} fill-rule="evenodd" /></svg> }
}

/// The project's mark: three logs of which one moves to another owner.
#[component]
pub fn Logo() -> Html {
    html! {
        <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke-width="3" stroke-linecap="round">
            <path class="part-0" style="stroke:var(--c)" d="M3 5h7M14 5h1" />
            <path class="part-1" style="stroke:var(--c)" d="M3 12h4M11 12h7" />
            <path class="part-2" style="stroke:var(--c)" d="M3 19h9" />
            <path style="stroke:var(--ink)" stroke-width="2" stroke-linejoin="round" d="M17 4h2.500a2 2 0 0 1 2 2v10.500a2.500 2.500 0 0 1-2.500 2.500H16m2.500-2.800L15.700 19l2.800 2.800" />
        </svg>
    }
}
