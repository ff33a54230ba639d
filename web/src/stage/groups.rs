//! A group's card: its state, generation and coordinator, and the consumers that want to be in it.

use super::shares;
use super::sight::{CONSUMER, Sight};
use super::words::{free_name, is_up, seconds, state_words};
use super::{anchor, part_class};
use crate::components::{Button, Icon, Menu};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::i18n::journal::member_name;
use crate::session::{Dispatch, use_dispatch, use_snapshot};
use crate::state::{Item, Ui, UiAction, use_lang, use_ui};
use rebalance_core::command::{Command, ConsumerSpec, OffsetTarget, PartitionName};
use rebalance_core::config::{ConfigSet, ConsumerConfig, Preset};
use rebalance_core::event::GroupState;
use rebalance_core::id::{Name, NodeId, TopicPartition};
use rebalance_core::protocol::Acknowledge;
use rebalance_core::time::Duration;
use rebalance_core::view::{ConsumerView, GroupView, OwnedPartition, ProcessState};
use std::rc::Rc;

/// The fewest records that a whole bar stands for.
const BAR_RECORDS: i64 = 20;

/// One group.
#[derive(Properties, PartialEq)]
pub struct GroupProps {
    /// Its state.
    pub group: Rc<GroupView>,
    /// Now in microseconds, or 0 where nothing counts seconds.
    pub now: u64,
    /// What is in sight.
    pub sight: Sight,
    /// Which drawing of the stage this is, or 0 where everything is drawn.
    pub turn: usize,
}

/// Whether it shows seconds going by.
pub fn counts(c: &ConsumerView) -> bool {
    c.paused_since.is_some() || c.session_ends.is_some()
}

/// See [`GroupProps`].
#[component]
pub fn Group(p: &GroupProps) -> Html {
    let (t, d, ui) = (use_lang(), use_dispatch(), use_ui());
    let dismissed = use_state(|| -1);
    let shown = use_mut_ref(Vec::new);
    let g = &*p.group;
    let newest = g.consumers.iter().enumerate();
    let newest = newest.map(|(at, c)| (c.node, (p.group.clone(), at)));
    let mut shown = shown.borrow_mut();
    p.sight
        .pick(CONSUMER, same_consumer, newest.collect(), &mut shown);
    let consumer = |(_, (group, at)): &(NodeId, Place)| {
        let c = &group.consumers[*at];
        let now = if counts(c) { p.now } else { 0 };
        html! { <Consumer key={c.name.to_string()} group={group.clone()} at={*at} {now} /> }
    };
    // Consumers that assigned their partitions themselves need no group.
    let alone = g.name.is_empty();
    let item = Item::Group(g.name.clone());
    let selected = ui.selected.as_ref() == Some(&item);
    let dismiss = {
        let (dismissed, generation) = (dismissed.clone(), g.generation);
        move |_: MouseEvent| dismissed.set(generation)
    };
    let state = g.state.map_or("none", GroupState::name);
    html! {
        <article class={classes!("card", "group", selected.then_some("selected"), (g.consumers.len() > 12).then_some("crowded"))} data-test={format!("group-{}", g.name)} data-state={state} data-generation={g.generation.to_string()}>
            <div class="card-head">
                <h3><button class="name" onclick={select(&ui.dispatcher(), item)}>{ if alone { t.stage().no_group } else { &*g.name } }</button></h3>
                if !alone { { state_chip(g, t) } }
                if g.share.is_some() { <span class="chip accent" title={t.stage().share_group_why}>{ t.stage().share_group }</span> }
                if g.moved.0 > 0 && *dismissed != g.generation {
                    <span class="chip accent" data-test={format!("group-{}-moved", g.name)}>{ (if is_eager(g) { t.stage().moved_eager } else { t.stage().moved })(g.moved.0, g.moved.1) }
                        <button class="link" aria-label={t.stage().dismiss} title={t.stage().dismiss} onclick={dismiss}>{ Icon::Cross.html() }</button></span>
                }
                <div class="actions">{ group_menu(g, t, &d) }</div>
            </div>
            if !alone { <p class="sub about">{ about(g, t) }</p> }
            { shares::partitions(g, t) }
            <>{ for shown.iter().map(consumer) }</>
            if g.consumers.is_empty() { <p class="empty">{ t.stage().no_consumers }</p> }
            if !alone { <div class="foot"><Join group={g.name.clone()} /></div> }
        </article>
    }
}

