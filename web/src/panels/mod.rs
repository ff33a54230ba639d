//! What surrounds the stage: the drawer under it, the inspector beside it, the terminal at the bottom.

use crate::session::use_snapshot;
use crate::state::{UiAction, use_texts, use_ui};
use yew::prelude::*;

/// A panel of the drawer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// What happened, in sentences.
    #[default]
    Journal,
}

/// The drawer under the stage.
#[component]
pub fn Drawer() -> Html {
    let t = use_texts();
    let ui = use_ui();
    let snapshot = use_snapshot();
    let toggle = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(UiAction::ToggleDrawer)
    };
    html! {
        <section class={classes!("drawer", ui.drawer_shut.then_some("shut"))} data-test="journal">
            <div class="tabs" role="tablist">
                <button class="tab" role="tab" aria-selected="true" onclick={toggle}>{ t.panels.journal }</button>
            </div>
            if !ui.drawer_shut { <div class="panel">{ snapshot.entries }</div> }
        </section>
    }
}

/// The inspector beside the stage: whatever is selected.
#[component]
pub fn Inspector() -> Html {
    let ui = use_ui();
    match &ui.selected {
        None => html! {},
        Some(item) => html! { <aside class="inspector">{ format!("{item:?}") }</aside> },
    }
}

/// The line at the bottom.
#[component]
pub fn TerminalBar() -> Html {
    let t = use_texts();
    html! { <footer class="terminal" data-test="terminal" aria-label={t.panels.terminal}>{ "›" }</footer> }
}
