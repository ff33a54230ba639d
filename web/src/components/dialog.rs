//! Dialogs: the browser's own `<dialog>`, which keeps the focus inside and gives it back afterwards.

use super::forms::{AddConsumer, AddProducer, AddTopic, LinkForm, NewCluster};
use super::{Button, Icon};
use crate::dom::page::*;
use crate::futures::{BookmarkDialog, FuturesDialog};
use crate::i18n::refusals;
use crate::panels::{ImportDialog, ShareDialog};
use crate::part::Late;
use crate::rooms::Room;
use crate::session::{use_dispatch, use_snapshot};
use crate::stage::Kind;
use crate::state::{Dialog, UiAction, use_lang, use_ui};

/// A dialog's frame.
#[derive(Properties, PartialEq)]
pub struct ModalProps {
    /// Its heading.
    pub title: AttrValue,
    /// `data-test`.
    #[prop_or_default]
    pub test: Option<AttrValue>,
    /// What is in it.
    pub children: Html,
}

/// A dialog that is open as long as it exists; shutting it tells the page.
#[component]
pub fn Modal(p: &ModalProps) -> Html {
    let (t, ui, node) = (use_lang(), use_ui(), use_node_ref());
    use_effect_with((), {
        let node = node.clone();
        move |()| {
            if let Some(dialog) = node.cast::<web_sys::HtmlDialogElement>() {
                let _ = dialog.show_modal();
            }
        }
    });
    let close = {
        let ui = ui.clone();
        Callback::from(move |()| ui.dispatch(UiAction::CloseDialog))
    };
    let onclose = close.reform(|_: Event| ());
    html! {
        <dialog ref={node} {onclose} aria-label={p.title.clone()} data-test={p.test.clone()}>
            <div class="head"><h2>{ p.title.clone() }</h2><span class="grow" />
                <Button label={t.app().close} icon={Icon::Cross} only=true class="quiet-btn" test="dialog-close" onclick={close} />
            </div>
            { p.children.clone() }
        </dialog>
    }
}

/// Whatever dialog is open.
#[component]
pub fn Dialogs() -> Html {
    let ui = use_ui();
    match ui.dialog.clone() {
        None => html! {},
        Some(dialog) => html! { <Late room={Room::Dialog(dialog)} /> },
    }
}

/// A dialog; the part `desk` draws it.
pub fn dialog(dialog: &Dialog) -> Html {
    match dialog.clone() {
        Dialog::Share => html! { <ShareDialog /> },
        Dialog::Import => html! { <ImportDialog /> },
        Dialog::AddProducer => html! { <AddProducer /> },
        Dialog::AddConsumer(group) => html! { <AddConsumer {group} /> },
        Dialog::AddTopic => html! { <AddTopic /> },
        Dialog::Link(from) => html! { <LinkForm {from} /> },
        Dialog::NewCluster => html! { <NewCluster /> },
        Dialog::Futures => html! { <FuturesDialog /> },
        Dialog::Bookmarks => html! { <BookmarkDialog /> },
        Dialog::Help => html! { <Help /> },
    }
}

/// Keys of the keyboard, and what the shapes mean.
#[component]
fn Help() -> Html {
    let t = use_lang();
    let keys = [
        ("Space", t.dialogs().key_play),
        ("→", t.dialogs().key_step),
        ("Shift →", t.dialogs().key_next),
        ("←", t.dialogs().key_back),
        ("Shift ←", t.dialogs().key_back_far),
        ("Ctrl K  `", t.dialogs().key_terminal),
        ("Ctrl Z", t.dialogs().key_undo),
        ("B", t.dialogs().key_bookmark),
        ("C", t.dialogs().key_compare),
        ("M", t.dialogs().key_message),
        ("O", t.dialogs().key_outline),
        ("1 2 3", t.dialogs().key_choice),
        ("?", t.dialogs().key_help),
        ("Tab", t.dialogs().key_tab),
        ("Esc", t.dialogs().key_escape),
    ];
    html! {
        <Modal title={t.dialogs().help} test="help-dialog"><div class="body">
            <div class="keys">{ for keys.iter().map(|(k, text)| html! { <><span><kbd>{ *k }</kbd></span><span>{ *text }</span></> }) }</div>
            <p class="sub">{ t.dialogs().shapes }</p>
            <div class="keys">{ for Kind::ALL.iter().map(|k| html! { <><span>{ super::svg(k.shape(), "icon") }</span><span>{ k.name(t) }</span></> }) }</div>
            <p class="sub">{ t.dialogs().tiles }</p>
        </div></Modal>
    }
}

/// A refused command, in words, until dismissed or until the next command.
#[component]
pub fn Refusal() -> Html {
    let (lang, s, d) = (use_lang(), use_snapshot(), use_dispatch());
    let onclick = Callback::from(move |()| d.forget_refusal());
    let Some(why) = &s.refused else {
        return html! {};
    };
    html! {
        <div class="toast" data-test="refused">
            <span class="bad">{ Icon::Warn.html() }</span><span class="grow">{ refusals::command(lang, why) }</span>
            <Button label={lang.app().close} icon={Icon::Cross} only=true class="small quiet-btn" {onclick} />
        </div>
    }
}
