//! The line at the top of a room: the brand, the ways to other rooms, language and theme.

use super::{Icon, Logo};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::state::{PrefsAction, PrefsContext, Theme};

/// A way to a room: its address, its name, its `data-test`, and whether the reader is in it.
pub type Way = (&'static str, &'static str, &'static str, bool);

/// The header of a room without a cluster. `rooms` is the accessible name of the list of ways.
pub fn room_header(rooms: &'static str, ways: &[Way], prefs: &PrefsContext) -> Html {
    let way = |&(href, name, test, here): &Way| {
        html! { <a class="tab" {href} aria-current={here.then_some("page")} data-test={test}>{ name }</a> }
    };
    html! {
        <header class="header">
            <h1 class="brand"><Logo /><span class="name">{ "Rebalance" }</span></h1>
            <nav class="rooms" aria-label={rooms}>{ for ways.iter().map(way) }</nav>
            <div class="side end">{ lang_and_theme(prefs) }</div>
        </header>
    }
}

/// The other language, and dark instead of light or the other way round.
pub fn lang_and_theme(prefs: &PrefsContext) -> Html {
    let (lang, app) = (prefs.lang, prefs.lang.app());
    let other = if lang == Lang::En { Lang::Zh } else { Lang::En };
    let set_lang = {
        let prefs = prefs.clone();
        move |_: MouseEvent| prefs.dispatch(PrefsAction::Lang(other))
    };
    let set_theme = {
        let prefs = prefs.clone();
        move |_: MouseEvent| {
            let theme = match prefs.theme.is_dark() {
                true => Theme::Light,
                false => Theme::Dark,
            };
            prefs.dispatch(PrefsAction::Theme(theme));
        }
    };
    html! {
        <>
            <button type="button" class="btn quiet-btn" lang={other.tag()} onclick={set_lang} data-test="lang">{ app.language }</button>
            <button type="button" class="btn quiet-btn only" onclick={set_theme} data-test="theme" aria-label={app.theme} title={app.theme}>{ Icon::Theme.html() }</button>
        </>
    }
}
