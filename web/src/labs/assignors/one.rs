//! One assignor: what it is, what it was checked against, and its decisions one by one beside the grid they fill.

use super::super::{badge, grouped, rich};
use super::every::{color, legend, mark, protocol_word, say_cell};
use super::{Scene, at_step};
use crate::components::Icon;
use crate::dom::page::*;
use crate::i18n::labs::{Names, sentence};
use rebalance_core::assignor::Assignor;
use rebalance_core::assignor::server::ServerAssignor;
use rebalance_core::assignor::steps::Step;
use rebalance_core::assignor::whatif::{
    Algorithm, KAFKA, Outcome, Owners, Topic, carry_out, unpack,
};

/// One assignor: what it is, its grid, and its decisions.
pub(super) fn one(s: &Scene<'_>, outcome: Option<&Outcome>) -> Html {
    let t = s.t;
    let algorithm = Algorithm::ALL[s.setup.chosen];
    let about = match algorithm {
        Algorithm::Client(Assignor::Range) => t.about_range,
        Algorithm::Client(Assignor::RoundRobin) => t.about_roundrobin,
        Algorithm::Client(Assignor::Sticky) => t.about_sticky,
        Algorithm::Client(Assignor::CooperativeSticky) => t.about_cooperative,
        Algorithm::Server(ServerAssignor::Uniform) => t.about_uniform,
        Algorithm::Server(ServerAssignor::Range) => t.about_server_range,
        Algorithm::Client(Assignor::Weighted) => t.about_weighted,
    };
    let [version, commit, date] = KAFKA;
    let badge = match algorithm {
        Algorithm::Client(Assignor::Weighted) => {
            html! { <span class="chip warn badge" data-test="badge">{ t.not_kafka }</span> }
        }
        _ => badge(
            (t.proven)(version, &grouped(algorithm.vectors())),
            (t.proven_why)(commit, date),
        ),
    };
    html! {
        <section class="card one" data-test="lab-one" data-algorithm={algorithm.name()}>
            <div class="card-head"><h3><code>{ algorithm.name() }</code></h3>{ protocol_word(t, algorithm) }<span class="grow" />{ badge }</div>
            <p class="quiet about">{ about }</p>
            if let Some(outcome) = outcome { { steps(s, algorithm, outcome) } } else { <p class="bad">{ t.no_answer }</p> }
        </section>
    }
}

/// The grid at the step that is looked at, with the player.
fn steps(s: &Scene<'_>, algorithm: Algorithm, outcome: &Outcome) -> Html {
    let total = outcome.rounds.iter().map(|it| it.steps.len()).sum();
    let now = s.setup.step.map_or(total, |it| it.min(total));
    let (mut left, mut round) = (now, 0);
    while round + 1 < outcome.rounds.len() && left > outcome.rounds[round].steps.len() {
        left -= outcome.rounds[round].steps.len();
        round += 1;
    }
    let done = &outcome.rounds[round].steps[..left];
    let mut owners = s.group.unowned();
    done.iter().for_each(|it| carry_out(it, &mut owners));
    html! {
        <>
            { player(s, outcome, (round, done.last()), (now, total)) }
            <div class="lab-scroll" tabindex="0">{ grid(s, algorithm, outcome, &owners, done.last().filter(|_| now < total)) }</div>
            <div class="under-grid">{ legend(s.t, true) }</div>
            { all_steps(s, outcome, now, total) }
        </>
    }
}

fn player(
    s: &Scene<'_>,
    outcome: &Outcome,
    (round, step): (usize, Option<&Step>),
    (now, total): (usize, usize),
) -> Html {
    let t = s.t;
    let to = |step: usize| at_step(s.setup, step, total);
    let button = |label: &'static str,
                  icon: Icon,
                  test: &'static str,
                  go: Option<String>,
                  turned: bool| {
        let off = go.is_none();
        html! { <button type="button" class={classes!("btn", "only", turned.then_some("turned"))} aria-label={label} title={label} disabled={off} data-go={go} data-step="" data-test={test}>{ icon.html() }</button> }
    };
    let (word, icon) = if s.playing {
        (t.pause, Icon::Pause)
    } else {
        (t.play, Icon::Play)
    };
    let play = to(if now == total && !s.playing { 0 } else { now });
    let said = step.map_or_else(|| t.not_begun.to_owned(), |it| speak(s, it));
    html! {
        <div class="player" data-player="" role="group" aria-label={t.steps}>
            <div class="player-bar">
                { button(t.first_step, Icon::Next, "step-first", (now > 0).then(|| to(0)), true) }
                { button(t.previous_step, Icon::Back, "step-previous", (now > 0).then(|| to(now - 1)), false) }
                <button type="button" class="btn primary only" aria-label={word} title={word} data-go={play} data-step="" data-play="" data-test="step-play">{ icon.html() }</button>
                { button(t.next_step, Icon::Step, "step-next", (now < total).then(|| to(now + 1)), false) }
                { button(t.last_step, Icon::Next, "step-last", (now < total).then(|| to(total)), false) }
                <span class="quiet small-text" data-test="step-count">{ (t.step_of)(now, total) }
                    if outcome.rounds.len() > 1 { { " · " }{ (t.round_of)(round + 1, outcome.rounds.len()) } }</span>
            </div>
            <p class="sentence" aria-live="polite" data-test="sentence">{ rich(&said) }</p>
        </div>
    }
}

