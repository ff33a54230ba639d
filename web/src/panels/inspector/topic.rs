//! Topics with their partitions, and one partition's copy on one broker.

use super::parts::{Act, Field, Head, Row, Section, To, brokers, parsed, quoted};
use super::records::Records;
use super::settings::Settings;
use crate::dom::page::*;
use crate::panels::book::Question;
use crate::session::use_snapshot;
use crate::state::{Item, use_lang, use_prefs};
use rebalance_core::command::{Command, PartitionName};
use rebalance_core::config::{ConfigSet, Def, TopicConfig};
use rebalance_core::id::{BrokerId, Name, NodeId};
use rebalance_core::protocol::ElectionType;
use rebalance_core::view::{PartitionView, ReplicaRole, ReplicaView, TopicView};
use std::sync::Arc;

/// Properties of [`Topic`].
#[derive(Properties, PartialEq)]
pub struct TopicProps {
    /// The topic.
    pub topic: TopicView,
}

fn settings_of(topic: &TopicView, defaults: &TopicConfig) -> Arc<[Name]> {
    let text = |(i, def): (usize, &Def)| {
        let own = topic.configs.iter().find(|c| c.0 == def.name);
        own.map_or_else(
            || Name::from(def.format(defaults.value(i))),
            |c| c.1.clone(),
        )
    };
    TopicConfig::DEFS.iter().enumerate().map(text).collect()
}

/// A topic.
#[component]
pub fn Topic(props: &TopicProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let s = use_snapshot();
    let topic = &props.topic;
    let name = topic.name.clone();
    let values = settings_of(topic, &TopicConfig::preset(s.view.preset));
    let set = {
        let name = name.clone();
        Callback::from(move |setting| Command::TopicSet(name.clone(), vec![setting]))
    };
    let make = {
        let name = name.clone();
        Callback::from(move |n: String| {
            parsed(
                lang,
                &format!("topic alter {} partitions={}", quoted(&name), quoted(&n)),
            )
        })
    };
    let more = (topic.partitions.len() + 1).to_string();
    html! {
        <>
            <Head kind={t.topic} name={name.to_string()}>if topic.internal { <span class="chip">{ t.internal }</span> }</Head>
            <Section title={t.partitions} count={topic.partitions.len()}>
                { for topic.partitions.iter().map(|p| html! { <Partition key={p.tp.partition} topic={name.clone()} partition={p.clone()} /> }) }
            </Section>
            <Settings title={t.configuration} defs={TopicConfig::DEFS} {values} {set} open={true} />
            if !topic.internal {
                <Section title={t.change}>
                    <Field name={t.partition_count} value={more} text={t.add_partitions} {make} />
                    <div class="actions"><Act command={Command::TopicDelete(name)} text={t.delete_topic} danger={true} /></div>
                </Section>
            }
        </>
    }
}

/// Properties of [`Partition`].
#[derive(Properties, PartialEq)]
struct PartitionProps {
    topic: Name,
    partition: PartitionView,
}

/// One partition, as the controller has it.
#[component]
fn Partition(props: &PartitionProps) -> Html {
    let t = use_lang().panels();
    let p = &props.partition;
    let name = || PartitionName {
        topic: props.topic.clone(),
        partition: p.tp.partition,
    };
    let preferred = p.replicas.first().copied();
    let short = p.is_under_replicated();
    let lang = use_prefs().lang;
    // Where it is, or is to be.
    let stays = p.replicas.iter().filter(|b| !p.removing.contains(b));
    let ids: Vec<String> = stays.map(ToString::to_string).collect();
    let make = {
        let name = format!("{}-{}", props.topic, p.tp.partition);
        Callback::from(move |to: String| {
            let to = to.replace([',', ' '], ":");
            parsed(
                lang,
                &format!("topic reassign {name} replicas={}", quoted(&to)),
            )
        })
    };
    html! {
        <details class={classes!("partition", format!("part-{}", p.tp.partition.rem_euclid(8)))} open={p.leader.is_none() || short}>
            <summary><span class="swatch" aria-hidden="true"></span><code>{ format!("{}-{}", props.topic, p.tp.partition) }</code>
                if p.leader.is_none() { <span class="chip bad">{ t.offline }</span> } else if short { <span class="chip warn">{ t.under_replicated }</span> }
                if p.is_moving() { <span class="chip accent">{ t.moving }</span> }
            </summary>
            <dl>
                <Row name={t.leader} why={Some(Question::Leader(p.tp))}>
                    if let Some(id) = p.leader { <To item={Item::Replica(id, p.tp)} text={format!("{} {id}", t.broker)} /> } else { <span class="bad">{ t.none }</span> }
                </Row>
                <Row name={t.replicas} title={Some(t.replicas_why)}>{ brokers(&p.replicas) }</Row>
                if !p.adding.is_empty() { <Row name={t.coming}>{ brokers(&p.adding) }</Row> }
                if !p.removing.is_empty() { <Row name={t.going}>{ brokers(&p.removing) }</Row> }
                <Row name="ISR" title={Some(t.isr_why)} why={Some(Question::Isr(p.tp))}>{ brokers(&p.isr) }</Row>
                if !p.elr.is_empty() { <Row name="ELR" title={Some(t.elr_why)}>{ brokers(&p.elr) }</Row> }
                <Row name={t.leader_epoch} title={Some(t.epoch_why)}><code>{ p.leader_epoch }</code></Row>
                <Row name={t.partition_epoch} title={Some(t.partition_epoch_why)}><code>{ p.partition_epoch }</code></Row>
                <Row name={t.high_watermark} title={Some(t.high_watermark_why)} why={Some(Question::HighWatermark(p.tp))}><code>{ known(p.high_watermark) }</code></Row>
                <Row name={t.log} title={Some(t.log_why)}><code>{ format!("{}…{}", known(p.log_start), known(p.log_end)) }</code></Row>
            </dl>
            <div class="actions">
                if preferred != p.leader { <Act command={Command::Elect(ElectionType::Preferred, name())} text={t.elect_preferred} /> }
                if p.leader.is_none() { <Act command={Command::Elect(ElectionType::Unclean, name())} text={t.elect_unclean} danger={true} /> }
                if p.is_moving() { <Act command={Command::Reassign(name(), None)} text={t.move_cancel} /> }
            </div>
            <Field name={t.move_to} value={ids.join(":")} text={t.move_replicas} {make} />
        </details>
    }
}

