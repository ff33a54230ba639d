//! A lesson on a projector: large type, speaker notes, a pointer, and the keys of a remote control.
//!
//! Page Down does the next thing there is to do: has the solution shown, after which the answer stands there; reveals the answer
//! where nothing is tried; goes to the next step. A prediction is the room's: press a choice to keep it. Page Up goes back a step, `b` or `.` blanks the screen, `l` is the pointer, `p` begins and ends. `?present` in the address begins with it.

use super::data::Lesson;
use super::desk::{Desk, Mark};
use super::room::Press;
use crate::dom::page::*;
use crate::i18n::LessonTexts;
use crate::route::wants;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

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

/// Whether somebody is typing.
fn typing(e: &Event) -> bool {
    let target = e
        .target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let field = "input, textarea, select, [contenteditable], dialog";
    target.is_some_and(|it| it.closest(field).ok().flatten().is_some())
}

/// The keys of a remote control, and the mouse for the pointer.
#[hook]
pub fn use_keys(stage: &Presenting, turn: impl Fn(bool) + 'static) {
    type Now = (Presenting, Box<dyn Fn(bool)>);
    let now = use_mut_ref(|| None::<Now>);
    *now.borrow_mut() = Some((stage.clone(), Box::new(turn)));
    use_effect_with((), move |()| {
        let document = web_sys::window().and_then(|it| it.document());
        let key = Closure::<dyn Fn(KeyboardEvent)>::new({
            let now = now.clone();
            move |e: KeyboardEvent| {
                let now: &Rc<RefCell<Option<Now>>> = &now;
                if let Some((stage, turn)) = &*now.borrow()
                    && pressed(&e, stage, turn)
                {
                    // Before the page's own keys, some of which are the same.
                    e.prevent_default();
                    e.stop_immediate_propagation();
                }
            }
        });
        let mouse = Closure::<dyn Fn(MouseEvent)>::new(follow);
        let listen = |name: &str, call: &wasm_bindgen::JsValue, on: bool| {
            if let Some(it) = &document {
                let call = call.unchecked_ref();
                let _ = if on {
                    it.add_event_listener_with_callback_and_bool(name, call, true)
                } else {
                    it.remove_event_listener_with_callback_and_bool(name, call, true)
                };
            }
        };
        listen("keydown", key.as_ref(), true);
        listen("mousemove", mouse.as_ref(), true);
        let document = document.clone();
        move || {
            if let Some(it) = document {
                let (key, mouse) = (key.as_ref().unchecked_ref(), mouse.as_ref().unchecked_ref());
                let _ = it.remove_event_listener_with_callback_and_bool("keydown", key, true);
                let _ = it.remove_event_listener_with_callback_and_bool("mousemove", mouse, true);
            }
        }
    });
}

/// Does what the key stands for; false if it stands for nothing here.
fn pressed(e: &KeyboardEvent, stage: &Presenting, turn: &dyn Fn(bool)) -> bool {
    if typing(e) || e.ctrl_key() || e.meta_key() || e.alt_key() {
        return false;
    }
    let shown = stage.shown;
    let set = |next: Shown| {
        stage.set.set(next);
        true
    };
    match (e.key().as_str(), shown.on) {
        ("p" | "P", _) => stage.toggle.emit(()),
        ("b" | "B" | ".", true) => {
            return set(Shown {
                blank: !shown.blank,
                ..shown
            });
        }
        ("Escape", true) if shown.blank => {
            return set(Shown {
                blank: false,
                ..shown
            });
        }
        ("l" | "L", true) => {
            return set(Shown {
                pointer: !shown.pointer,
                ..shown
            });
        }
        ("PageDown", true) => turn(true),
        ("PageUp", true) => turn(false),
        _ => return false,
    }
    true
}

/// Moves the pointer's ring without drawing the page anew.
fn follow(e: MouseEvent) {
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
