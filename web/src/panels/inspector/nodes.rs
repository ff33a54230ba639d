//! Brokers, controllers, and the cluster's own settings.

use super::parts::{Act, Head, Row, Section, State, To};
use super::settings::Settings;
use crate::dom::page::*;
use crate::panels::book::Question;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{Item, use_lang};
use rebalance_core::command::Command;
use rebalance_core::config::{BrokerConfig, ConfigSet, NetworkConfig};
use rebalance_core::id::{Name, NodeId};
use rebalance_core::time::SimTime;
use rebalance_core::view::{BrokerView, ControllerView, ProcessState, ReplicaRole, ReplicaView};
use std::rc::Rc;
use std::sync::Arc;

/// Properties of [`Broker`].
#[derive(Properties, PartialEq)]
pub struct BrokerProps {
    /// The broker.
    pub broker: Rc<BrokerView>,
}

/// A broker.
#[component]
pub fn Broker(props: &BrokerProps) -> Html {
    let t = use_lang().panels();
    let b = &props.broker;
    let leads = b
        .replicas
        .iter()
        .filter(|r| r.role == ReplicaRole::Leader)
        .count();
    let rack = b.rack.as_deref().unwrap_or("–").to_string();
    html! {
        <>
            <Head kind={t.broker} name={b.id.to_string()}><State state={b.state} /></Head>
            <Actions id={b.id} state={b.state} />
            <dl>
                <Row name={t.since} why={Some(Question::Process(NodeId::Broker(b.id)))}><code>{ b.since.to_string() }</code></Row>
                <Row name={t.broker_epoch} title={Some(t.broker_epoch_why)}><code>{ b.epoch }</code></Row>
                <Row name={t.leads}><code>{ leads }</code></Row>
                <Row name={t.coordinates}>{ groups(&b.coordinates) }</Row>
                <Row name={t.internal_partitions} title={Some(t.internal_partitions_why)}><code>{ format!("{} / {}", b.internal.1, b.internal.0) }</code></Row>
                <Row name={t.metadata_offset} title={Some(t.metadata_offset_why)}><code>{ b.metadata_offset }</code></Row>
                <Row name="broker.rack"><code>{ rack }</code></Row>
            </dl>
            <Section title={t.replicas} count={b.replicas.len()}>
                <ul class="plain">{ for b.replicas.iter().map(|r| copy(b, r)) }</ul>
            </Section>
            <p><To item={Item::Cluster} text={t.broker_settings} /></p>
        </>
    }
}

fn copy(broker: &BrokerView, replica: &ReplicaView) -> Html {
    let name = format!("{}-{}", replica.topic, replica.tp.partition);
    let crown = if replica.role == ReplicaRole::Leader {
        " ♛"
    } else {
        ""
    };
    let span = format!("{}…{}", replica.log_start, replica.log_end);
    html! {
        <li key={name.clone()}><To item={Item::Replica(broker.id, replica.tp)} text={name} />{ crown }<code class="quiet">{ format!(" {span} · HW {}", replica.high_watermark) }</code></li>
    }
}

fn groups(names: &[Name]) -> Html {
    if names.is_empty() {
        return html! { { "–" } };
    }
    html! { { for names.iter().map(|g| html! { <><To item={Item::Group(g.clone())} text={g.to_string()} />{ " " }</> }) } }
}

/// Properties of [`Actions`].
#[derive(Properties, PartialEq)]
struct ActionsProps {
    id: rebalance_core::id::BrokerId,
    state: ProcessState,
}

/// What can be done to a broker or a controller now.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let t = use_lang().panels();
    let id = props.id;
    let down = matches!(props.state, ProcessState::Crashed | ProcessState::Stopped);
    html! {
        <div class="actions">
            if down {
                <Act command={Command::NodeStart(id)} text={t.start} />
            } else {
                <Act command={Command::NodeStop(id)} text={t.stop} />
                if props.state == ProcessState::Frozen {
                    <Act command={Command::NodeThaw(id)} text={t.thaw} />
                } else {
                    <Act command={Command::NodeFreeze(id)} text={t.freeze} />
                }
                <Act command={Command::NodeCrash(id)} text={t.crash} danger={true} />
            }
        </div>
    }
}

