//! Labs: pages that take one algorithm apart, without a cluster around it.
//!
//! - [`assignors`]: one change of a group under every assignor, and the decisions of one of them step by step;
//! - [`keys`]: from a key's bytes to its partition.
//!
//! A lab's whole state is its address ([`setup`] reads and writes it): every control carries the address that pressing it
//! leads to, and one listener at the root goes there. So a link shows the same set-up, and the browser's Back takes an edit
//! back. Only whether the steps are being played is not in it.
//!
//! The labs are a part of the page that is fetched when one is opened ([`mod@crate::part`]): they share the engine's
//! assignors with the cluster, but no state.

mod assignors;
mod keys;
mod setup;

use crate::components::{Icon, room_header};
use crate::dom::page::*;
use crate::i18n::LabTexts;
use crate::panels::use_hash_change;
use crate::route::Route;
use crate::state::{PrefsContext, use_prefs};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};

/// Milliseconds between two steps while they are played.
const PACE_MS: i32 = 1_400;

/// What the address names, if it is a lab.
pub fn lab_in_address() -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    match Route::parse(&hash) {
        Route::Lab(path) => Some(path),
        _ => None,
    }
}

/// Writes the address without loading anything: as a new entry of the history, or in the place of the present one.
fn write_address(path: &str, replace: bool) {
    let history = web_sys::window().and_then(|it| it.history().ok());
    if let Some(history) = history {
        let url = Route::Lab(path.to_owned()).hash();
        let _ = if replace {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&url))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(&url))
        };
    }
}

/// The nearest element around an event's target that has an attribute, and its value.
fn around(e: &Event, attribute: &str) -> Option<(Element, String)> {
    let target = e.target()?.dyn_into::<Element>().ok()?;
    let found = target.closest(&format!("[{attribute}]")).ok()??;
    let value = found.get_attribute(attribute)?;
    Some((found, value))
}

/// The page of a lab.
#[component]
pub fn Labs() -> Html {
    let prefs = use_prefs();
    let (t, lang) = (prefs.lang.labs(), prefs.lang);
    let path = use_state_eq(|| lab_in_address().unwrap_or_default());
    let playing = use_state_eq(|| false);
    use_hash_change({
        let path = path.setter();
        Callback::from(move |_| {
            if let Some(found) = lab_in_address() {
                path.set(found);
            }
        })
    });
    let go = {
        let path = path.setter();
        Callback::from(move |(next, replace): (String, bool)| {
            write_address(&next, replace);
            path.set(next);
        })
    };
    let room = path
        .strip_prefix("keys")
        .map(|it| it.trim_start_matches('/'));
    let next = match room {
        Some(_) => None,
        None => assignors::next_step(rest(&path)),
    };
    use_playing((*playing).then(|| (*path).clone()), {
        let (go, playing) = (go.clone(), playing.setter());
        move || match next {
            Some(next) => go.emit((next, true)),
            None => playing.set(false),
        }
    });
    let onclick = {
        let (go, playing) = (go.clone(), playing.clone());
        move |e: MouseEvent| {
            if let Some((element, next)) = around(&e, "data-go") {
                let stepping = element.has_attribute("data-step");
                if element.has_attribute("data-play") {
                    playing.set(!*playing);
                } else {
                    playing.set(false);
                }
                go.emit((next, stepping));
            }
        }
    };
    let edit = |live: bool| {
        let (go, path) = (go.clone(), path.clone());
        move |e: Event| {
            if let Some((element, what)) = around(&e, "data-edit")
                && element.has_attribute("data-live") == live
            {
                edited(&element, &what, &path, &go);
            }
        }
    };
    let (onchange, live) = (edit(false), edit(true));
    let oninput = move |e: InputEvent| live(e.into());
    let onkeydown = |e: KeyboardEvent| {
        let forward = match e.key().as_str() {
            "ArrowRight" => true,
            "ArrowLeft" => false,
            _ => return,
        };
        if let Some((player, _)) = around(&e, "data-player") {
            let wanted = if forward {
                "[data-test=step-next]"
            } else {
                "[data-test=step-previous]"
            };
            let button = player.query_selector(wanted).ok().flatten();
            if let Some(button) = button.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
                e.prevent_default();
                button.click();
            }
        }
    };
    html! {
        <div class="page lab-page" {onclick} {onchange} {oninput} {onkeydown}>
            <a class="skip" href="#lab" onclick={|e: MouseEvent| { e.prevent_default(); focus_main(); }}>{ lang.app().skip }</a>
            { header(t, room.is_some(), &prefs) }
            <main id="lab" class="lab" tabindex="-1">{ match room {
                Some(rest) => keys::view(t, rest),
                None => assignors::view(t, lang, rest(&path), *playing),
            } }</main>
        </div>
    }
}