type UiDispatcher = UseReducerDispatcher<Ui>;

fn select(ui: &UiDispatcher, item: Item) -> Callback<MouseEvent> {
    let ui = ui.clone();
    Callback::from(move |_| ui.dispatch(UiAction::Select(Some(item.clone()))))
}

fn state_chip(g: &GroupView, t: Lang) -> Html {
    let (class, icon, word) = match g.state {
        Some(GroupState::Stable) => ("ok", Icon::Tick, GroupState::Stable.name()),
        Some(state @ (GroupState::PreparingRebalance | GroupState::CompletingRebalance)) => {
            ("warn", Icon::Reset, state.name())
        }
        Some(state) => ("", Icon::Ring, state.name()),
        None => ("warn", Icon::Help, t.stage().no_coordinator),
    };
    html! { <span class={classes!("chip", class)} data-test={format!("group-{}-state", g.name)}>{ icon.html() }{ word }</span> }
}

/// Generation, assignor, coordinator, lag.
fn about(g: &GroupView, t: Lang) -> Html {
    let coordinator = g
        .coordinator
        .map_or(t.stage().no_coordinator.to_owned(), |b| {
            (t.stage().coordinator)(b.0)
        });
    let (count, why) = if g.counts_epochs() {
        (
            (t.stage().group_epoch)(g.generation),
            t.stage().group_epoch_why,
        )
    } else {
        (
            (t.stage().generation)(g.generation),
            t.stage().generation_why,
        )
    };
    let behind = g.assignment_epoch.filter(|e| *e != g.generation);
    html! {
        <>
            // Who is no coordinator's knows no generation, and nobody can say what it committed.
            if g.state.is_some() { <span title={why}>{ count }</span> }
            if let Some(epoch) = behind { <span title={why}>{ (t.stage().target_epoch)(epoch) }</span> }
            if let Some(protocol) = &g.protocol {
                <span class="mono" title={t.stage().assignor_why} data-test={format!("group-{}-assignor", g.name)}>{ &**protocol }</span>
            }
            <span>{ coordinator }</span>
            <span>{ t.stage().lag }{ " " }<b class="mono" data-test={format!("group-{}-lag", g.name)}>{ if g.state.is_some() { g.lag.to_string() } else { "–".to_owned() } }</b></span>
        </>
    }
}

fn group_menu(g: &GroupView, t: Lang, d: &Dispatch) -> Html {
    let item = |label: &'static str, icon: Icon, class: &'static str, command: Command| {
        let d = d.clone();
        html! { <Button {label} {icon} {class} onclick={Callback::from(move |()| d.click(command.clone()))} /> }
    };
    let name = || g.name.clone();
    html! {
        <Menu label={format!("{}: {}", t.stage().more, g.name)} test={format!("group-{}-menu", g.name)}>
            if g.share.is_none() {
                { item(t.stage().seek_earliest, Icon::Back, "", Command::GroupSeek(name(), OffsetTarget::Earliest, None, None)) }
                { item(t.stage().seek_latest, Icon::Step, "", Command::GroupSeek(name(), OffsetTarget::Latest, None, None)) }
                { item(t.stage().delete, Icon::Cross, "danger", Command::GroupDelete(name())) }
            }
        </Menu>
    }
}

#[derive(Properties, PartialEq)]
struct JoinProps {
    group: Name,
}

/// One more consumer like the first one, with one click.
#[component]
fn Join(p: &JoinProps) -> Html {
    let (t, d, s) = (use_lang(), use_dispatch(), use_snapshot());
    let onclick = {
        let (group, s) = (p.group.clone(), s.clone());
        Callback::from(move |()| d.click(one_more(&s.groups, &group)))
    };
    html! { <Button label={t.stage().join} icon={Icon::Plus} class="small" title={t.stage().join_why} test={format!("group-{}-join", p.group)} {onclick} /> }
}

