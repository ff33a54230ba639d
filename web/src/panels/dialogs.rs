//! Sharing this very moment as a link, and taking over a pasted script.

use super::opening::{Source, use_opener};
use crate::components::Modal;
use crate::dom::page::*;
use crate::i18n::{Lang, PanelTexts, refusals};
use crate::part;
use crate::qr;
use crate::session::use_dispatch;
use crate::share;
use crate::state::{UiAction, use_lang, use_prefs, use_ui};
use crate::tools::{self, Made};
use rebalance_core::time::SimTime;
use std::rc::Rc;
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
    let t = use_lang().panels();
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
    let t = use_lang().panels();
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
                { qr_code(link, t) }
                { embedding(link, t) }
                { picture(t, dispatch.with(|s| s.now())) }
            </>
        },
    };
    html! { <Modal title={t.share_title} test="share-dialog"><div class="body">{ body }</div></Modal> }
}

/// The link for a room full of phones.
fn qr_code(link: &str, t: &PanelTexts) -> Html {
    let picture = |code: qr::Code| {
        let side = code.size + 8;
        html! {
            <svg class="qr" viewBox={format!("0 0 {side} {side}")} role="img" aria-label={t.qr} shape-rendering="crispEdges" data-test="qr">
                <rect width="100%" height="100%" fill="#fff" /><path d={code.path()} fill="#000" />
            </svg>
        }
    };
    html! {
        <details data-test="qr-fold"><summary>{ t.qr }</summary>
            { match qr::encode(link) { Some(code) => picture(code), None => html! { <p class="quiet">{ t.qr_too_long }</p> } } }
        </details>
    }
}

/// The lines that put this moment into a page of one's own.
fn embedding(link: &str, t: &PanelTexts) -> Html {
    let snippet = AttrValue::from(snippet(link));
    html! {
        <details data-test="embed-fold"><summary>{ t.embed }</summary>
            <p class="quiet">{ t.embed_why }</p>
            <pre class="script" tabindex="0" data-test="embed-snippet">{ &snippet }</pre>
            <CopyButton text={snippet} />
        </details>
    }
}

/// The stage as a file, for a slide or a page. `assets/picture.js` makes it.
fn picture(t: &PanelTexts, now: SimTime) -> Html {
    let button = |kind: &'static str, label: &'static str| {
        let name = format!("rebalance-{}", now.to_string().replace(':', "-"));
        let onclick = move |_: MouseEvent| {
            let name = name.clone();
            part::script("picture", move |part| {
                part.and_then(|p| part::call(&p, kind, &name.into()));
            });
        };
        html! { <button type="button" class="btn small" {onclick} data-test={format!("picture-{kind}")}>{ label }</button> }
    };
    html! {
        <details data-test="picture-fold"><summary>{ t.picture }</summary>
            <p class="quiet">{ t.picture_why }</p>
            <p class="together">{ button("png", "PNG") }{ button("svg", "SVG") }</p>
        </details>
    }
}

/// An `<iframe>` with the stage of this link. The address is the page's own, so it needs no escaping but of quotes.
fn snippet(link: &str) -> String {
    let (page, hash) = link.split_once('#').unwrap_or((link, ""));
    let page = page.split('?').next().unwrap_or_default();
    let address = format!("{page}?embed#{hash}")
        .replace('&', "&amp;")
        .replace('"', "%22");
    format!(
        "<iframe src=\"{address}\"\n  title=\"Rebalance\" width=\"100%\" height=\"560\" style=\"border:0\" loading=\"lazy\"></iframe>"
    )
}

/// Whether a text is output of Kafka's tools rather than a script.
fn describes(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("Topic:") || line.starts_with("GROUP ") || line.starts_with("GROUP\t")
    })
}

