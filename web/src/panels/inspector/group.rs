//! A consumer group, as its coordinator sees it.

use super::members::{Lagging, Members, share_partition};
use super::parts::{Act, Field, Head, Row, Section, State, To, parsed, quoted};
use crate::dom::page::*;
use crate::i18n::groups::*;
use crate::i18n::journal::member_name;
use crate::i18n::ledger;
use crate::panels::Tab;
use crate::panels::book::Question;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{Item, UiAction, use_lang, use_prefs, use_ui};
use rebalance_core::command::Command;
use rebalance_core::id::{OFFSETS_TOPIC, Offset, TopicPartition};
use rebalance_core::view::{ConsumerView, GroupView};
use std::rc::Rc;

/// Properties of [`Group`].
#[derive(Properties, PartialEq)]
pub struct GroupProps {
    /// The group.
    pub group: Rc<GroupView>,
}

/// A group.
#[component]
pub fn Group(props: &GroupProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let now = use_snapshot().view.now;
    let g = &props.group;
    let ui = use_ui();
    let account = move |_: MouseEvent| ui.dispatch(UiAction::Tab(Tab::Delivery));
    let name = g.name.clone();
    let state = g.state.map_or(t.unknown_now, |s| s.name());
    let make = {
        let name = name.clone();
        Callback::from(move |to: String| {
            parsed(
                lang,
                &format!("group seek {} to={}", quoted(&name), quoted(&to)),
            )
        })
    };
    let coordinator = match g.coordinator {
        Some(id) => html! { <To item={Item::Broker(id)} text={format!("{} {id}", t.broker)} /> },
        None => html! { <span class="bad">{ t.none }</span> },
    };
    let (count, count_why) = if g.counts_epochs() {
        (t.group_epoch, t.group_epoch_why)
    } else {
        (t.generation, t.generation_why)
    };
    let leader = g
        .leader
        .clone()
        .map(|id| Question::Member(name.clone(), id));
    html! {
        <>
            <Head kind={t.group} name={name.to_string()}><span class="chip accent">{ state }</span></Head>
            <dl>
                <Row name={t.state} title={Some(t.group_state_why)} why={Some(Question::Group(name.clone()))}>{ state }</Row>
                <Row name={count} title={Some(count_why)} why={Some(Question::Generation(name.clone()))}><code>{ g.generation }</code></Row>
                if let Some(epoch) = g.assignment_epoch { <Row name={t.assignment_epoch} title={Some(t.assignment_epoch_why)}><code>{ epoch }</code></Row> }
                <Row name={t.assignor} title={Some(t.assignor_why)}><code>{ g.protocol.as_deref().unwrap_or("–").to_string() }</code></Row>
                <Row name={t.coordinator} title={Some(t.coordinator_why)}>{ coordinator }</Row>
                <Row name={t.lives_in} title={Some(t.lives_in_why)}><code>{ format!("{OFFSETS_TOPIC}-{}", g.offsets_partition) }</code></Row>
                <Row name={t.group_leader} title={Some(t.group_leader_why)} why={leader}><code>{ g.leader.as_deref().map_or("–", member_name).to_string() }</code></Row>
                <Row name={t.lag} title={Some(t.lag_why)}><code>{ g.lag }</code></Row>
                <Row name={say(lang, LAST_REBALANCE)} title={Some(say(lang, LAST_REBALANCE_WHY))} why={Some(Question::Rebalance(name.clone()))}><code>{ format!("{} / {}", g.moved.0, g.moved.1) }</code>{ " " }{ say(lang, PARTITIONS_MOVED) }</Row>
            </dl>
            <div class="actions"><button type="button" class="btn small" data-test="open-ledger" onclick={account}>{ ledger::say(lang, ledger::OPEN) }</button></div>
            <Section title={t.consumers} count={g.consumers.len()}><ul class="plain">{ for g.consumers.iter().map(consumer) }</ul></Section>
            if !g.members.is_empty() {
                <Section title={t.ghosts} count={g.members.len()}><p class="quiet">{ t.ghosts_why }</p><Members group={g.clone()} now={now.0} /></Section>
            }
            if let Some(shares) = &g.share {
                <Section title={say(lang, SHARE_PARTITIONS)} count={shares.len()}>{ for shares.iter().map(|p| share_partition(lang, g, p, now)) }</Section>
            }
            if g.share.is_none() { <Lagging group={g.clone()} /> }
            <Section title={t.committed} count={g.committed.len()}><Committed group={g.clone()} /></Section>
            <Section title={t.change} open={false}>
                <Field name={t.reset_offsets} value="earliest" text={t.apply} {make} />
                <p class="quiet">{ t.reset_offsets_why }</p>
                <div class="actions"><Act command={Command::GroupDelete(name)} text={t.delete_group} danger={true} /></div>
            </Section>
        </>
    }
}

fn consumer(c: &ConsumerView) -> Html {
    let parts: Vec<String> = c
        .partitions
        .iter()
        .map(|p| format!("{}-{}", p.topic, p.tp.partition))
        .collect();
    html! { <li key={c.name.to_string()}><To item={Item::Consumer(c.name.clone())} text={c.name.to_string()} />{ " " }<State state={c.state} /><code class="quiet">{ format!(" {}", parts.join(", ")) }</code></li> }
}

/// The committed offsets.
#[component]
fn Committed(props: &GroupProps) -> Html {
    let dispatch = use_dispatch();
    let group = &props.group.name;
    let row = |(tp, offset): &(TopicPartition, Offset)| {
        let name = dispatch.with(|s| format!("{}-{}", s.topic_name(tp.topic), tp.partition));
        html! { <Row key={name.clone()} name={name.clone()} why={Some(Question::Committed(group.clone(), *tp))}><code>{ *offset }</code></Row> }
    };
    html! { <dl>{ for props.group.committed.iter().map(row) }</dl> }
}
