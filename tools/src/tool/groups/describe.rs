//! `--describe`: which groups, in which state, and what their coordinators know of the members.

use super::tables::{members, offsets, state_table};
use super::{error, known, wanted};
use crate::plan::{Failure, Plan, Said};
use crate::tool::{Planned, Scene};
use rebalance_core::event::GroupState;
use rebalance_core::id::{Name, TopicPartition};
use rebalance_core::view::GroupView;

pub(super) fn describe(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let verbose = options.has("verbose");
    let mut names = wanted(scene);
    names.sort();
    names.dedup();
    let mut out = String::new();
    for name in names {
        let Some(group) = known(&scene.view).find(|g| g.name == name) else {
            return Err(missing(scene, &name));
        };
        let state = group.state.unwrap_or(GroupState::Dead);
        out += &match state {
            GroupState::Dead => format!("\nError: Consumer group '{name}' does not exist.\n"),
            GroupState::Empty => format!("\nConsumer group '{name}' has no active members.\n"),
            GroupState::Stable => String::new(),
            _ => format!("\nWarning: Consumer group '{name}' is rebalancing.\n"),
        };
        if state == GroupState::Dead {
            continue;
        }
        out += &if options.has("members") {
            members(scene, group, verbose)
        } else if options.has("state") {
            state_table(group, state, verbose)
        } else {
            offsets(scene, group, verbose)
        };
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

fn missing(scene: &Scene<'_>, name: &str) -> Failure {
    let failure = error(format!(
        "Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group {name} \
         not found."
    ));
    let there: Vec<&str> = known(&scene.view).map(|g| &*g.name).collect();
    let share = scene
        .view
        .groups
        .iter()
        .any(|g| *g.name == *name && g.share.is_some());
    match there.as_slice() {
        _ if share => failure.hint(format!(
            "{name} is a share group: kafka-share-groups --describe --group {name}"
        )),
        [] => failure.hint("no group yet: a consumer that joins makes one"),
        names => failure.hint(format!("there is {}", names.join(", "))),
    }
}

/// A member, as its coordinator has it.
pub(crate) struct Member {
    pub(crate) id: Name,
    pub(crate) client: String,
    pub(crate) instance: Name,
    pub(crate) owns: Vec<TopicPartition>,
    /// Epoch, target epoch and target, in a group of the consumer protocol.
    pub(crate) walk: Option<(i32, Vec<TopicPartition>, bool)>,
}

pub(crate) fn members_of(group: &GroupView) -> Vec<Member> {
    let member = |m: &rebalance_core::view::MemberView| {
        let consumer = group.consumers.iter().find(|c| c.member_id == m.id);
        // A member's id is the client's name, a dash and a UUID of 36 characters.
        let from_id =
            m.id.get(..m.id.len().saturating_sub(37))
                .unwrap_or_default();
        let owns = match (&m.walk, consumer) {
            (Some(walk), _) => walk.assigned.clone(),
            (None, Some(consumer)) => consumer.partitions.iter().map(|p| p.tp).collect(),
            (None, None) => Vec::new(),
        };
        Member {
            id: m.id.clone(),
            client: consumer.map_or_else(|| from_id.to_string(), |c| c.name.to_string()),
            instance: m.instance.clone().unwrap_or_else(|| "".into()),
            owns,
            walk: m
                .walk
                .as_ref()
                .map(|w| (w.epoch, w.target.clone(), w.classic)),
        }
    };
    group.members.iter().map(member).collect()
}
