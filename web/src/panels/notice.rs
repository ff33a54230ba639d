//! One line over the page when something did not work, or when what is seen came from a link.

use super::opening::{Source, use_opener};
use crate::dom::page::*;
use crate::i18n::{Lang, refusals};
use crate::keep::{self, Found};
use crate::restore::{MAX_EVENTS, Refusal};
use crate::share::LinkError;
use crate::state::{UiAction, use_lang, use_prefs, use_ui};
use rebalance_core::command::ScriptParseError;

/// What there is to say.
#[derive(Clone, PartialEq, Debug)]
pub enum Notice {
    /// A link that cannot be read.
    BadLink(LinkError),
    /// A script that cannot be read.
    Unreadable(Source, ScriptParseError),
    /// A script that cannot be done.
    Refused(Source, Refusal),
    /// What was kept on this device is damaged.
    DamagedKept,
    /// The browser keeps nothing.
    NotKept,
    /// An address that names nothing.
    UnknownAddress(String),
    /// A shared moment is shown; whether what was there before is kept.
    FromLink(bool),
    /// What was kept before is back.
    Back,
    /// The moment before the program broke is shown.
    Recovered,
    /// Another version of the page was fetched and waits.
    NewVersion,
}

impl Notice {
    fn is_bad(&self) -> bool {
        !matches!(
            self,
            Self::FromLink(_) | Self::Back | Self::NotKept | Self::Recovered | Self::NewVersion
        )
    }

    fn text(&self, lang: Lang) -> String {
        let t = lang.panels();
        let where_from = |source: &Source| match source {
            Source::Link | Source::Recovered => t.in_link,
            Source::Kept | Source::Before => t.in_kept,
            Source::Pasted => t.in_pasted,
        };
        let said = |source: &Source, why: String| {
            let then = match source {
                Source::Kept => t.damaged_kept,
                _ => t.nothing_changed,
            };
            format!("{} {why} {then}", where_from(source))
        };
        match self {
            Self::BadLink(error) => {
                format!("{} {}", refusals::link(lang, *error), t.nothing_changed)
            }
            Self::Unreadable(source, error) => said(source, refusals::script(lang, error)),
            Self::Refused(source, refusal) => said(source, refused(lang, refusal)),
            Self::DamagedKept => t.damaged_kept.to_string(),
            Self::NotKept => t.not_kept.to_string(),
            Self::UnknownAddress(address) => (t.unknown_address)(address),
            Self::FromLink(_) => t.from_link.to_string(),
            Self::Back => t.is_back.to_string(),
            Self::Recovered => t.recovered.to_string(),
            Self::NewVersion => t.new_version.to_string(),
        }
    }
}

fn refused(lang: Lang, refusal: &Refusal) -> String {
    let t = lang.panels();
    match refusal {
        Refusal::Empty => t.empty_script.to_string(),
        Refusal::TooMuch => (t.too_much)(MAX_EVENTS as usize),
        Refusal::Command { line, error } => {
            (t.line_refused)(*line, &refusals::command(lang, error))
        }
    }
}

/// The line, until it is dismissed.
#[component]
pub fn NoticeBar() -> Html {
    let t = use_lang();
    let lang = use_prefs().lang;
    let ui = use_ui();
    let open = use_opener();
    let Some(notice) = ui.notice.clone() else {
        return html! {};
    };
    let dismiss = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(UiAction::Notice(None))
    };
    let back = move |_: MouseEvent| match keep::load_before() {
        Found::Moment(kept) => open.emit((Source::Before, kept.script)),
        _ => ui.dispatch(UiAction::Notice(Some(Notice::DamagedKept))),
    };
    let bad = notice.is_bad();
    let unread = match notice {
        Notice::DamagedKept
        | Notice::Unreadable(Source::Kept, _)
        | Notice::Refused(Source::Kept, _) => keep::unread(),
        _ => None,
    };
    let unread = unread.map(|text| {
        let text = String::from(js_sys::encode_uri_component(&text));
        format!("data:text/plain;charset=utf-8,{text}")
    });
    html! {
        <div class={classes!("notice", bad.then_some("bad-notice"))} role={if bad { "alert" } else { "status" }} data-test="notice">
            <span class="grow">{ notice.text(lang) }</span>
            if notice == Notice::FromLink(true) { <button type="button" class="btn small" onclick={back}>{ t.panels().back_to_own }</button> }
            if let Some(href) = unread { <a class="btn small" {href} download="rebalance-kept.txt" data-test="kept-save">{ t.panels().save_file }</a> }
            if notice == Notice::NewVersion { <button type="button" class="btn small primary" onclick={|_: MouseEvent| crate::offline::take_new_version()} data-test="new-version">{ t.panels().take_new_version }</button> }
            <button type="button" class="btn small quiet-btn only" onclick={dismiss} aria-label={t.app().close} title={t.app().close}>{ "✕" }</button>
        </div>
    }
}
