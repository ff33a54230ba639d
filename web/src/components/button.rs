//! Buttons and the small menus that hold the less frequent ones.

use super::Icon;
use crate::dom::page::*;
use wasm_bindgen::JsCast;

/// A button: an icon, a word, or both.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// The word; with [`Self::only`] it is the accessible name and the tooltip.
    pub label: AttrValue,
    /// Picture before the word.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// Only the picture is seen.
    #[prop_or_default]
    pub only: bool,
    /// `primary`, `danger`, `small`, `quiet-btn`.
    #[prop_or_default]
    pub class: AttrValue,
    /// A longer explanation.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// `data-test`.
    #[prop_or_default]
    pub test: Option<AttrValue>,
    /// Not now.
    #[prop_or_default]
    pub disabled: bool,
    /// What it does.
    pub onclick: Callback<()>,
}

/// See [`ButtonProps`].
#[component]
pub fn Button(p: &ButtonProps) -> Html {
    let title = p.title.clone().or_else(|| p.only.then(|| p.label.clone()));
    let onclick = p.onclick.reform(|_: MouseEvent| ());
    html! {
        <button type="button" class={classes!("btn", p.only.then_some("only"), p.class.clone())} {title} {onclick}
            aria-label={p.only.then(|| p.label.clone())} disabled={p.disabled} data-test={p.test.clone()}>
            if let Some(icon) = p.icon { { icon.html() } }
            if !p.only { <span class="word">{ p.label.clone() }</span> }
        </button>
    }
}

/// A button that opens a list of buttons.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// Accessible name of the opener.
    pub label: AttrValue,
    /// `data-test` of the opener.
    #[prop_or_default]
    pub test: Option<AttrValue>,
    /// The buttons.
    pub children: Html,
}

/// See [`MenuProps`]. Shuts when one of its buttons was pressed, on Escape, or when the focus leaves it.
#[component]
pub fn Menu(p: &MenuProps) -> Html {
    let node = use_node_ref();
    let shut = {
        let node = node.clone();
        move || {
            if let Some(details) = node.cast::<web_sys::Element>() {
                let _ = details.remove_attribute("open");
            }
        }
    };
    let onclick = {
        let shut = shut.clone();
        move |_: MouseEvent| shut()
    };
    let onkeydown = {
        let (shut, node) = (shut.clone(), node.clone());
        move |e: KeyboardEvent| {
            if e.key() == "Escape" {
                e.stop_propagation();
                shut();
                focus_summary(&node);
            }
        }
    };
    let onfocusout = {
        let node = node.clone();
        move |e: FocusEvent| {
            let to = e
                .related_target()
                .and_then(|t| t.dyn_into::<web_sys::Node>().ok());
            let stays = node
                .cast::<web_sys::Node>()
                .is_some_and(|n| n.contains(to.as_ref()));
            if !stays {
                shut();
            }
        }
    };
    html! {
        <details class="menu" ref={node} {onkeydown} {onfocusout}>
            <summary class="btn small only quiet-btn" aria-label={p.label.clone()} title={p.label.clone()} data-test={p.test.clone()}>{ Icon::More.html() }</summary>
            <div class="items" {onclick}>{ p.children.clone() }</div>
        </details>
    }
}

fn focus_summary(details: &NodeRef) {
    let summary = details
        .cast::<web_sys::Element>()
        .and_then(|d| d.query_selector("summary").ok().flatten());
    if let Some(summary) = summary.and_then(|s| s.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = summary.focus();
    }
}
