//! The left side: the group at the beginning, and what happens to it. Every control carries the address it leads to.

use super::super::setup::{MOST_CHANGES, MOST_MEMBERS, MOST_PARTITIONS, MOST_TOPICS, Setup};
use super::super::{press, rich};
use super::Scene;
use super::every::short;
use crate::components::Icon;
use crate::dom::page::*;
use rebalance_core::assignor::whatif::{Change, Seat, Topic};

/// The group at the beginning, to be edited.
pub(super) fn start(s: &Scene<'_>) -> Html {
    let (t, setup) = (s.t, s.setup);
    let topics = &setup.start.topics;
    let room = topics.len() < MOST_TOPICS;
    let seats = setup.start.seats.len() < MOST_MEMBERS;
    let more_topics = room.then(|| setup.edited(Setup::add_topic));
    let name = setup.free_name("c");
    let more_members =
        seats.then(|| setup.edited(|it| it.start.seats.push(Seat::new(name, it.all_topics()))));
    html! {
        <section class="card" data-test="lab-start">
            <h3>{ t.start }</h3>
            <div class="lab-list"><h4>{ t.topics }</h4>{ for (0..topics.len()).map(|at| topic_row(s, at)) }
                { press(t.add_topic, html! { <>{ Icon::Plus.html() }{ t.add_topic }</> }, more_topics, "quiet-btn", "add-topic".into()) }
            </div>
            <div class="lab-list"><h4>{ t.members }</h4>{ for (0..setup.start.seats.len()).map(|at| member_row(s, at)) }
                { press(t.add_member, html! { <>{ Icon::Plus.html() }{ t.add_member }</> }, more_members, "quiet-btn", "add-member".into()) }
            </div>
        </section>
    }
}

/// The field of a name.
fn name_field(label: &str, hint: &'static str, value: &str, edit: String) -> Html {
    html! {
        <input class="lab-name mono" type="text" maxlength="16" spellcheck="false" autocomplete="off" autocapitalize="off" aria-label={label.to_owned()} title={hint}
            value={value.to_owned()} data-old={value.to_owned()} data-test={edit.clone()} data-edit={edit} />
    }
}

fn topic_row(s: &Scene<'_>, at: usize) -> Html {
    let (t, setup) = (s.t, s.setup);
    let topic = &setup.start.topics[at];
    let n = topic.partitions;
    let to = |n: u32| setup.edited(move |it| it.start.topics[at].partitions = n);
    let remove = (setup.start.topics.len() > 1).then(|| setup.edited(|it| it.remove_topic(at)));
    html! {
        <div class="lab-row" key={format!("t{at}")}>
            { name_field(t.topic_name, t.names_hint, &topic.name, format!("t{at}")) }
            <span class="lab-counter">
                { press(&(t.fewer)(&topic.name), Icon::Minus.html(), (n > 1).then(|| to(n - 1)), "only", format!("fewer-{at}")) }
                <output class="mono" aria-label={t.partitions} title={t.partitions} data-test={format!("partitions-{at}")}>{ n }</output>
                { press(&(t.more)(&topic.name), Icon::Plus.html(), (n < MOST_PARTITIONS).then(|| to(n + 1)), "only", format!("more-{at}")) }
            </span>
            { press(&(t.remove)(&topic.name), Icon::Cross.html(), remove, "only quiet-btn", format!("remove-t{at}")) }
        </div>
    }
}

/// Whether a member subscribes to each topic, as buttons that change it.
fn topic_toggles(s: &Scene<'_>, id: &str, topics: u32, go: &dyn Fn(u32) -> Option<String>) -> Html {
    let toggle = |(at, topic): (u32, &Topic)| {
        let on = topics >> at & 1 == 1;
        let label = (s.t.subscribes)(id, &topic.name);
        let class = classes!("lab-topic", "mono", on.then_some("on"));
        let go = go(topics ^ 1 << at);
        let off = go.is_none();
        html! { <button type="button" {class} key={at} aria-pressed={on.to_string()} title={label.clone()} disabled={off} data-go={go}
        data-test={format!("sub-{id}-{}", topic.name)}><span class="sr">{ label }</span><span class="seen" aria-hidden="true">{ short(&topic.name) }</span></button> }
    };
    html! { <span class="lab-topics">{ for (0..).zip(&s.group.topics).map(toggle) }</span> }
}