/// The command that adds another consumer like the group's first.
pub fn one_more(groups: &[Rc<GroupView>], group: &Name) -> Command {
    let name = free_name(
        "c",
        groups.iter().flat_map(|g| &g.consumers).map(|c| &*c.name),
    );
    let found = groups.iter().find(|g| g.name == *group);
    let like = found.and_then(|g| g.consumers.first());
    let shares = found.is_some_and(|g| g.share.is_some());
    let spec = ConsumerSpec {
        group: Some(group.clone()).filter(|_| !shares),
        share_group: Some(group.clone()).filter(|_| shares),
        topics: like.map(|c| c.topics.clone()),
        processing: like.map(|c| Duration(c.processing_us)).filter(|p| p.0 > 0),
        ..ConsumerSpec::default()
    };
    Command::ConsumerAdd(
        name.as_str().into(),
        spec,
        like.map(own_settings).unwrap_or_default(),
    )
}

/// What another consumer of the group should have too, where it is not the default.
fn own_settings(c: &ConsumerView) -> Vec<rebalance_core::command::Setting> {
    let plain = ConsumerConfig::preset(Preset::Kafka);
    let names = [
        "partition.assignment.strategy",
        "auto.offset.reset",
        "enable.auto.commit",
        "share.acknowledgement.mode",
    ];
    let differs = |name: &&str| {
        let at = ConsumerConfig::index_of(name).ok()?;
        let value = c
            .configs
            .get(at)
            .filter(|v| plain.get(name).as_deref() != Some(&***v))?;
        Some((Name::from(*name), value.clone()))
    };
    names.iter().filter_map(differs).collect()
}

/// A group and a place in it.
type Place = (Rc<GroupView>, usize);

/// Whether both are the same consumer in the same state.
fn same_consumer(a: &Place, b: &Place) -> bool {
    Rc::ptr_eq(&a.0, &b.0) || a.0.consumers.get(a.1) == b.0.consumers.get(b.1)
}

/// One consumer.
#[derive(Properties)]
struct ConsumerProps {
    /// Its group.
    group: Rc<GroupView>,
    /// Its place in it.
    at: usize,
    /// Now in microseconds, or 0 where it counts no seconds.
    now: u64,
}

impl PartialEq for ConsumerProps {
    fn eq(&self, other: &Self) -> bool {
        let (g, o) = (&*self.group, &*other.group);
        let walks = || g.members.iter().map(|m| (&m.id, &m.walk));
        let same = || {
            g.consumers.get(self.at) == o.consumers.get(other.at)
                && (g.state, g.generation) == (o.state, o.generation)
                && g.share.is_some() == o.share.is_some()
                && walks().eq(o.members.iter().map(|m| (&m.id, &m.walk)))
        };
        self.now == other.now
            && (Rc::ptr_eq(&self.group, &other.group) && self.at == other.at || same())
    }
}

/// See [`ConsumerProps`].
#[component]
fn Consumer(p: &ConsumerProps) -> Html {
    let (t, d, ui) = (use_lang(), &use_dispatch(), &use_ui().dispatcher());
    let (g, now) = (&*p.group, p.now);
    let Some(c) = g.consumers.get(p.at) else {
        return html! {};
    };
    let up = is_up(c.state);
    let process = (c.processing_us > 0).then(|| (t.stage().per_record)(c.processing_us / 1_000));
    html! {
        <section class={classes!("consumer", (!up).then_some("down"))} data-test={format!("consumer-{}", c.name)} data-state={format!("{:?}", c.state)}
            data-anchor={anchor(c.node)} aria-label={c.name.to_string()}>
            <div class="line">
                <button class="name" onclick={select(ui, Item::Consumer(c.name.clone()))}>{ &*c.name }</button>
                if c.is_leader && up { <span class="chip" title={t.stage().group_leader_why}>{ Icon::Crown.html() }{ t.stage().group_leader }</span> }
                if c.state != ProcessState::Running { { process_chip(c, t) } }
                if let Some(id) = &c.instance { <span class="chip" title="group.instance.id">{ &**id }</span> }
                if let Some(process) = process { <span class="sub">{ process }</span> }
                <div class="actions">{ consumer_actions(c, t, d) }</div>
            </div>
            { holdings(c, g, now, t, d, ui) }
            if let Some(error) = &c.last_error { <p class="sub warn">{ Icon::Warn.html() }{ " " }<span class="mono">{ &**error }</span></p> }
        </section>
    }
}