/// A pasted script, or what describes a real cluster, takes the place of the cluster.
#[component]
pub fn ImportDialog() -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let ui = use_ui();
    let open = use_opener();
    let area = use_node_ref();
    let wrong = use_state(|| None::<String>);
    let made = use_state(|| None::<Rc<Made>>);
    let begin = {
        let (wrong, ui) = (wrong.clone(), ui.clone());
        move |text: &str| match crate::restore::read(text) {
            Ok(_) => {
                open.emit((Source::Pasted, text.to_owned()));
                ui.dispatch(UiAction::CloseDialog);
                None
            }
            Err(error) => {
                wrong.set(Some(refusals::script(lang, &error)));
                Some(error.line)
            }
        }
    };
    // Output of the tools is taken apart while it is pasted; a script is read when it is to run.
    let oninput = {
        let (wrong, made) = (wrong.clone(), made.clone());
        move |e: InputEvent| {
            let text = e.target_unchecked_into::<HtmlTextAreaElement>().value();
            wrong.set(None);
            if !describes(&text) {
                return made.set(None);
            }
            let (wrong, made) = (wrong.clone(), made.clone());
            tools::prepare(move |_| {
                match tools::here().map(|kit| kit.imported(&text, lang == Lang::Zh)) {
                    Some(found) => made.set(Some(Rc::new(found))),
                    None => wrong.set(Some(lang.app().not_fetched.to_string())),
                }
            });
        }
    };
    let script = made.as_ref().and_then(|m| m.script.clone());
    let onsubmit = {
        let (area, modelled, script) = (area.clone(), made.is_some(), script.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            let field = area.cast::<HtmlTextAreaElement>();
            let text = field.map(|a| a.value()).unwrap_or_default();
            match &script {
                Some(script) => drop(begin(script)),
                None if modelled => {}
                None => {
                    if let Some(line) = begin(&text) {
                        point(&area, line);
                    }
                }
            }
        }
    };
    html! {
        <Modal title={t.import_title} test="import-dialog"><div class="body">
            <form class="import" {onsubmit}>
                <p class="quiet">{ t.import_why }</p>
                <p class="quiet">{ t.import_own }</p>
                <textarea ref={area} rows="12" wrap="off" spellcheck="false" autocomplete="off" aria-label={t.script} {oninput} data-test="import-text"
                    placeholder={"cluster create brokers=3 preset=classroom\ntopic create orders partitions=3 replication=3\nadvance 5s"} />
                if let Some(made) = made.as_deref() { { preview(t, made) } }
                if let Some(wrong) = &*wrong { <p class="bad" role="alert" data-test="import-error">{ wrong }</p> }
                <button class="btn primary" disabled={made.is_some() && script.is_none()} data-test="import-run">
                    { if made.is_some() { t.run_model } else { t.run_script } }
                </button>
            </form>
        </div></Modal>
    }
}

/// What was understood, what was not, and what differs.
fn preview(t: &'static crate::i18n::PanelTexts, made: &Made) -> Html {
    let lines = |lines: &[String]| html! { <ul>{ for lines.iter().map(|l| html! { <li>{ l }</li> }) }</ul> };
    let problem =
        |(line, why): &(usize, String)| html! { <li><code>{ line }</code>{ " " }{ why }</li> };
    html! {
        <div class="made" aria-live="polite" data-test="import-made">
            if !made.problems.is_empty() {
                <section data-test="import-problems"><h3 class="bad">{ t.not_understood }</h3><ul>{ for made.problems.iter().map(problem) }</ul></section>
            }
            if !made.understood.is_empty() { <section data-test="import-understood"><h3>{ t.understood }</h3>{ lines(&made.understood) }</section> }
            if !made.notes.is_empty() { <section data-test="import-notes"><h3>{ t.differs }</h3>{ lines(&made.notes) }</section> }
        </div>
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

#[cfg(test)]
mod tests {
    use super::snippet;

    #[test]
    fn the_snippet_asks_for_the_stage_alone() {
        let text = snippet("https://example.org/x/?lang=en#/s/1abc-_");
        assert!(
            text.starts_with("<iframe src=\"https://example.org/x/?embed#/s/1abc-_\"\n"),
            "{text}"
        );
        let hostile = snippet("https://example.org/\"><script>#/s/1");
        assert!(!hostile.contains("\"><script"), "{hostile}");
    }
}
