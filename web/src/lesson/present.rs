//! A lesson on a projector: large type, speaker notes, a pointer, and the keys of a remote control ([`super::keys`]).
//!
//! Page Down does the next thing there is to do: has the solution shown, after which the answer stands there; reveals the answer
//! where nothing is tried; goes to the next step. A prediction is the room's: press a choice to keep it. Page Up goes back a step, `b` or `.` blanks the screen, `l` is the pointer, `p` begins and ends. `?present` in the address begins with it.

use super::data::Lesson;
use super::desk::{Desk, Mark};
use super::press::Press;
use crate::dom::page::*;
use crate::i18n::LessonTexts;
use crate::route::wants;
use wasm_bindgen::JsCast;

/// What is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    /// Large type and notes.
    pub on: bool,
    /// The screen is blank.
    pub blank: bool,
    /// A ring follows the mouse.
    pub pointer: bool,
}

/// What is on, and the way to change it.
#[derive(Clone)]
pub struct Presenting {
    /// What is on.
    pub shown: Shown,
    set: UseStateSetter<Shown>,
    /// Begins or ends.
    pub toggle: Callback<()>,
}

impl Presenting {
    /// Changes it.
    pub fn change(&self, next: Shown) {
        self.set.set(next);
    }
}

fn in_address() -> bool {
    let search = web_sys::window().and_then(|it| it.location().search().ok());
    search.is_some_and(|it| wants(&it, "present"))
}

/// What is presented, if anything.
#[hook]
pub fn use_presenting() -> Presenting {
    let shown = use_state_eq(|| Shown {
        on: in_address(),
        ..Shown::default()
    });
    let (now, set) = (*shown, shown.setter());
    let toggle = {
        let set = set.clone();
        Callback::from(move |()| {
            set.set(Shown {
                on: !now.on,
                ..Shown::default()
            });
        })
    };
    Presenting {
        shown: now,
        set,
        toggle,
    }
}

/// What a turn of the remote control stands for.
pub fn turn(
    onward: bool,
    lesson: &Lesson,
    desk: &Desk,
    reading: usize,
    showing: bool,
) -> Option<Press> {
    let (step, mine) = (lesson.steps.get(reading)?, desk.steps.get(reading)?);
    if showing {
        return None;
    }
    if !onward {
        return Some(Press::Go(reading.checked_sub(1)?));
    }
    let open = mine.mark == Mark::Open;
    match &step.ask {
        _ if open && !step.solution.is_empty() => Some(Press::Show),
        Some(ask) if open && mine.chosen.is_none() => Some(Press::Choose(ask.answer)),
        _ if reading + 1 < lesson.steps.len() => Some(Press::Go(reading + 1)),
        _ => None,
    }
}

/// Moves the pointer's ring without drawing the page anew.
pub fn follow(e: MouseEvent) {
    let document = web_sys::window().and_then(|it| it.document());
    let ring = document.and_then(|it| it.get_element_by_id("pointer-ring"));
    if let Some(ring) = ring.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let place = format!("translate({}px, {}px)", e.client_x(), e.client_y());
        let _ = ring.style().set_property("transform", &place);
    }
}

/// What lies over the page: the pointer, the blank screen.
pub fn over(stage: &Presenting, t: &LessonTexts) -> Html {
    html! {
        <>
            if stage.shown.on && stage.shown.pointer { <div id="pointer-ring" class="pointer-ring" data-test="pointer" aria-hidden="true" /> }
            if stage.shown.on && stage.shown.blank { <div class="blank" role="status" data-test="blank"><p>{ t.blank }</p></div> }
        </>
    }
}