/// Properties of [`Controller`].
#[derive(Properties, PartialEq)]
pub struct ControllerProps {
    /// The controller.
    pub controller: ControllerView,
}

/// A controller.
#[component]
pub fn Controller(props: &ControllerProps) -> Html {
    let t = use_lang().panels();
    let c = &props.controller;
    html! {
        <>
            <Head kind={t.controller} name={c.id.to_string()}>
                <State state={c.state} />
                if c.active { <span class="chip accent">{ t.active }</span> }
            </Head>
            <Actions id={c.id} state={c.state} />
            <dl>
                <Row name={t.state} why={Some(Question::Process(NodeId::Controller(c.id)))}><State state={c.state} /></Row>
                <Row name={t.active_controller} why={Some(Question::Controller)}>{ if c.active { t.yes } else { t.no } }</Row>
                <Row name={t.quorum_epoch} title={Some(t.quorum_epoch_why)}><code>{ c.epoch }</code></Row>
                <Row name={t.metadata_log_end} title={Some(t.metadata_offset_why)}><code>{ c.log_end }</code></Row>
                <Row name={t.high_watermark}><code>{ c.high_watermark }</code></Row>
            </dl>
        </>
    }
}

/// The values of a set of settings after the commands up to an instant.
fn values<C: ConfigSet>(
    mut config: C,
    commands: &[(SimTime, Command)],
    now: SimTime,
) -> Arc<[Name]> {
    for (at, command) in commands {
        let settings = match command {
            Command::ClusterCreate { settings, .. } | Command::ClusterSet(settings)
                if *at <= now =>
            {
                settings
            }
            _ => continue,
        };
        for (name, value) in settings {
            // Names of the other set are not errors here.
            let _ = config.set(name, value);
        }
    }
    config.texts()
}

/// What is true of every broker and every link.
#[component]
pub fn Cluster() -> Html {
    let t = use_lang().panels();
    let s = use_snapshot();
    let dispatch = use_dispatch();
    let (preset, now) = (s.view.preset, s.view.now);
    let (broker, network) = dispatch.with(|s| {
        let commands: Vec<_> = s.commands().map(|(at, c)| (at, c.clone())).collect();
        (
            values(BrokerConfig::preset(preset), &commands, now),
            values(NetworkConfig::preset(preset), &commands, now),
        )
    });
    let set = Callback::from(|setting| Command::ClusterSet(vec![setting]));
    let totals = s.view.totals;
    html! {
        <>
            <Head kind={t.cluster} name={preset.name()} />
            <dl>
                <Row name={t.seed} title={Some(t.seed_why)}><code>{ s.view.seed }</code></Row>
                <Row name={t.events}><code>{ totals.events }</code></Row>
                <Row name={t.messages}><code>{ totals.messages }</code></Row>
                <Row name={t.acked}><code>{ totals.acked }</code></Row>
                <Row name={t.delivered}><code>{ totals.delivered }</code></Row>
            </dl>
            <Settings title={t.network_settings} defs={NetworkConfig::DEFS} values={network} set={set.clone()} open={true} />
            <Settings title={t.broker_settings} defs={BrokerConfig::DEFS} values={broker} {set} open={true} />
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::config::Preset;

    #[test]
    fn settings_are_those_of_the_commands_up_to_now() {
        let setting = |v: &str| Command::ClusterSet(vec![("latency.ms".into(), v.into())]);
        let commands = [(SimTime(1), setting("7")), (SimTime(5), setting("9"))];
        let at = |now| {
            values(
                NetworkConfig::preset(Preset::Kafka),
                &commands,
                SimTime(now),
            )[0]
            .to_string()
        };
        assert_eq!([at(0), at(1), at(5)], ["1", "7", "9"]);
    }
}
