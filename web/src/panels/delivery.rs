//! The delivery ledger: for each group and partition a strip of what became of the records, and sentences that say why.
//!
//! A segment of a strip is a run of neighbouring offsets with the same fate. Fate is said by colour, by pattern and by a sign:
//! ✓ once, ×2 again, ✕ never, hatched what is still to come. Long runs do not get more room than they need to be noticed.

use crate::dom::page::*;
use crate::i18n::Lang;
use crate::i18n::ledger::{self, say};
use crate::session::{Dispatch, use_dispatch, use_snapshot};
use crate::state::{use_lang, use_prefs};
use rebalance_core::view::{Fate, LedgerRun, LedgerView};

/// Runs of a partition that are drawn; older ones are counted.
const DRAWN: usize = 24;

/// Reasons told of a partition, the newest first.
const TOLD: usize = 3;

/// Beyond this many records a run gets no wider.
const WIDEST: i64 = 30;

/// The fates that the summary counts, with their signs.
const COUNTED: [(Fate, &str); 5] = [
    (Fate::Once, "✓"),
    (Fate::Again, "×2"),
    (Fate::Never, "✕"),
    (Fate::InHand, "…"),
    (Fate::Waiting, "·"),
];

/// The panel.
#[component]
pub fn Delivery() -> Html {
    let lang = use_prefs().lang;
    let moment = use_lang().panels().go_to_moment;
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let all = &s.view.ledgers;
    let group = |of_group: &[LedgerView]| {
        let name = &of_group[0].group;
        let count = |fate| of_group.iter().map(|l| l.count(fate)).sum::<u64>();
        let (verdict, class) = verdict(count(Fate::Again), count(Fate::Never));
        let counted = COUNTED
            .iter()
            .filter(|(fate, _)| *fate == Fate::Once || count(*fate) > 0);
        let chip = |(fate, sign): &(Fate, &'static str)| {
            html! { <span class="tally"><i class={classes!("key", fate.name())} aria-hidden="true">{ *sign }</i><b>{ count(*fate) }</b>{ " " }{ ledger::fate(lang, *fate) }</span> }
        };
        html! {
            <section key={name.to_string()} class="account" data-test={format!("ledger-{name}")} data-once={count(Fate::Once).to_string()}
                data-again={count(Fate::Again).to_string()} data-never={count(Fate::Never).to_string()}>
                <h3 title={say(lang, ledger::ABOUT)}><code>{ name.to_string() }</code><span class={classes!("chip", class)}>{ say(lang, verdict) }</span>{ for counted.map(chip) }</h3>
                { for of_group.iter().map(|l| partition(lang, moment, &dispatch, l)) }
            </section>
        }
    };
    html! {
        <div class="delivery" tabindex="0">
            if all.is_empty() {
                <p class="quiet">{ say(lang, ledger::NOTHING) }</p>
            } else {
                { for all.chunk_by(|a, b| a.group == b.group).map(group) }
            }
        </div>
    }
}

fn verdict(again: u64, never: u64) -> ([&'static str; 2], &'static str) {
    match (again, never) {
        (0, 0) => (ledger::CLEAN, "ok"),
        (_, 0) => (ledger::REPEATED, "warn"),
        (0, _) => (ledger::LOSSY, "bad"),
        _ => (ledger::BOTH, "bad"),
    }
}

fn partition(lang: Lang, moment: &'static str, dispatch: &Dispatch, l: &LedgerView) -> Html {
    let name = format!("{}-{}", l.topic, l.tp.partition);
    let hidden = l.runs.len().saturating_sub(DRAWN);
    let counted: u64 = l.earlier.iter().sum();
    let earlier = counted
        + l.runs[..hidden]
            .iter()
            .map(|r| (r.last - r.first + 1) as u64)
            .sum::<u64>();
    let reasons: Vec<&LedgerRun> = l.runs.iter().rev().filter(|r| r.why.is_some()).collect();
    let reason = |r: &&LedgerRun| {
        let why = r.why.as_ref()?;
        let at = why.at;
        let dispatch = dispatch.clone();
        let seek = move |_: MouseEvent| dispatch.seek(at);
        Some(html! {
            <li key={r.first} class="line">
                <button type="button" class="when" title={moment} onclick={seek}>{ at.to_string() }</button>
                <span class={classes!("sign", r.fate.name())}><code>{ ledger::span(r) }</code></span>
                <span class="said">{ sign(r) }{ " " }{ ledger::why(lang, r, why) }</span>
            </li>
        })
    };
    html! {
        <div key={name.clone()} class={classes!("book", format!("part-{}", l.tp.partition.rem_euclid(8)))}
            data-test={format!("ledger-{}-{name}", l.group)} data-again={l.count(Fate::Again).to_string()} data-never={l.count(Fate::Never).to_string()}>
            <span class="part"><i class="swatch" aria-hidden="true" /><code>{ &name }</code></span>
            <ol class="fates">
                if earlier > 0 { <li class="run folded">{ ledger::earlier(lang, earlier) }</li> }
                { for l.runs[hidden..].iter().map(|r| run(lang, r)) }
            </ol>
            if !reasons.is_empty() {
                <ul class="reasons">
                    { for reasons.iter().take(TOLD).filter_map(reason) }
                    if reasons.len() > TOLD { <li class="quiet">{ ledger::more(lang, reasons.len() - TOLD) }</li> }
                </ul>
            }
        </div>
    }
}

/// `✓`, `×2`, `✕`, …
fn sign(run: &LedgerRun) -> String {
    match run.fate {
        Fate::Once => "✓".into(),
        Fate::Again => format!("×{}", run.processed),
        Fate::Never => "✕".into(),
        Fate::InHand => "…".into(),
        Fate::Gap => "∅".into(),
        Fate::Waiting => String::new(),
    }
}

fn run(lang: Lang, r: &LedgerRun) -> Html {
    let text = ledger::run(lang, r);
    let title = match &r.why {
        Some(why) => format!("{text}. {}", ledger::why(lang, r, why)),
        None => text.clone(),
    };
    let width = (r.last - r.first + 1).min(WIDEST);
    html! {
        <li key={r.first} class={classes!("run", r.fate.name())} style={format!("flex-grow:{width}")} {title}>
            <span aria-hidden="true">{ ledger::span(r) }<b>{ sign(r) }</b></span>
            <span class="sr-only">{ text }</span>
        </li>
    }
}
