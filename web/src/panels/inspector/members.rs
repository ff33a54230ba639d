//! Inside a group: its members on their way to their targets, its share-partitions record by record, and why it lags.

use super::parts::{Row, Section, To};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::i18n::groups::*;
use crate::i18n::journal::member_name;
use crate::panels::book::Question;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{Item, use_lang, use_prefs};
use rebalance_core::id::{Name, TopicPartition};
use rebalance_core::protocol::RecordState;
use rebalance_core::time::SimTime;
use rebalance_core::view::{
    ConsumerView, GroupView, MemberView, OwnedPartition, ProcessState, SharePartitionView,
    ShareRecordView, WalkView,
};
use std::rc::Rc;

/// Properties of [`Members`].
#[derive(Properties, PartialEq)]
pub struct MembersProps {
    /// The group.
    pub group: Rc<GroupView>,
    /// Now, in microseconds.
    pub now: u64,
}

/// The members, as their coordinator knows them.
#[component]
pub fn Members(p: &MembersProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let g = &p.group;
    let named = |tp: &TopicPartition| {
        let topic = dispatch.with(|s| s.topic_name(tp.topic));
        format!("{topic}-{}", tp.partition)
    };
    let member = |m: &MemberView| {
        let left = (t.in_ms)(m.session_ends.since(SimTime(p.now)).as_millis());
        let chip = m.walk.as_ref().map(|w| w.state.name());
        html! {
            <details class="partition" open=true key={m.id.to_string()}>
                <summary><code title={m.id.to_string()}>{ member_name(&m.id) }</code>
                    if let Some(id) = &m.instance { <span class="chip">{ &**id }</span> }
                    if let Some(chip) = chip { <span class={classes!("chip", if chip == "STABLE" { "ok" } else { "warn" })}>{ chip }</span> }
                    if m.joined { <span class="quiet">{ say(lang, REJOINED) }</span> }</summary>
                <dl>
                    if let Some(walk) = &m.walk { { steps(lang, g, m, walk, &named) } }
                    else if g.share.is_none() { <Row name={t.generation} title={Some(t.generation_why)} why={Some(Question::Member(g.name.clone(), m.id.clone()))}><code>{ g.generation }</code></Row> }
                    <Row name={t.session_ends} title={Some(t.session_ends_why)}>{ left }</Row>
                </dl>
            </details>
        }
    };
    html! { <>{ for g.members.iter().map(member) }</> }
}

/// A member of a KIP-848 group: epoch, what it has, what it is to have, and what stands between.
fn steps(
    lang: Lang,
    g: &GroupView,
    m: &MemberView,
    walk: &WalkView,
    named: &dyn Fn(&TopicPartition) -> String,
) -> Html {
    let why = || Some(Question::Member(g.name.clone(), m.id.clone()));
    let list = |of: &[TopicPartition]| {
        let names: Vec<String> = of.iter().map(named).collect();
        format!("[{}]", names.join(", "))
    };
    let holder = |tp: &TopicPartition| {
        let others = g.members.iter().filter(|o| o.id != m.id);
        let mut walks = others.filter_map(|o| Some((o, o.walk.as_ref()?)));
        let found = walks.find(|(_, w)| w.assigned.contains(tp) || w.revoking.contains(tp));
        found.map(|(o, _)| member_name(&o.id).to_string())
    };
    let awaited = |tp: &TopicPartition| match holder(tp) {
        Some(name) => format!("{} ({} {name})", named(tp), say(lang, HELD_BY)),
        None => named(tp),
    };
    let missing = walk.target.iter().filter(|tp| !walk.assigned.contains(tp));
    let missing: Vec<String> = missing.map(awaited).collect();
    let state = MEMBER_STATES[walk.state as usize];
    let epochs = format!("{} ({} {})", walk.epoch, say(lang, OF_GROUP), g.generation);
    html! {
        <>
            <Row name={say(lang, MEMBER_STATE)} why={why()}><code>{ walk.state.name() }</code><p class="quiet meaning">{ say(lang, state) }</p></Row>
            <Row name="Member epoch" why={why()}><code>{ epochs }</code></Row>
            <Row name={say(lang, ASSIGNED)}><code>{ list(&walk.assigned) }</code></Row>
            <Row name={say(lang, TARGET)} why={Some(Question::Generation(g.name.clone()))}><code>{ list(&walk.target) }</code></Row>
            if !walk.revoking.is_empty() { <Row name={say(lang, REVOKING)}><code>{ list(&walk.revoking) }</code></Row> }
            if !missing.is_empty() { <Row name={say(lang, AWAITED)}><code>{ missing.join(", ") }</code></Row> }
            if walk.classic { <Row name="group.protocol">{ say(lang, CLASSIC) }</Row> }
        </>
    }
}

