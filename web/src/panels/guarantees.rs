//! The guarantees: each one with a light, checked by the engine after every event; broken ones with their evidence.

use crate::dom::page::*;
use crate::i18n::guarantees;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{use_lang, use_prefs};
use rebalance_core::event::Violation;
use rebalance_core::time::SimTime;

/// Violations listed at most; the counts tell of the rest.
const SHOWN: usize = 40;

/// The panel.
#[component]
pub fn Guarantees() -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let s = use_snapshot();
    let light = |(name, broken): &(&'static str, u32)| {
        let (class, shape, word) = match broken {
            0 => ("ok", "●", t.holds.to_string()),
            n => ("bad", "✕", (t.broken_times)(*n as usize)),
        };
        html! {
            <li key={*name} class="guarantee" data-broken={(*broken > 0).to_string()} data-test={format!("guarantee-{name}")}>
                <span class={classes!("light", class)} aria-hidden="true">{ shape }</span>
                <span>{ guarantees::sentence(lang, name) }</span>
                <span class={classes!("chip", class)}>{ word }</span>
            </li>
        }
    };
    let evidence = |(i, (at, violation)): (usize, &(SimTime, Violation))| {
        html! { <Evidence key={i} at={*at} violation={violation.clone()} /> }
    };
    let violations = &s.view.violations;
    let skipped = violations.len().saturating_sub(SHOWN);
    html! {
        <div class="guarantees" tabindex="0">
            <p class="quiet">{ t.guarantees_why }</p>
            <ul class="lights">{ for s.view.guarantees.iter().map(light) }</ul>
            if !violations.is_empty() {
                <h3>{ t.evidence }</h3>
                <ol class="lines">{ for violations.iter().enumerate().skip(skipped).map(evidence) }</ol>
            }
        </div>
    }
}

/// Properties of [`Evidence`].
#[derive(Properties, PartialEq)]
struct EvidenceProps {
    at: SimTime,
    violation: Violation,
}

/// One broken guarantee: when, which, and what was seen.
#[component]
fn Evidence(props: &EvidenceProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let at = props.at;
    let seek = move |_: MouseEvent| dispatch.seek(at);
    html! {
        <li class="line mark">
            <button type="button" class="when" title={t.go_to_moment} onclick={seek}>{ at.to_string() }</button>
            <span class="glyph bad" aria-hidden="true">{ "✕" }</span>
            <span class="said">{ guarantees::sentence(lang, props.violation.invariant) }{ " " }<code>{ &*props.violation.evidence }</code></span>
        </li>
    }
}