fn known(offset: i64) -> String {
    if offset < 0 {
        "–".to_string()
    } else {
        offset.to_string()
    }
}

/// Properties of [`Replica`].
#[derive(Properties, PartialEq)]
pub struct ReplicaProps {
    /// Where.
    pub broker: BrokerId,
    /// The copy.
    pub replica: ReplicaView,
}

/// A partition's copy on one broker, with its records.
#[component]
pub fn Replica(props: &ReplicaProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let r = &props.replica;
    let node = NodeId::Broker(props.broker);
    let name = format!("{}-{}", r.topic, r.tp.partition);
    let role = match r.role {
        ReplicaRole::Leader => html! { <span class="chip accent">{ "♛ " }{ t.leader }</span> },
        ReplicaRole::Follower => html! { <span class="chip">{ t.follower }</span> },
        ReplicaRole::Offline => html! { <span class="chip bad">{ t.offline }</span> },
    };
    let epochs: Vec<String> = r
        .epochs
        .iter()
        .map(|(e, start)| format!("{e} → {start}"))
        .collect();
    let segments: Vec<String> = r.segments.iter().map(ToString::to_string).collect();
    let make = {
        let name = name.clone();
        Callback::from(move |before: String| {
            parsed(
                lang,
                &format!("topic trim {} before={}", quoted(&name), quoted(&before)),
            )
        })
    };
    html! {
        <>
            <Head kind={t.replica} name={name}>
                { role }
                if r.in_isr { <span class="chip ok">{ t.in_isr }</span> } else { <span class="chip bad">{ t.out_of_isr }</span> }
            </Head>
            <dl>
                <Row name={t.broker}><To item={Item::Broker(props.broker)} text={props.broker.to_string()} /></Row>
                <Row name={t.topic}><To item={Item::Topic(r.topic.clone())} text={r.topic.to_string()} /></Row>
                <Row name={t.leader_epoch} title={Some(t.epoch_why)} why={Some(Question::Leader(r.tp))}><code>{ r.leader_epoch }</code></Row>
                <Row name={t.log_end} title={Some(t.log_why)} why={Some(Question::LogEnd(node, r.tp))}><code>{ r.log_end }</code></Row>
                <Row name={t.high_watermark} title={Some(t.high_watermark_why)} why={(r.role == ReplicaRole::Leader).then_some(Question::HighWatermark(r.tp))}><code>{ r.high_watermark }</code></Row>
                <Row name={t.log_start} why={(r.log_start > 0).then_some(Question::LogStart(node, r.tp))}><code>{ r.log_start }</code></Row>
                if r.role == ReplicaRole::Leader { <Row name={t.maximal_isr} title={Some(t.maximal_isr_why)}>{ brokers(&r.maximal_isr) }</Row> }
                <Row name={t.epochs} title={Some(t.epochs_why)}><code>{ epochs.join(", ") }</code></Row>
                <Row name={t.segments} title={Some(t.segments_why)}><code>{ segments.join(", ") }</code></Row>
            </dl>
            <Section title={t.records}><Records broker={props.broker} replica={r.clone()} /></Section>
            if r.role == ReplicaRole::Leader {
                <Section title={t.change} open={false}><Field name={t.trim_before} value={r.high_watermark.to_string()} text={t.trim} {make} /></Section>
            }
        </>
    }
}
