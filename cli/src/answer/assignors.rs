//! Answers of the client-side assignors.

use super::input::{Emit, Vectors};
use crate::Failure;
use rebalance_core::assignor::{Assignor, GroupSubscription, MemberSubscription};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A member as the files have it. `owned` and the generations are missing where the assignor does not look at them.
#[derive(Deserialize)]
pub(super) struct Member {
    id: String,
    #[serde(default)]
    instance: Option<String>,
    topics: Vec<String>,
    #[serde(default)]
    owned: Option<BTreeMap<String, Vec<i32>>>,
    #[serde(default)]
    generation: Option<i32>,
    #[serde(default)]
    userdata_generation: Option<i32>,
}

impl From<Member> for MemberSubscription {
    fn from(member: Member) -> Self {
        Self {
            member_id: member.id,
            group_instance_id: member.instance,
            topics: member.topics,
            owned: member.owned.unwrap_or_default().into_iter().collect(),
            generation: member.generation.unwrap_or(-1),
            userdata_generation: member.userdata_generation,
            weight: 0,
        }
    }
}

/// What every assignor is given.
#[derive(Deserialize)]
struct Group {
    topics: BTreeMap<String, i32>,
    members: Vec<Member>,
}

impl From<Group> for GroupSubscription {
    fn from(group: Group) -> Self {
        Self {
            topics: group.topics.into_iter().collect(),
            members: group.members.into_iter().map(Into::into).collect(),
        }
    }
}

/// `{"assignment": …}`, or `{"error": …}` where Kafka throws.
fn answer(assignor: Assignor, group: Group, max_generation: i32) -> Value {
    let mut max_generation = max_generation;
    match assignor.assign_after(&group.into(), &mut max_generation) {
        Ok(assignment) => json!({"assignment": assignment}),
        Err(error) => json!({"error": error.to_string()}),
    }
}

fn with_id(id: String, mut answer: Value) -> Value {
    answer["id"] = Value::String(id);
    answer
}

fn single(assignor: Assignor, vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    // Spelled out rather than flattened, so that errors are found where they are.
    #[derive(Deserialize)]
    struct Case {
        id: String,
        topics: BTreeMap<String, i32>,
        members: Vec<Member>,
    }
    vectors.each(emit, |case: Case| {
        let group = Group {
            topics: case.topics,
            members: case.members,
        };
        with_id(case.id, answer(assignor, group, -1))
    })
}

pub(super) fn range(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    single(Assignor::Range, vectors, emit)
}

pub(super) fn round_robin(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    single(Assignor::RoundRobin, vectors, emit)
}

/// Each step is answered from its own members' claims.
fn steps(assignor: Assignor, steps: Vec<Group>) -> Value {
    steps
        .into_iter()
        .map(|it| answer(assignor, it, -1))
        .collect()
}

fn stepwise(assignor: Assignor, vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        steps: Vec<Group>,
    }
    vectors.each(
        emit,
        |case: Case| json!({"id": case.id, "steps": steps(assignor, case.steps)}),
    )
}

pub(super) fn sticky(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    stepwise(Assignor::Sticky, vectors, emit)
}

pub(super) fn cooperative_sticky(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    stepwise(Assignor::CooperativeSticky, vectors, emit)
}

/// The name of an assignor, as it stands in the files.
struct Named(Assignor);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Assignor::from_name(&name).map(Self).ok_or_else(|| {
            let known: Vec<&str> = Assignor::KAFKA.iter().map(|it| it.name()).collect();
            serde::de::Error::custom(format!(
                "unknown assignor '{name}', known are {}",
                known.join(", ")
            ))
        })
    }
}

pub(super) fn quirks(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        algorithm: Named,
        steps: Vec<Group>,
    }
    vectors.each(
        emit,
        |case: Case| json!({"id": case.id, "steps": steps(case.algorithm.0, case.steps)}),
    )
}

pub(super) fn unit_tests(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        algorithm: Named,
        #[serde(default)]
        assignor_max_generation_before: Option<i32>,
        topics: BTreeMap<String, i32>,
        members_in_map_order: Vec<Member>,
    }
    vectors.each(emit, |case: Case| {
        let max_generation = case.assignor_max_generation_before.unwrap_or(-1);
        let group = Group {
            topics: case.topics,
            members: case.members_in_map_order,
        };
        with_id(case.id, answer(case.algorithm.0, group, max_generation))
    })
}