/// A step as a sentence, with names between backticks.
fn speak(s: &Scene<'_>, step: &Step) -> String {
    sentence(
        s.lang,
        step,
        &Names {
            member: &|seat| format!("`{}`", s.id(seat)),
            partitions: &|it| list(s, it),
            topic: &|topic| format!("`{}`", s.group.topics[topic as usize].name),
        },
    )
}

/// Partitions by name; three and more in a row as their first and last.
fn list(s: &Scene<'_>, partitions: &[u32]) -> String {
    let mut sorted = partitions.to_vec();
    sorted.sort_unstable();
    let mut text = String::new();
    let mut rest = sorted.as_slice();
    while let Some(&first) = rest.first() {
        let run = (first..).zip(rest).take_while(|(a, b)| a == *b).count();
        let run = if run < 3 { 1 } else { run };
        let (topic, number) = unpack(first);
        if !text.is_empty() {
            text += ", ";
        }
        text += "`";
        text += &s.partition(topic as usize, number as usize);
        if run > 1 {
            text += "…";
            text += &(number as usize + run - 1).to_string();
        }
        text += "`";
        rest = &rest[run..];
    }
    text
}

/// Every decision, to jump to.
fn all_steps(s: &Scene<'_>, outcome: &Outcome, now: usize, total: usize) -> Html {
    let mut items: Vec<Html> = Vec::with_capacity(total);
    for (number, round) in outcome.rounds.iter().enumerate() {
        if outcome.rounds.len() > 1 {
            let heading = (s.t.round_of)(number + 1, outcome.rounds.len());
            items.push(html! { <li class="round quiet">{ heading }</li> });
        }
        for step in &round.steps {
            let count = items.len() + 1
                - if outcome.rounds.len() > 1 {
                    number + 1
                } else {
                    0
                };
            let current = (count == now).then_some("step");
            items.push(html! { <li><button type="button" class="lab-step" aria-current={current} data-go={at_step(s.setup, count, total)} data-step="">{ rich(&speak(s, step)) }</button></li> });
        }
    }
    html! { <details class="all-steps"><summary>{ s.t.all_steps }</summary><ol class="plain">{ items }</ol></details> }
}

/// Members by partitions. `step` is the decision just taken.
fn grid(
    s: &Scene<'_>,
    algorithm: Algorithm,
    outcome: &Outcome,
    owners: &Owners,
    step: Option<&Step>,
) -> Html {
    let t = s.t;
    let sizes: Vec<usize> = s
        .group
        .topics
        .iter()
        .map(|it| it.partitions as usize)
        .collect();
    let topic = |(at, it): (usize, &Topic)| html! { <th scope="colgroup" class="topic mono" colspan={sizes[at].to_string()}><span>{ &it.name }</span></th> };
    let in_hand = |topic: usize, number: usize| {
        step.is_some_and(|it| {
            it.partitions
                .iter()
                .any(|it| unpack(*it) == (topic as u32, number as u32))
        })
    };
    let line = |&seat: &usize| {
        let who = seat as u32;
        let mut cells: Vec<Html> = Vec::new();
        for (topic, (before, now)) in outcome.before.iter().zip(owners).enumerate() {
            for (number, (&old, &new)) in before.iter().zip(now).enumerate() {
                let mut class = String::from(if number == 0 { "slot first" } else { "slot" });
                if in_hand(topic, number) {
                    class += " hand";
                }
                let mut label = None;
                if new == who {
                    class += " ";
                    class += mark(old, new);
                    class += &color(new);
                    label = Some(say_cell(s, topic, number, old, new));
                } else if old == who {
                    class += " ghost";
                    class += &color(old);
                    label = Some(say_cell(s, topic, number, old, new));
                }
                let number = label.as_ref().map(|_| html! { <i>{ number }</i> });
                cells.push(html! { <td {class} title={label}>{ number }</td> });
            }
        }
        let named = &s.group.seats[seat];
        let here = step.is_some_and(|it| it.member == who);
        html! {
            <tr key={seat} class={classes!(here.then_some("hand"), (!named.present).then_some("gone"))}>
                <th scope="row"><span class={format!("lab-dot part-{}", seat % 8)} /><code>{ &named.id }</code></th>
                { cells }{ pause(s, algorithm, outcome, seat) }
            </tr>
        }
    };
    html! {
        <table class="grid" data-test="grid">
            <thead><tr><td />{ for s.group.topics.iter().enumerate().map(topic) }<th scope="col" class="n">{ t.had_has }</th><th scope="col" class="wait">{ t.reading }</th></tr></thead>
            <tbody>{ for s.rows.iter().map(line) }</tbody>
        </table>
    }
}

/// What the change means for one member: its load, and how much of what it read stopped.
fn pause(s: &Scene<'_>, algorithm: Algorithm, outcome: &Outcome, seat: usize) -> Html {
    let (t, named) = (s.t, &s.group.seats[seat]);
    let share = outcome.share(seat as u32, algorithm.protocol());
    let (class, word) = match share.stopped {
        _ if !named.present => ("quiet", t.is_gone.to_owned()),
        _ if share.had == 0 => ("quiet", t.is_new.to_owned()),
        0 => ("ok", t.keeps_reading.to_owned()),
        stopped => ("warn", (t.stops_some)(stopped, share.had)),
    };
    let width = format!("--w:{}%", share.stopped * 100 / share.had.max(1));
    let bar = named.present && share.had > 0;
    html! {
        <>
            <td class="n mono">{ format!("{} → {}", share.had, share.has) }</td>
            <td class="wait" data-test={format!("pause-{}", named.id)}>if bar { <span class="wait-bar" style={width} /> }<span class={class}>{ word }</span></td>
        </>
    }
}
