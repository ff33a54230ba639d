//! Time: the transport in the header, and the timeline.

use crate::session::{use_dispatch, use_snapshot};
use crate::state::use_texts;
use yew::prelude::*;

/// The line at the top.
#[component]
pub fn Header() -> Html {
    let t = use_texts();
    let s = use_snapshot();
    let d = use_dispatch();
    html! {
        <header class="header">
            <b>{ "Rebalance" }</b>
            <button data-test="play" onclick={move |_| d.toggle_play()}>{ if s.playing { t.controls.pause } else { t.controls.play } }</button>
            <span data-test="clock">{ s.view.now.to_string() }</span>
        </header>
    }
}

/// The line under the stage.
#[component]
pub fn Timeline() -> Html {
    let t = use_texts();
    html! { <section class="timeline" data-test="timeline" aria-label={t.controls.timeline}></section> }
}