fn member_row(s: &Scene<'_>, at: usize) -> Html {
    let (t, setup) = (s.t, s.setup);
    let seat = &setup.start.seats[at];
    let remove =
        (setup.start.seats.len() > 1).then(|| setup.edited(|it| drop(it.start.seats.remove(at))));
    let fixed = setup.edited(|it| {
        let seat = &mut it.start.seats[at];
        seat.instance = seat.instance.is_none().then(|| seat.id.clone());
    });
    let heavier = setup.edited(|it| {
        let weight = &mut it.start.seats[at].weight;
        *weight = *weight % 3 + 1;
    });
    let subscribe = |topics: u32| Some(setup.edited(|it| it.start.seats[at].topics = topics));
    let label = (t.static_member)(&seat.id);
    let is_static = seat.instance.is_some();
    html! {
        <div class="lab-row" key={format!("m{at}")}>
            <span class={format!("lab-dot part-{}", at % 8)} />
            { name_field(t.member_id, t.names_hint, &seat.id, format!("m{at}")) }
            { topic_toggles(s, &seat.id, seat.topics, &subscribe) }
            <button type="button" class={classes!("lab-topic", "flag", "mono", is_static.then_some("on"))} aria-pressed={is_static.to_string()} aria-label={label.clone()} title={label} data-go={fixed}>{ "S" }</button>
            { press(&(t.weight)(&seat.id, seat.weight), html! { { format!("×{}", seat.weight) } }, Some(heavier), "only quiet-btn mono", format!("weight-{at}")) }
            { press(&(t.remove)(&seat.id), Icon::Cross.html(), remove, "only quiet-btn", format!("remove-m{at}")) }
        </div>
    }
}

/// What happens to the group: what has, and what could.
pub(super) fn happens(s: &Scene<'_>) -> Html {
    let (t, setup) = (s.t, s.setup);
    let room = setup.changes.len() < MOST_CHANGES;
    let said = |(at, change): (usize, &Change)| {
        let last = at + 1 == setup.changes.len();
        html! { <li key={at} class={classes!(last.then_some("last"))}>{ rich(&say(s, change)) }</li> }
    };
    let any = !setup.changes.is_empty();
    let undo = any.then(|| setup.edited(|it| drop(it.changes.pop())));
    let here = any.then(|| setup.edited(Setup::begin_here));
    let name = setup.free_name("c");
    let members = s.group.seats.iter().filter(|it| it.present).count();
    let join = (room && members < MOST_MEMBERS)
        .then(|| setup.with(Change::Join(Seat::new(name.clone(), setup.all_topics()))));
    let present = (0..s.group.seats.len()).filter(|&it| s.group.seats[it].present);
    let member = |at: usize| {
        let seat = &s.group.seats[at];
        let leave = (room && members > 1).then(|| setup.with(Change::Leave(seat.id.clone())));
        let subscribe =
            |topics| room.then(|| setup.with(Change::Subscribe(seat.id.clone(), topics)));
        html! {
            <div class="lab-row" key={seat.id.clone()}>
                <span class={format!("lab-dot part-{}", at % 8)} /><code class="lab-id">{ &seat.id }</code>
                { topic_toggles(s, &seat.id, seat.topics, &subscribe) }
                { press(&(t.leaves)(&seat.id).replace('`', ""), html! { { t.leave_now } }, leave, "", format!("leave-{}", seat.id)) }
            </div>
        }
    };
    let topic = |(at, topic): (u32, &Topic)| {
        let n = topic.partitions;
        let grow = |by: u32| {
            (room && n + by <= MOST_PARTITIONS).then(|| setup.with(Change::Grow(at, n + by)))
        };
        let label = |by: u32| (t.grows)(&topic.name, n + by).replace('`', "");
        html! {
            <div class="lab-row" key={at}>
                <code class="lab-id grow">{ &topic.name }</code><span class="quiet mono">{ n }</span>
                { press(&label(1), html! { { "+1" } }, grow(1), "mono", format!("grow-{}", topic.name)) }
                { press(&label(3), html! { { "+3" } }, grow(3), "mono", format!("grow3-{}", topic.name)) }
            </div>
        }
    };
    html! {
        <section class="card" data-test="lab-changes">
            <h3>{ t.happens }</h3>
            if any { <ol class="lab-changes">{ for setup.changes.iter().enumerate().map(said) }</ol> }
            else { <p class="quiet">{ t.nothing_yet }</p> }
            <div class="lab-row">
                { press(t.undo, html! { <>{ Icon::Undo.html() }{ t.undo }</> }, undo, "quiet-btn", "take-back".into()) }
                { press(t.start_here_why, html! { { t.start_here } }, here, "quiet-btn", "begin-here".into()) }
            </div>
            <p class="quiet small-text">{ t.happens_hint }</p>
            <div class="lab-list">
                { for present.map(member) }
                <div class="lab-row"><span class="grow" />{ press(&(t.join_now)(&name), html! { <>{ Icon::Plus.html() }{ (t.join_now)(&name) }</> }, join, "", "join".into()) }</div>
            </div>
            <div class="lab-list">{ for (0..).zip(&s.group.topics).map(topic) }</div>
        </section>
    }
}

/// A change in words.
pub(super) fn say(s: &Scene<'_>, change: &Change) -> String {
    let name = |topic: u32| s.group.topics[topic as usize].name.as_str();
    match change {
        Change::Join(seat) => (s.t.joins)(&seat.id),
        Change::Leave(id) => (s.t.leaves)(id),
        Change::Grow(topic, partitions) => (s.t.grows)(name(*topic), *partitions),
        Change::Subscribe(id, topics) => {
            let chosen = (0..s.group.topics.len() as u32).filter(|it| topics >> it & 1 == 1);
            let names: Vec<&str> = chosen.map(name).collect();
            (s.t.resubscribes)(id, &names.join("`, `"))
        }
    }
}
