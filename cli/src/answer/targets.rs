//! Answers about KIP-848 groups: target assignments, and how members get there.

use super::input::{Emit, Vectors};
use crate::Failure;
use rebalance_core::assignor::server::{ServerAssignor, TargetError, TargetGroup, TargetMember};
use rebalance_core::reconcile::{
    MemberAssignment, MemberState, Partitions, Reconciliation, reconcile as step,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type ByTopic = BTreeMap<String, Vec<i32>>;

#[derive(Deserialize)]
struct Member {
    id: String,
    #[serde(default)]
    instance: Option<String>,
    topics: Vec<String>,
    #[serde(default)]
    previous_target: ByTopic,
}

#[derive(Deserialize)]
struct Step {
    topics: BTreeMap<String, i32>,
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct AssignCase {
    id: String,
    steps: Vec<Step>,
}

/// In the files topic tN has the N-th id, so topics go by number; others by name, after them.
fn in_id_order(topics: BTreeMap<String, i32>) -> Vec<(String, i32)> {
    let number = |name: &str| {
        name.strip_prefix('t')
            .and_then(|it| it.parse::<u64>().ok())
            .unwrap_or(u64::MAX)
    };
    let mut topics: Vec<(String, i32)> = topics.into_iter().collect();
    topics.sort_by_key(|(name, _)| number(name));
    topics
}

impl From<Step> for TargetGroup {
    fn from(given: Step) -> Self {
        let member = |it: Member| TargetMember {
            member_id: it.id,
            group_instance_id: it.instance,
            topics: it.topics,
            previous_target: it.previous_target.into_iter().collect(),
        };
        Self {
            topics: in_id_order(given.topics),
            members: given.members.into_iter().map(member).collect(),
            ..Self::default()
        }
    }
}

fn assigned(assignor: ServerAssignor, given: Step) -> Value {
    match assignor.assign(&given.into()) {
        Ok(assignment) => json!({"assignment": assignment}),
        Err(TargetError::NoSuchTopic(_) | TargetError::PartitionsLeft) => {
            json!({"error": "PartitionAssignorException"})
        }
        Err(other) => json!({"error": other.to_string()}),
    }
}

fn assign(assignor: ServerAssignor, vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: AssignCase| {
        let steps: Vec<Value> = case
            .steps
            .into_iter()
            .map(|it| assigned(assignor, it))
            .collect();
        json!({"id": case.id, "steps": steps})
    })
}

pub(super) fn range(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    assign(ServerAssignor::Range, vectors, emit)
}

pub(super) fn uniform(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    assign(ServerAssignor::Uniform, vectors, emit)
}

#[derive(Clone, Copy, Deserialize)]
enum State {
    #[serde(rename = "STABLE")]
    Stable,
    #[serde(rename = "UNREVOKED_PARTITIONS")]
    Unrevoked,
    #[serde(rename = "UNRELEASED_PARTITIONS")]
    Unreleased,
}

#[derive(Deserialize)]
struct Before {
    state: State,
    member_epoch: i32,
    previous_member_epoch: i32,
    assigned: ByTopic,
    pending_revocation: ByTopic,
}

#[derive(Deserialize)]
struct Heartbeat {
    reported_owned: Option<ByTopic>,
    target_epoch: i32,
    target: ByTopic,
    partition_epochs: BTreeMap<String, i32>,
    before: Before,
}

/// An event: a heartbeat has its fields, a change of the group needs no answer.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    GroupChange {},
    Heartbeat(Heartbeat),
}

#[derive(Deserialize)]
struct ReconcileCase {
    id: String,
    events: Vec<Event>,
}

fn flat(by_topic: &ByTopic) -> Partitions {
    let partitions = by_topic.iter();
    partitions
        .flat_map(|(topic, numbers)| numbers.iter().map(|&it| (topic.clone(), it)))
        .collect()
}

fn grouped(partitions: &Partitions) -> ByTopic {
    let mut by_topic = ByTopic::new();
    for (topic, number) in partitions {
        by_topic.entry(topic.clone()).or_default().push(*number);
    }
    by_topic
}

impl From<&Before> for MemberAssignment {
    fn from(before: &Before) -> Self {
        Self {
            state: match before.state {
                State::Stable => MemberState::Stable,
                State::Unrevoked => MemberState::UnrevokedPartitions,
                State::Unreleased => MemberState::UnreleasedPartitions,
            },
            member_epoch: before.member_epoch,
            previous_member_epoch: before.previous_member_epoch,
            assigned: flat(&before.assigned),
            pending_revocation: flat(&before.pending_revocation),
        }
    }
}

fn answered(event: &Event) -> Value {
    let Event::Heartbeat(heartbeat) = event else {
        return Value::Null;
    };
    let target = flat(&heartbeat.target);
    let owned = heartbeat.reported_owned.as_ref().map(flat);
    let epochs = &heartbeat.partition_epochs;
    let after = step(
        &MemberAssignment::from(&heartbeat.before),
        &Reconciliation {
            target_epoch: heartbeat.target_epoch,
            target: &target,
            reported_owned: owned.as_ref(),
            is_held: &|(topic, number)| {
                epochs
                    .get(&format!("{topic}-{number}"))
                    .is_some_and(|&it| it != -1)
            },
        },
    );
    json!({"after": {
        "state": after.state.name(),
        "member_epoch": after.member_epoch,
        "previous_member_epoch": after.previous_member_epoch,
        "assigned": grouped(&after.assigned),
        "pending_revocation": grouped(&after.pending_revocation),
    }})
}

pub(super) fn reconcile(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: ReconcileCase| {
        let events: Vec<Value> = case.events.iter().map(answered).collect();
        json!({"id": case.id, "events": events})
    })
}
