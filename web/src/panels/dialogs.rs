//! Sharing this very moment as a link, and taking over a pasted script.

use super::opening::{Source, use_opener};
use crate::components::Modal;
use crate::dom::page::*;
use crate::i18n::refusals;
use crate::session::use_dispatch;
use crate::share;
use crate::state::{UiAction, use_prefs, use_texts, use_ui};
use rebalance_core::command::parse_script;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// Puts a text into the clipboard; false where the browser offers none (a page without https).
fn copy(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|w| w.navigator()) else {
        return false;
    };
    let offered = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|c| !c.is_undefined());
    if offered {
        drop(navigator.clipboard().write_text(text));
    }
    offered
}

/// Properties of [`CopyButton`].
#[derive(Properties, PartialEq)]
pub struct CopyProps {
    /// What is copied.
    pub text: AttrValue,
    /// More classes.
    #[prop_or_default]
    pub class: AttrValue,
}

/// A button that copies, and says so.
#[component]
pub fn CopyButton(props: &CopyProps) -> Html {
    let t = &use_texts().panels;
    let done = use_state(|| None::<(AttrValue, bool)>);
    let text = props.text.clone();
    let onclick = {
        let (done, text) = (done.clone(), text.clone());
        move |_: MouseEvent| done.set(Some((text.clone(), copy(&text))))
    };
    let word = match &*done {
        Some((copied, true)) if *copied == text => t.copied,
        Some((_, false)) => t.copy_by_hand,
        _ => t.copy,
    };
    html! { <button type="button" class={classes!("btn", "small", props.class.clone())} {onclick} aria-live="polite" data-test="copy">{ word }</button> }
}

/// The address of this page with another fragment.
fn address(hash: &str) -> String {
    let here = web_sys::window()
        .and_then(|w| w.location().href().ok())
        .unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    format!("{page}{hash}")
}

/// The link that recreates this moment.
#[component]
pub fn ShareDialog() -> Html {
    let t = &use_texts().panels;
    let dispatch = use_dispatch();
    // Time may go on under the dialog: the link is of the moment it was opened.
    let link = use_memo((), |()| {
        let data = share::encode(&dispatch.with(share::script_of))?;
        Some(AttrValue::from(address(&format!("#/s/{data}"))))
    });
    let input = use_node_ref();
    use_effect_with((), {
        let input = input.clone();
        move |()| {
            if let Some(field) = input.cast::<HtmlInputElement>() {
                field.select();
            }
        }
    });
    let body = match &*link {
        None => html! { <p class="bad">{ t.too_long_to_share }</p> },
        Some(link) => html! {
            <>
                <p>{ t.share_why }</p>
                <div class="share-link">
                    <input ref={input} type="text" readonly=true value={link.clone()} aria-label={t.link_address} data-test="share-link" />
                    <CopyButton text={link.clone()} class="primary" />
                </div>
                <p class="quiet">{ (t.link_length)(link.len()) }</p>
            </>
        },
    };
    html! { <Modal title={t.share_title} test="share-dialog"><div class="body">{ body }</div></Modal> }
}

/// A pasted script takes the place of the cluster.
#[component]
pub fn ImportDialog() -> Html {
    let t = &use_texts().panels;
    let lang = use_prefs().lang;
    let ui = use_ui();
    let open = use_opener();
    let area = use_node_ref();
    let wrong = use_state(|| None::<String>);
    let onsubmit = {
        let (area, wrong, ui) = (area.clone(), wrong.clone(), ui.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            let text = area
                .cast::<HtmlTextAreaElement>()
                .map(|a| a.value())
                .unwrap_or_default();
            match parse_script(&text) {
                Ok(commands) => {
                    open.emit((Source::Pasted, commands));
                    ui.dispatch(UiAction::CloseDialog);
                }
                Err(error) => {
                    wrong.set(Some(refusals::script(lang, &error)));
                    point(&area, error.line);
                }
            }
        }
    };
    html! {
        <Modal title={t.import_title} test="import-dialog"><div class="body">
            <form class="import" {onsubmit}>
                <p class="quiet">{ t.import_why }</p>
                <textarea ref={area} rows="12" spellcheck="false" autocomplete="off" aria-label={t.script} data-test="import-text"
                    placeholder={"cluster create brokers=3 preset=classroom\ntopic create orders partitions=3 replication=3\nadvance 5s"} />
                if let Some(wrong) = &*wrong { <p class="bad" role="alert" data-test="import-error">{ wrong }</p> }
                <button class="btn primary" data-test="import-run">{ t.run_script }</button>
            </form>
        </div></Modal>
    }
}

/// Selects the line that is wrong.
fn point(area: &NodeRef, line: usize) {
    let Some(area) = area.cast::<HtmlTextAreaElement>() else {
        return;
    };
    let text = area.value();
    let length = |s: &str| s.encode_utf16().count() as u32;
    let start: u32 = text.split('\n').take(line - 1).map(|l| length(l) + 1).sum();
    let end = start + text.split('\n').nth(line - 1).map_or(0, length);
    let _ = area.unchecked_ref::<web_sys::HtmlElement>().focus();
    let _ = area.set_selection_range(start, end);
}