fn process_chip(c: &ConsumerView, t: Lang) -> Html {
    let (class, icon, word) = state_words(c.state, t);
    html! { <span class={classes!("chip", class)}>{ icon.html() }{ word }</span> }
}

fn consumer_actions(c: &ConsumerView, t: Lang, d: &Dispatch) -> Html {
    let button = |label: &'static str,
                  icon: Icon,
                  class: &'static str,
                  only: bool,
                  test: &str,
                  command: Command| {
        let d = d.clone();
        html! { <Button {label} {icon} {only} {class} test={format!("consumer-{}-{test}", c.name)} onclick={Callback::from(move |()| d.click(command.clone()))} /> }
    };
    let (s, name) = (t.stage(), || c.name.clone());
    html! {
        <>
        if is_up(c.state) {
            { button(s.crash, Icon::Bolt, "small danger quiet-btn", false, "crash", Command::ClientCrash(name())) }
        } else {
            { button(s.start, Icon::Play, "small", false, "start", Command::ClientStart(name())) }
        }
        <Menu label={format!("{}: {}", s.more, c.name)} test={format!("consumer-{}-menu", c.name)}>
            if is_up(c.state) {
                { button(s.leave, Icon::Square, "", false, "stop", Command::ClientStop(name())) }
                if c.state == ProcessState::Frozen { { button(s.thaw, Icon::Play, "", false, "thaw", Command::ClientThaw(name())) } }
                else { { button(s.freeze, Icon::Frozen, "", false, "freeze", Command::ClientFreeze(name())) } }
                if let Some((tp, offset, _)) = c.acquired.first().filter(|_| explicit(c)) {
                    { for hand(c, *tp, *offset).map(|(at, command)| button([s.accept_first, s.release_first, s.reject_first][at], [Icon::Tick, Icon::Reset, Icon::Cross][at], "", false, ["accept", "release", "reject"][at], command)) }
                }
                { button(s.commit_now, Icon::Tick, "", false, "commit", Command::ConsumerCommit(name())) }
                { button(s.slow_down, Icon::Down, "", false, "slow", slower(c)) }
                if c.processing_us > 0 { { button(s.full_speed, Icon::Up, "", false, "fast", pace(c, Duration::ZERO)) } }
            }
            { button(s.remove, Icon::Cross, "danger", false, "remove", Command::ClientRemove(name())) }
        </Menu>
        </>
    }
}

/// A consumer's setting has this value.
fn is_set(c: &ConsumerView, setting: &str, value: &str) -> bool {
    let at = ConsumerConfig::index_of(setting).ok();
    at.and_then(|at| c.configs.get(at))
        .is_some_and(|it| &**it == value)
}

/// Its application acknowledges record by record.
fn explicit(c: &ConsumerView) -> bool {
    is_set(c, "share.acknowledgement.mode", "explicit")
}

/// In a rebalance every member gives everything back: one that lists an eager assignor does.
fn is_eager(g: &GroupView) -> bool {
    let lets_go =
        |c: &ConsumerView| !is_set(c, "partition.assignment.strategy", "cooperative-sticky");
    !g.counts_epochs() && g.consumers.iter().all(lets_go)
}