/// A share-partition with every record in flight.
pub fn share_partition(lang: Lang, g: &GroupView, p: &SharePartitionView, now: SimTime) -> Html {
    let name = format!("{}-{}", p.topic, p.tp.partition);
    let lag = (p.high_watermark - p.start).max(0);
    html! {
        <details class={classes!("partition", format!("part-{}", p.tp.partition.rem_euclid(8)))} key={name.clone()} open=true>
            <summary><span class="swatch" aria-hidden="true"></span><code>{ name }</code><span class="quiet">{ format!(" · {lag}") }</span></summary>
            <dl>
                <Row name={say(lang, START)} title={Some(say(lang, START_WHY))} why={Some(Question::ShareStart(g.name.clone(), p.tp))}><code>{ p.start }</code></Row>
                <Row name={say(lang, END)} title={Some(say(lang, END_WHY))}><code>{ p.end }</code></Row>
                <Row name={say(lang, LEADER)} why={Some(Question::Leader(p.tp))}><To item={Item::Broker(p.leader)} text={p.leader.to_string()} /></Row>
                { for p.records.iter().map(|r| record(lang, g, p, r, now)) }
            </dl>
        </details>
    }
}

fn record(
    lang: Lang,
    g: &GroupView,
    p: &SharePartitionView,
    r: &ShareRecordView,
    now: SimTime,
) -> Html {
    let (at, class) = match r.state {
        RecordState::Available => (0, ""),
        RecordState::Acquired => (1, "accent"),
        RecordState::Acknowledged => (2, "ok"),
        RecordState::Archived => (3, "warn"),
    };
    let lock = r.lock_until.map(|until| {
        let ms = until.since(now).as_millis();
        format!(" {}.{} s", ms / 1_000, ms % 1_000 / 100)
    });
    let who = r
        .member
        .as_deref()
        .map(|id| format!(" {}", member_name(id)));
    let why = Question::ShareRecord(g.name.clone(), p.tp, r.offset);
    html! {
        <Row key={r.offset.to_string()} name={format!("@ {}", r.offset)} why={Some(why)}>
            <span class={classes!("chip", class)}>{ say(lang, RECORD_STATES[at]) }</span><code>{ format!(" ×{}", r.delivery_count) }</code>
            if let Some(who) = who { <code>{ who }</code> }
            if let Some(lock) = lock { <span class="quiet">{ "⏳" }{ lock }</span> }
        </Row>
    }
}

/// Properties of [`Lagging`].
#[derive(Properties, PartialEq)]
pub struct LaggingProps {
    /// The group.
    pub group: Rc<GroupView>,
}

/// Each partition that lags, with the reason.
#[component]
pub fn Lagging(p: &LaggingProps) -> Html {
    let lang = use_prefs().lang;
    let s = use_snapshot();
    let g = &p.group;
    let mut rows: Vec<(String, TopicPartition, i64, String)> = Vec::new();
    for (consumer, owned) in g
        .consumers
        .iter()
        .flat_map(|c| c.partitions.iter().map(move |o| (c, o)))
    {
        if owned.lag > 0 {
            let name = format!("{}-{}", owned.topic, owned.tp.partition);
            rows.push((name, owned.tp, owned.lag, reason(lang, consumer, owned)));
        }
    }
    let owned = |tp: TopicPartition| {
        g.consumers
            .iter()
            .any(|c| c.partitions.iter().any(|o| o.tp == tp))
    };
    let end = |tp: TopicPartition| {
        let topics = s.view.topics.iter();
        let mut all = topics.flat_map(|t| t.partitions.iter().map(move |p| (t, p)));
        all.find(|(_, p)| p.tp == tp)
            .map(|(t, p)| (t.name.clone(), p.high_watermark))
    };
    for (tp, offset) in g.committed.iter().filter(|(tp, _)| !owned(*tp)) {
        let Some((topic, high_watermark)) = end(*tp).filter(|(_, end)| end > offset) else {
            continue;
        };
        let name: Name = format!("{topic}-{}", tp.partition).into();
        let why = say(lang, NO_OWNER).to_string();
        rows.push((name.to_string(), *tp, high_watermark - offset, why));
    }
    if rows.is_empty() {
        return html! {};
    }
    let row = |(name, tp, lag, why): &(String, TopicPartition, i64, String)| {
        html! { <Row key={name.clone()} name={name.clone()} why={Some(Question::Committed(g.name.clone(), *tp))}><code>{ *lag }</code><p class="quiet meaning">{ why.clone() }</p></Row> }
    };
    html! { <Section title={say(lang, LAGGING)} count={rows.len()}><dl data-test="why-lag">{ for rows.iter().map(row) }</dl></Section> }
}

/// Why an owned partition lags.
fn reason(lang: Lang, c: &ConsumerView, o: &OwnedPartition) -> String {
    let ms = c.processing_us / 1_000;
    let pair = match c.state {
        ProcessState::Running if c.paused_since.is_some() => OWNER_PAUSED,
        ProcessState::Running if o.position < o.high_watermark && ms > 0 => return slow(lang, ms),
        ProcessState::Running if o.position < o.high_watermark => FETCHING,
        ProcessState::Running if o.processed < o.position && ms > 0 => return slow(lang, ms),
        ProcessState::Running => READ_NOT_COMMITTED,
        _ => OWNER_DOWN,
    };
    say(lang, pair).to_string()
}
