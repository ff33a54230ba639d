//! The stage: three lanes that follow the data, producers → brokers → consumer groups.

mod kinds;

pub use kinds::Kind;

use crate::session::use_snapshot;
use crate::state::use_texts;
use yew::prelude::*;

/// The three lanes.
#[component]
pub fn Stage() -> Html {
    let t = use_texts();
    let s = use_snapshot();
    html! {
        <div class="stage">
            <section class="lane" aria-label={t.stage.producers}><h2>{ t.stage.producers }</h2>
                { for s.producers.iter().map(|p| html! { <p key={p.name.to_string()}>{ &*p.name }</p> }) }
            </section>
            <section class="lane" aria-label={t.stage.cluster}><h2>{ t.stage.cluster }</h2>
                { for s.brokers.iter().map(|b| html! { <p key={b.id.0}>{ b.id.0 }</p> }) }
            </section>
            <section class="lane" aria-label={t.stage.groups}><h2>{ t.stage.groups }</h2>
                { for s.groups.iter().map(|g| html! { <p key={g.name.to_string()}>{ &*g.name }</p> }) }
            </section>
        </div>
    }
}
