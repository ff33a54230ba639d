//! The keys of a lesson: a digit chooses a prediction that waits, and while a lesson is presented there are those of a remote
//! control.
//!
//! They are heard before the page's own keys, and only those that stand for something here are kept from them.

use super::present::{Presenting, Shown, follow};
use crate::dom::page::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// A key that stands for something in the lesson.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    /// A prediction's choice, from 0.
    Choice(usize),
    /// On (true) or back, while the lesson is presented.
    Turn(bool),
}

/// Whether somebody is typing.
fn typing(e: &Event) -> bool {
    let target = e
        .target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let field = "input, textarea, select, [contenteditable], dialog";
    target.is_some_and(|it| it.closest(field).ok().flatten().is_some())
}

/// Listens to the keys, and to the mouse for the pointer. `act` says whether a key of the lesson stood for anything.
#[hook]
pub fn use_keys(stage: &Presenting, act: impl Fn(Key) -> Option<()> + 'static) {
    type Now = (Presenting, Box<dyn Fn(Key) -> Option<()>>);
    let now = use_mut_ref(|| None::<Now>);
    *now.borrow_mut() = Some((stage.clone(), Box::new(act)));
    use_effect_with((), move |()| {
        let document = web_sys::window().and_then(|it| it.document());
        let key = Closure::<dyn Fn(KeyboardEvent)>::new({
            let now = now.clone();
            move |e: KeyboardEvent| {
                let now: &Rc<RefCell<Option<Now>>> = &now;
                if let Some((stage, act)) = &*now.borrow()
                    && pressed(&e, stage, act)
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
fn pressed(e: &KeyboardEvent, stage: &Presenting, act: &dyn Fn(Key) -> Option<()>) -> bool {
    if typing(e) || e.ctrl_key() || e.meta_key() || e.alt_key() {
        return false;
    }
    let (key, shown) = (e.key(), stage.shown);
    let set = |next: Shown| {
        stage.change(next);
        true
    };
    if let Ok(digit @ 1..=9) = key.parse::<usize>() {
        return act(Key::Choice(digit - 1)).is_some();
    }
    match (key.as_str(), shown.on) {
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
        ("PageDown", true) => drop(act(Key::Turn(true))),
        ("PageUp", true) => drop(act(Key::Turn(false))),
        _ => return false,
    }
    true
}