/// What follows the name of the assignor lab.
fn rest(path: &str) -> &str {
    path.strip_prefix("assignors")
        .map_or("", |it| it.trim_start_matches('/'))
}

/// A field was changed: goes where that leads, or puts the old text back.
fn edited(element: &Element, what: &str, path: &str, go: &Callback<(String, bool)>) {
    let input = element.dyn_ref::<HtmlInputElement>();
    let area = element.dyn_ref::<HtmlTextAreaElement>();
    let Some(value) = input
        .map(|it| it.value())
        .or_else(|| area.map(|it| it.value()))
    else {
        return;
    };
    let next = match path.strip_prefix("keys") {
        Some(rest) => keys::edited(rest.trim_start_matches('/'), what, &value),
        None => assignors::edited(rest(path), what, value.trim()),
    };
    match next {
        // Typing is not worth an entry of the history a letter.
        Some(next) => go.emit((next, element.has_attribute("data-live"))),
        None => {
            if let Some(input) = input {
                input.set_value(&input.get_attribute("data-old").unwrap_or_default());
            }
        }
    }
}

fn focus_main() {
    let document = web_sys::window().and_then(|it| it.document());
    let main = document.and_then(|it| it.get_element_by_id("lab"));
    if let Some(main) = main.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = main.focus();
    }
}

/// While there is a path, calls `tick` once, a moment after each new one.
#[hook]
fn use_playing(path: Option<String>, tick: impl FnOnce() + 'static) {
    use_effect_with(path, move |path| {
        let window = web_sys::window().filter(|_| path.is_some());
        let timer = window.as_ref().and_then(|it| {
            let call = Closure::once_into_js(tick);
            let call = call.unchecked_ref();
            it.set_timeout_with_callback_and_timeout_and_arguments_0(call, PACE_MS)
                .ok()
        });
        move || {
            if let (Some(window), Some(timer)) = (window, timer) {
                window.clear_timeout_with_handle(timer);
            }
        }
    });
}

fn header(t: &LabTexts, keys: bool, prefs: &PrefsContext) -> Html {
    let ways = [
        ("#/sandbox", t.cluster, "room-cluster", false),
        ("#/lab/assignors", t.assignors, "room-assignors", !keys),
        ("#/lab/keys", t.keys, "room-keys", keys),
        ("#/lab/protocols", t.protocols, "room-protocols", false),
    ];
    room_header(t.rooms, &ways, prefs)
}

/// A text whose names stand between backticks.
fn rich(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => html! { { part.to_owned() } },
        _ => html! { <code>{ part.to_owned() }</code> },
    };
    parts.map(part).collect()
}

/// A button that leads to an address; without one it cannot be pressed.
fn press(label: &str, face: Html, go: Option<String>, class: &'static str, test: String) -> Html {
    let off = go.is_none();
    html! {
        <button type="button" class={classes!("btn", "small", class)} title={label.to_owned()} disabled={off} data-go={go} data-test={test}><span class="sr">{ label.to_owned() }</span><span class="seen" aria-hidden="true">{ face }</span></button>
    }
}

/// `4488` as `4,488`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What a lab was checked against.
fn badge(text: String, why: String) -> Html {
    html! { <span class="chip ok badge" title={why} data-test="badge">{ Icon::Tick.html() }{ text }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_004), "1,004");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
