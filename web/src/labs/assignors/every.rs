//! Every assignor in a row: what the change costs under it in numbers, and who owns each partition in the end.

use super::super::rich;
use super::Scene;
use super::group::say;
use crate::dom::page::*;
use crate::i18n::LabTexts;
use rebalance_core::assignor::Assignor;
use rebalance_core::assignor::steps::NOBODY;
use rebalance_core::assignor::whatif::{Algorithm, Outcome, Protocol, Topic};

/// Every assignor in a row: its numbers, and who owns what.
pub(super) fn every(s: &Scene<'_>, outcomes: &[Option<Outcome>]) -> Html {
    let t = s.t;
    let topic = |it: &Topic| html! { <th scope="colgroup" class="topic mono" colspan={it.partitions.to_string()}><span>{ &it.name }</span></th> };
    let column = |name: &'static str, why: &'static str| html! { <th scope="col" class="n" title={why}>{ name }</th> };
    html! {
        <section class="card" data-test="lab-every">
            <div class="card-head"><h3>{ t.every }</h3>
                if let Some(last) = s.setup.changes.last() { <span class="chip accent" data-test="shown-change">{ rich(&say(s, last)) }</span> }
                <span class="grow" />{ legend(t, false) }</div>
            <div class="lab-scroll" tabindex="0">
                <table class="every">
                    <thead><tr><th scope="col">{ t.assignor }</th>
                        { column(t.moved, t.moved_why) }{ column(t.stopped, t.stopped_why) }{ column(t.rebalances, t.rebalances_why) }{ column(t.balance, t.balance_why) }
                        { for s.group.topics.iter().map(topic) }</tr></thead>
                    <tbody>{ for outcomes.iter().enumerate().map(|(at, it)| row(s, at, it.as_ref())) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(s: &Scene<'_>, at: usize, outcome: Option<&Outcome>) -> Html {
    let algorithm = Algorithm::ALL[at];
    let protocol = algorithm.protocol();
    let chosen = at == s.setup.chosen;
    let go = s.setup.edited(|it| it.chosen = at);
    let numbers = outcome
        .map(|it| it.summary(s.group, protocol))
        .unwrap_or_default();
    let total = s.group.topics.iter().map(|it| it.partitions).sum();
    let rebalances = match (protocol, outcome) {
        (Protocol::Consumer, _) | (_, None) => s.t.none.to_owned(),
        (_, Some(outcome)) => outcome.rounds.len().to_string(),
    };
    let spread = if numbers.least == numbers.most {
        numbers.least.to_string()
    } else {
        format!("{}–{}", numbers.least, numbers.most)
    };
    let had_to = (numbers.had_to > 0).then(|| (s.t.had_to)(numbers.had_to, numbers.moved));
    let strip = outcome.map(|it| strip(s, it));
    html! {
        <tr key={at} class={classes!(chosen.then_some("chosen"))} data-test={format!("row-{at}")} data-moved={numbers.moved.to_string()} data-stopped={numbers.stopped.to_string()} data-rebalances={rebalances.clone()}>
            <th scope="row"><button type="button" class="lab-pick" aria-pressed={chosen.to_string()} data-go={go} data-test={format!("pick-{at}")}><code>{ algorithm.name() }</code>{ protocol_word(s.t, algorithm) }</button></th>
            { meter(numbers.moved, total, had_to) }{ meter(numbers.stopped, total, None) }
            <td class="n mono">{ rebalances }</td><td class="n mono">{ spread }</td>
            if let Some(cells) = strip { { cells } } else { <td colspan={total.to_string()} class="bad">{ s.t.no_answer }</td> }
        </tr>
    }
}

/// A number with a bar under it.
fn meter(n: u32, of: u32, why: Option<String>) -> Html {
    let width = format!("--w:{}%", n * 100 / of.max(1));
    html! { <td class="n mono amount" style={width} title={why}>{ n }</td> }
}

pub(super) fn protocol_word(t: &LabTexts, algorithm: Algorithm) -> Html {
    let (word, why) = match (algorithm, algorithm.protocol()) {
        (Algorithm::Client(Assignor::Weighted), _) => (t.not_kafka, t.about_weighted),
        (_, Protocol::Eager) => (t.eager, t.eager_why),
        (_, Protocol::Cooperative) => (t.cooperative, t.cooperative_why),
        (_, Protocol::Consumer) => (t.consumer, t.consumer_why),
    };
    html! { <span class="quiet protocol" title={why}>{ word }</span> }
}

/// The owner of each partition in the end.
fn strip(s: &Scene<'_>, outcome: &Outcome) -> Html {
    let cell = |topic: usize, number: usize| {
        let (old, new) = (
            outcome.before[topic][number],
            outcome.after()[topic][number],
        );
        let mut class = String::from(if number == 0 { "slot first " } else { "slot " });
        let label = say_cell(s, topic, number, old, new);
        if new == NOBODY {
            class += "free";
            return html! { <td {class} title={label} /> };
        }
        class += mark(old, new);
        class += &color(new);
        html! { <td {class} title={label.clone()}><i>{ short(s.id(new)) }</i></td> }
    };
    let topic =
        |topic: usize| (0..outcome.before[topic].len()).map(move |number| cell(topic, number));
    (0..s.group.topics.len()).flat_map(topic).collect()
}

pub(super) fn color(seat: u32) -> String {
    format!(" part-{}", seat % 8)
}

pub(super) fn mark(old: u32, new: u32) -> &'static str {
    if old == new {
        "kept"
    } else if old == NOBODY {
        "fresh"
    } else {
        "moved"
    }
}

pub(super) fn say_cell(s: &Scene<'_>, topic: usize, number: usize, old: u32, new: u32) -> String {
    let partition = s.partition(topic, number);
    match mark(old, new) {
        _ if new == NOBODY => (s.t.cell_free)(&partition),
        "kept" => (s.t.cell_kept)(&partition, s.id(new)),
        "fresh" => (s.t.cell_fresh)(&partition, s.id(new)),
        _ => (s.t.cell_moved)(&partition, s.id(old), s.id(new)),
    }
}

pub(super) fn legend(t: &LabTexts, ghosts: bool) -> Html {
    let one = |class: &'static str, word: &'static str| html! { <span><i class={classes!("sample", class)} />{ word }</span> };
    html! {
        <span class="lab-legend quiet" aria-hidden="true">
            { one("kept", t.legend_kept) }{ one("moved", t.legend_moved) }{ one("fresh", t.legend_fresh) }
            if ghosts { { one("ghost", t.legend_gone) } }
        </span>
    }
}

/// At most three letters that still tell names apart: `consumer-12` is `c12`.
pub(super) fn short(name: &str) -> String {
    if name.len() <= 3 {
        return name.to_owned();
    }
    let digits = name
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count()
        .min(2);
    match digits {
        0 => name[..3].to_owned(),
        _ => name[..1].to_owned() + &name[name.len() - digits..],
    }
}