/// Accept, release or reject a record by hand.
fn hand(
    c: &ConsumerView,
    tp: TopicPartition,
    offset: i64,
) -> impl Iterator<Item = (usize, Command)> {
    let topic = c
        .partitions
        .iter()
        .find(|p| p.tp == tp)
        .map(|p| p.topic.clone());
    let name = c.name.clone();
    let all = [
        Acknowledge::Accept,
        Acknowledge::Release,
        Acknowledge::Reject,
    ];
    topic.into_iter().flat_map(move |topic| {
        let partition = tp.partition;
        let name = name.clone();
        all.into_iter().enumerate().map(move |(at, how)| {
            let topic = topic.clone();
            let partition = PartitionName { topic, partition };
            let command = Command::ConsumerAcknowledge(name.clone(), partition, offset, how);
            (at, command)
        })
    })
}

/// Twice the time for each record, at least half a second.
fn slower(c: &ConsumerView) -> Command {
    pace(
        c,
        Duration((c.processing_us * 2).clamp(500_000, 60_000_000)),
    )
}

fn pace(c: &ConsumerView, processing: Duration) -> Command {
    let spec = ConsumerSpec {
        processing: Some(processing),
        ..ConsumerSpec::default()
    };
    Command::ConsumerSet(c.name.clone(), spec, Vec::new())
}

/// What it owns, or why it owns nothing.
fn holdings(
    c: &ConsumerView,
    g: &GroupView,
    now: u64,
    t: Lang,
    d: &Dispatch,
    ui: &UiDispatcher,
) -> Html {
    if !is_up(c.state) {
        return match c.session_ends {
            Some(at) => {
                html! { <p class="band" data-test={format!("consumer-{}-expires", c.name)}>{ (t.stage().expires)(&seconds(at.0.saturating_sub(now))) }</p> }
            }
            None => html! { <p class="idle">{ t.stage().not_member }</p> },
        };
    }
    if g.share.is_some() && !c.partitions.is_empty() {
        return shares::holdings(c, t);
    }
    let owned = c.partitions.iter().map(|o| html! { <div key={format!("{}-{}", o.tp.topic.0, o.tp.partition)}>{ own(o, c, g.state.is_some(), t, ui) }</div> });
    html! {
        <>
        { for owned }
        { walking(c, g, t, d) }
        if let Some(since) = c.paused_since { <p class="band">{ (t.stage().paused)(&seconds(now.saturating_sub(since.0))) }</p> }
        else if c.partitions.is_empty() && !waits(c, g) { <p class="idle" data-test={format!("consumer-{}-idle", c.name)}>{ why_idle(c, g, t) }</p> }
        </>
    }
}

/// Whether its target has something that it does not have yet (KIP-848).
fn waits(c: &ConsumerView, g: &GroupView) -> bool {
    let member = g.members.iter().find(|m| m.id == c.member_id);
    let walk = member.and_then(|m| m.walk.as_ref());
    walk.is_some_and(|w| w.target.iter().any(|tp| !w.assigned.contains(tp)))
}

/// On its way to its target (KIP-848): what it has to give up, and what it waits for, and from whom.
fn walking(c: &ConsumerView, g: &GroupView, t: Lang, d: &Dispatch) -> Html {
    let member = g.members.iter().find(|m| m.id == c.member_id);
    let Some(walk) = member.and_then(|m| m.walk.as_ref()) else {
        return html! {};
    };
    let holder = |tp: &TopicPartition| {
        let has = |m: &&rebalance_core::view::MemberView| {
            let walk = m.walk.as_ref().filter(|_| m.id != c.member_id);
            walk.is_some_and(|w| w.assigned.contains(tp) || w.revoking.contains(tp))
        };
        let found = g.members.iter().find(has);
        found.map_or(String::new(), |m| format!(" ({})", member_name(&m.id)))
    };
    let list = |of: Vec<&TopicPartition>, held: bool| {
        let name = |tp: &&TopicPartition| {
            let topic = d.with(|s| s.topic_name(tp.topic));
            let holder = if held { holder(tp) } else { String::new() };
            format!("{topic}-{}{holder}", tp.partition)
        };
        of.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let gives = list(walk.revoking.iter().collect(), false);
    let waits = walk.target.iter().filter(|tp| !walk.assigned.contains(tp));
    let waits = list(waits.collect(), true);
    html! {
        <>
            if !gives.is_empty() { <p class="band" data-test={format!("consumer-{}-gives", c.name)}>{ (t.stage().gives_back)(&gives) }</p> }
            if !waits.is_empty() { <p class="band" data-test={format!("consumer-{}-waits", c.name)}>{ (t.stage().waits_for)(&waits) }</p> }
        </>
    }
}

/// Why a running consumer owns nothing.
fn why_idle(c: &ConsumerView, g: &GroupView, t: Lang) -> &'static str {
    match g.state {
        Some(GroupState::Stable) if c.generation == g.generation => t.stage().idle,
        _ => t.stage().joining,
    }
}

