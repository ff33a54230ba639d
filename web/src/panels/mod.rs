//! What surrounds the stage: the drawer under it, the inspector beside it, the terminal at the bottom.
//!
//! [`journal`] tells what happened, [`protocol`] who said what to whom, [`delivery`] what became of the records,
//! [`metrics`] how it went, [`guarantees`] what still holds, [`code`] shows the moment as a script. [`inspector`] shows whatever is selected, [`terminal`] takes typed commands. [`opening`]
//! finds the moment to begin with (a link, what was kept, a pasted script) and keeps the present one, [`restoring`] brings it back; [`notice`] says when that
//! did not work. [`words`] and [`book`] turn journal entries into sentences and chains of causes.

mod book;
mod code;
mod delivery;
mod dialogs;
mod guarantees;
mod inspector;
mod journal;
mod metrics;
mod notice;
mod opening;
mod protocol;
mod restoring;
mod terminal;
mod words;

pub use dialogs::{CopyButton, ImportDialog, ShareDialog};
pub use inspector::Inspected;
pub use journal::LiveRegion;
pub use notice::{Notice, NoticeBar};
pub use opening::{Opening, Wanted, use_hash_change};
pub use restoring::Restoring;
pub use terminal::TerminalBar;

use crate::dom::page::*;
use crate::part::Late;
use crate::rooms::Room;
use crate::session::use_snapshot;
use crate::state::{UiAction, use_lang, use_ui};
use wasm_bindgen::JsCast;

/// A panel of the drawer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// What happened, in sentences.
    #[default]
    Journal,
    /// Who said what to whom.
    Protocol,
    /// What became of the records in each group.
    Delivery,
    /// How it went, as curves.
    Metrics,
    /// What still holds.
    Guarantees,
    /// The moment as a script.
    Code,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::Journal,
        Self::Protocol,
        Self::Delivery,
        Self::Metrics,
        Self::Guarantees,
        Self::Code,
    ];
    const IDS: [&'static str; 6] = [
        "journal",
        "protocol",
        "delivery",
        "metrics",
        "guarantees",
        "code",
    ];

    /// The panel of this name, as lessons write it.
    pub fn named(name: &str) -> Option<Self> {
        let at = Self::IDS.iter().position(|id| *id == name)?;
        Some(Self::ALL[at])
    }
}

/// The drawer under the stage.
#[component]
pub fn Drawer() -> Html {
    let t = use_lang().app();
    let ui = use_ui();
    let broken = use_snapshot().view.violations.len();
    let panel = (!ui.drawer_shut).then_some("panel");
    let tab = |(i, (tab, name)): (usize, (Tab, &'static str))| {
        let selected = ui.tab == tab;
        let ui = ui.clone();
        let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Tab(tab));
        html! {
            <button key={name} type="button" class="tab" role="tab" id={format!("tab-{}", Tab::IDS[i])} data-test={format!("tab-{}", Tab::IDS[i])} aria-selected={selected.to_string()} aria-controls={panel}
                tabindex={if selected { "0" } else { "-1" }} {onclick}>
                { name }
                if tab == Tab::Guarantees && broken > 0 { { " " }<span class="chip bad">{ broken }</span> }
            </button>
        }
    };
    let onkeydown = {
        let ui = ui.clone();
        move |e: KeyboardEvent| {
            let at = Tab::ALL.iter().position(|t| *t == ui.tab).unwrap_or(0);
            let next = match e.key().as_str() {
                "ArrowRight" => (at + 1) % Tab::ALL.len(),
                "ArrowLeft" => (at + Tab::ALL.len() - 1) % Tab::ALL.len(),
                "Home" => 0,
                "End" => Tab::ALL.len() - 1,
                _ => return,
            };
            e.prevent_default();
            ui.dispatch(UiAction::Tab(Tab::ALL[next]));
            focus(&format!("tab-{}", Tab::IDS[next]));
        }
    };
    let toggle = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(UiAction::ToggleDrawer)
    };
    let id = Tab::ALL
        .iter()
        .position(|t| *t == ui.tab)
        .map_or("", |i| Tab::IDS[i]);
    let label = if ui.drawer_shut {
        t.open_drawer
    } else {
        t.shut_drawer
    };
    html! {
        <section class={classes!("drawer", ui.drawer_shut.then_some("shut"))} data-test="journal">
            <div class="tabs">
                <div class="tablist" role="tablist" {onkeydown}>{ for Tab::ALL.into_iter().zip(t.tabs).enumerate().map(tab) }</div>
                <button type="button" class="btn small quiet-btn only" onclick={toggle} aria-expanded={(!ui.drawer_shut).to_string()} aria-label={label} title={label}>
                    { if ui.drawer_shut { "▴" } else { "▾" } }
                </button>
            </div>
            if !ui.drawer_shut {
                <div class="panel" id="panel" role="tabpanel" aria-labelledby={format!("tab-{id}")}><Late room={Room::Panel(ui.tab)} /></div>
            }
            <Late room={Room::Live} />
        </section>
    }
}

/// A panel that the part `desk` draws.
pub fn panel(tab: Tab) -> Html {
    match tab {
        Tab::Journal => html! { <journal::Journal /> },
        Tab::Protocol => html! { <protocol::Protocol /> },
        Tab::Delivery => html! { <delivery::Delivery /> },
        Tab::Metrics => html! { <metrics::MetricsPanel /> },
        Tab::Guarantees => html! { <guarantees::Guarantees /> },
        Tab::Code => html! { <code::Code /> },
    }
}

fn focus(id: &str) {
    let document = web_sys::window().and_then(|w| w.document());
    let found = document.and_then(|d| d.get_element_by_id(id));
    if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
