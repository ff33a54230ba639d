//! Every event has a sentence in both languages, and the sentences readers meet first read as intended.
//! The samples are by subject, one of each event.

mod clients;
mod groups;
mod nodes;
mod partitions;
mod shares;

use super::*;
use rebalance_core::event::{
    Direction, ElectionReason, EpochReason, GroupState, LeaveReason, PositionSource,
    ReassignmentStage, ShareChange, Violation,
};
use rebalance_core::id::ClientId;
use rebalance_core::protocol::ApiKey;
use rebalance_core::reconcile::MemberState;
use rebalance_core::time::SimTime;

struct Sample(Vec<Entry>);

impl Book for Sample {
    fn topic(&self, _: TopicId) -> Name {
        "orders".into()
    }
    fn node(&self, node: NodeId) -> Name {
        match node {
            NodeId::Broker(id) | NodeId::Controller(id) => id.0.to_string().into(),
            NodeId::Client(ClientId(n)) => format!("p{n}").into(),
            NodeId::Admin => "admin".into(),
        }
    }
    fn command(&self, number: u32) -> Option<String> {
        (number == 0).then(|| "broker crash 2".to_string())
    }
    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.0.get(id as usize)
    }
}

const TP: TopicPartition = TopicPartition::new(TopicId(1), 1);

fn entry(node: NodeId, event: Event) -> Entry {
    Entry {
        at: SimTime::ZERO,
        cause: None,
        node: Some(node),
        event,
    }
}

fn read(lang: Lang, node: NodeId, event: Event) -> String {
    plain(&sentence(lang, &entry(node, event), &Sample(Vec::new())))
}

const BROKER: NodeId = NodeId::Broker(BrokerId(3));

/// One of each (`Family::of` does not compile without a new event; add it to its subject then).
fn every_event() -> Vec<Event> {
    let subjects = [
        nodes::events(),
        partitions::events(),
        groups::events(),
        shares::events(),
        clients::events(),
    ];
    subjects.concat()
}

#[test]
fn every_event_has_a_finished_sentence_in_both_languages() {
    for event in every_event() {
        for lang in [Lang::En, Lang::Zh] {
            let text = read(lang, BROKER, event.clone());
            assert!(text.chars().count() > 3, "{event:?} says only {text:?}");
            assert!(!text.contains(['{', '}']), "{event:?} leaves a gap: {text}");
            let chinese = text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
            let names_only = matches!(event, Event::Command(_) | Event::Note { .. });
            assert!(names_only || chinese == (lang == Lang::Zh), "{text}");
        }
    }
}

#[test]
fn an_election_says_who_what_and_why() {
    let event = Event::LeaderElected {
        tp: TP,
        leader: Some(BrokerId(3)),
        epoch: 4,
        reason: ElectionReason::Clean,
        isr: [BrokerId(3), BrokerId(1)].into(),
    };
    assert_eq!(
        read(Lang::En, NodeId::Controller(BrokerId(101)), event.clone()),
        "Broker 3 is now leader of orders-1, epoch 4: first in the replica list that is alive and in the ISR [3, 1]."
    );
    assert_eq!(
        read(Lang::Zh, NodeId::Controller(BrokerId(101)), event),
        "broker 3 成为 orders-1 的 leader，epoch 4：它是副本列表中第一个存活且在 ISR [3, 1] 中的副本。"
    );
}

#[test]
fn an_assignment_lists_every_member_by_its_short_name() {
    let member =
        |name: &str| -> Name { format!("{name}-6ba7b810-9dad-11d1-80b4-00c04fd430c8").into() };
    let event = Event::GroupAssigned {
        group: "billing".into(),
        generation: 4,
        protocol: "range".into(),
        assignment: vec![
            (member("c1"), vec![("orders".into(), vec![0, 2])]),
            (member("c2"), vec![("orders".into(), vec![1])]),
            (member("c3"), vec![]),
        ],
    };
    assert_eq!(
        read(Lang::En, BROKER, event),
        "Group billing is stable in generation 4 (range): c1 → orders-0, orders-2 · c2 → orders-1 · c3 → nothing."
    );
}

#[test]
fn a_refresh_names_the_broker_whose_answer_caused_it() {
    let answer = entry(
        NodeId::Broker(BrokerId(1)),
        Event::Sent {
            to: NodeId::Client(ClientId(2)),
            api: ApiKey::Produce,
            direction: Direction::Response,
            correlation: 9,
            error: ErrorCode::NotLeaderOrFollower,
            due: SimTime::ZERO,
            generation: None,
        },
    );
    let mut refresh = entry(
        NodeId::Client(ClientId(2)),
        Event::MetadataRefresh {
            because: ErrorCode::NotLeaderOrFollower,
        },
    );
    refresh.cause = Some(0);
    let text = plain(&sentence(Lang::En, &refresh, &Sample(vec![answer])));
    assert_eq!(
        text,
        "p2 got NOT_LEADER_OR_FOLLOWER from broker 1 and is refreshing its metadata."
    );
}

#[test]
fn a_member_keeps_its_name_and_loses_its_uuid() {
    assert_eq!(member_name("c1-6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "c1");
    assert_eq!(member_name("c1"), "c1");
    assert_eq!(
        member_name("消费者-6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        "消费者"
    );
    assert_eq!(member_name(""), "");
}

#[test]
fn things_in_a_sentence_know_what_they_are_about() {
    let spans = sentence(
        Lang::En,
        &entry(
            BROKER,
            Event::BecameLeader {
                tp: TP,
                epoch: 4,
                start: 9,
            },
        ),
        &Sample(Vec::new()),
    );
    assert_eq!(spans[0].about, About::Node(BROKER));
    assert!(
        spans
            .iter()
            .any(|s| s.about == About::Partition(TP) && s.text == "orders-1")
    );
}
