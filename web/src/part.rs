//! Parts of the page that are programs of their own, fetched when they are first wanted.
//!
//! What not everybody opens would only make the first visit slower. `xtask/src/parts.rs` lists the parts and builds
//! each into the site; the script in `index.html` fetches one with `import()`. A part exports functions, called with
//! [`call`]. One with nodes of its own exports `mount(element)`, which returns the function that takes them away
//! again: [`PartRoom`] shows it. Its element stands beside the page's, never inside: two programs made with Yew would
//! take each other's events there.

use crate::dom::page::*;
use crate::state::use_prefs;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// How far a part is.
#[derive(Clone, PartialEq)]
pub enum Part {
    /// It is being fetched.
    Loading,
    /// It is here: its exports.
    Ready(JsValue),
    /// It could not be fetched.
    Failed,
}

/// Fetches a part, or finds that it is here already; `done` is given its exports, or nothing if that failed.
pub fn fetch(name: &str, done: impl FnOnce(Option<JsValue>) + 'static) {
    let done = Closure::once_into_js(move |part: JsValue| done(part.is_object().then_some(part)));
    let window = web_sys::window().map_or(JsValue::UNDEFINED, JsValue::from);
    let script = member(&window, "rebalancePart");
    if let Some(script) = script {
        let _ = script.call2(&JsValue::NULL, &name.into(), &done);
    }
}

/// Calls a function that a part exports; nothing if there is none, or if it threw.
pub fn call(part: &JsValue, function: &str, argument: &JsValue) -> Option<JsValue> {
    member(part, function)?.call1(part, argument).ok()
}

fn member(of: &JsValue, name: &str) -> Option<js_sys::Function> {
    js_sys::Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// A part, fetched from the first rendering on, and the way to try again.
#[hook]
pub fn use_part(name: &'static str) -> (Part, Callback<()>) {
    let part = use_state_eq(|| Part::Loading);
    let again = use_callback((), {
        let part = part.setter();
        move |(), ()| {
            part.set(Part::Loading);
            let part = part.clone();
            fetch(name, move |found| {
                part.set(found.map_or(Part::Failed, Part::Ready))
            });
        }
    });
    use_effect_with((), {
        let again = again.clone();
        move |()| again.emit(())
    });
    ((*part).clone(), again)
}

/// Properties of [`PartRoom`].
#[derive(Properties, PartialEq)]
pub struct PartRoomProps {
    /// The part's name.
    pub name: &'static str,
}

/// A part with nodes of its own, as long as this is there; before it is fetched, a line that says so.
#[component]
pub fn PartRoom(props: &PartRoomProps) -> Html {
    let (part, again) = use_part(props.name);
    let t = use_prefs().lang.app();
    use_effect_with(part.clone(), |part| {
        let mounted = match part {
            Part::Ready(part) => mount(part),
            _ => None,
        };
        move || {
            if let Some((element, leave)) = mounted {
                let _ = leave.call0(&JsValue::NULL);
                element.remove();
            }
        }
    });
    match part {
        Part::Ready(_) => html! {},
        Part::Loading => html! { <p class="fetching" role="status">{ t.fetching }</p> },
        Part::Failed => html! {
            <p class="fetching" role="alert" data-test="not-fetched">
                { t.not_fetched }{ " " }
                <button type="button" class="btn small" onclick={move |_: MouseEvent| again.emit(())} data-test="fetch-again">{ t.fetch_again }</button>
            </p>
        },
    }
}

/// Mounts a part in an element of its own; returns that and the way to take it away.
fn mount(part: &JsValue) -> Option<(web_sys::Element, js_sys::Function)> {
    let document = web_sys::window()?.document()?;
    let element = document.create_element("div").ok()?;
    document.body()?.append_child(&element).ok()?;
    let leave = call(part, "mount", &element)?;
    Some((element, leave.dyn_into().ok()?))
}