/// How many hundredths of a partition's bar lie before an offset. The bar is a part of the last records, or a whole log that is
/// shorter.
fn filled(o: &OwnedPartition, offset: i64) -> i64 {
    if o.high_watermark <= 0 {
        return 0;
    }
    let span = BAR_RECORDS.max(o.lag + o.lag / 4).min(o.high_watermark);
    (100 - (o.high_watermark - offset.max(0)) * 100 / span).clamp(0, 100)
}

/// One owned partition: chip, lag bar, committed offset and high watermark. Without a coordinator what was committed is not
/// known, and so no lag.
fn own(o: &OwnedPartition, c: &ConsumerView, known: bool, t: Lang, ui: &UiDispatcher) -> Html {
    let name = format!("{}-{}", o.topic, o.tp.partition);
    let (committed, position) = (filled(o, o.committed), filled(o, o.position));
    let title = (t.stage().owned_title)(
        o.position,
        o.processed,
        o.committed,
        o.high_watermark,
        o.lag,
    );
    let shown = |offset: i64| {
        if offset < 0 {
            "–".to_owned()
        } else {
            offset.to_string()
        }
    };
    html! {
        <div class={classes!("own", part_class(o.tp))} {title} data-test={format!("owned-{name}-by-{}", c.name)}
            data-position={o.position.to_string()} data-committed={o.committed.to_string()}>
            <button class="pchip" data-flip={flip_key(&c.group, o.tp)} onclick={select(ui, Item::Consumer(c.name.clone()))}><i class="swatch" />{ &name }</button>
            <span class="bar"><i class="soft" style={format!("width:{position}%")} /><i style={format!("width:{committed}%")} /></span>
            <span class="v">{ shown(o.committed) }<span>{ " / " }{ shown(o.high_watermark) }</span>
                if o.lag > 0 && known { <span class="lag">{ format!(" −{}", o.lag) }</span> }</span>
        </div>
    }
}

/// A partition's chip in a group, wherever it is.
fn flip_key(group: &Name, tp: TopicPartition) -> String {
    format!("{group}/{}/{}", tp.topic.0, tp.partition)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::id::TopicId;

    /// How much of the bar lies before the committed offset.
    fn bar(committed: i64, high_watermark: i64) -> i64 {
        let o = OwnedPartition {
            tp: TopicPartition {
                topic: TopicId(1),
                partition: 0,
            },
            topic: "orders".into(),
            position: committed,
            processed: committed,
            committed,
            high_watermark,
            lag: high_watermark - committed.max(0),
        };
        filled(&o, committed)
    }

    #[test]
    fn the_bar_of_a_short_log_is_the_whole_log() {
        assert_eq!([bar(0, 4), bar(1, 4), bar(4, 4)], [0, 25, 100]);
        assert_eq!([bar(-1, 4), bar(-1, 0), bar(0, 0)], [0, 0, 0]);
    }

    #[test]
    fn the_bar_of_a_long_log_is_its_end_and_as_far_back_as_the_lag() {
        assert_eq!([bar(1000, 1000), bar(990, 1000)], [100, 50]);
        // A lag of 400 is four fifths of the bar.
        assert_eq!(bar(600, 1000), 20);
    }
}
