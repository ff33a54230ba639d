//! Offline after the first visit: what the page says about it.
//!
//! The service worker (`assets/offline.js`, completed by `xtask/src/offline.rs`) keeps every file of one version and answers
//! from there. The script in `index.html` registers it; when another version is complete and waits, it announces that with
//! the event `rebalance-update`, and `rebalanceUpdate()` changes over.

use crate::dom::page::*;
use crate::panels::Notice;
use crate::state::{UiAction, use_ui};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

fn waiting() -> Option<js_sys::Function> {
    let window = web_sys::window()?;
    js_sys::Reflect::get(&window, &"rebalanceUpdate".into())
        .ok()?
        .dyn_into()
        .ok()
}

/// Changes over to the version that waits; the page loads again and finds what it had kept.
pub fn take_new_version() {
    if let Some(update) = waiting() {
        let _ = update.call0(&JsValue::NULL);
    }
}

/// Says so when a new version waits.
#[hook]
pub fn use_new_version() {
    let ui = use_ui().dispatcher();
    use_effect_with((), move |()| {
        let say = move || ui.dispatch(UiAction::Notice(Some(Notice::NewVersion)));
        if waiting().is_some() {
            say();
        }
        let heard = Closure::<dyn Fn()>::new(say);
        let window = web_sys::window();
        let listener = heard.as_ref().unchecked_ref::<js_sys::Function>().clone();
        if let Some(w) = &window {
            let _ = w.add_event_listener_with_callback("rebalance-update", &listener);
        }
        move || {
            if let Some(w) = window {
                let _ = w.remove_event_listener_with_callback("rebalance-update", &listener);
            }
            drop(heard);
        }
    });
}
