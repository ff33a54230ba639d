//! `--delete` and `--delete-offsets`: requests to the coordinator, and what the tool prints of its answers.

use super::{error, wanted};
use crate::plan::{Plan, Said, Wait};
use crate::print::{self, row};
use crate::tool::{Planned, Scene};
use rebalance_core::command::Command;
use rebalance_core::id::Name;
use rebalance_core::protocol::{ApiKey, ErrorCode};

pub(super) fn delete(scene: &Scene<'_>) -> Planned {
    let groups = wanted(scene);
    if groups.is_empty() {
        return Ok(Plan::say(Said::line(
            "Deletion of requested consumer groups ('') was successful.",
        )));
    }
    let commands = groups
        .iter()
        .map(|g| Command::GroupDelete(g.clone()))
        .collect();
    let wait = Wait::admin(ApiKey::DeleteGroups, groups, |found| {
        let (gone, kept): (Vec<_>, Vec<_>) = found.iter().partition(|(_, code)| code.is_ok());
        let names = |list: &[&(Name, ErrorCode)]| -> String {
            list.iter()
                .map(|(n, _)| n.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        };
        if kept.is_empty() {
            return Said::line(format!(
                "Deletion of requested consumer groups ('{}') was successful.",
                names(&gone)
            ));
        }
        let mut out = String::from("\nError: Deletion of some consumer groups failed:\n");
        for (group, code) in kept {
            out += &format!(
                "* Group '{group}' could not be deleted due to: {}\n",
                exception(*code)
            );
        }
        if !gone.is_empty() {
            out += &format!(
                "\nThese consumer groups were deleted successfully: '{}'\n",
                names(&gone)
            );
        }
        Said {
            out,
            hints: Vec::new(),
        }
    });
    Ok(Plan::act(commands, wait))
}

pub(super) fn delete_offsets(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    if !options.has("group") || !options.has("topic") {
        return Err(
            options.usage("Option [delete-offsets] takes the following options: [group], [topic]")
        );
    }
    let group: Name = options.value("group").unwrap_or_default().into();
    let topics: Vec<Name> = options
        .values("topic")
        .iter()
        .map(|t| t.as_str().into())
        .collect();
    let gone = topics
        .iter()
        .find(|t| print::topic(&scene.view, t).is_none());
    if let Some(unknown) = gone {
        return Err(
            error("Encounter some partition level error, see the follow-up details:").hint(
                format!(
                    "no topic `{unknown}`, or it was given with partitions: whole topics only here"
                ),
            ),
        );
    }
    let rows: Vec<(Name, usize)> = topics
        .iter()
        .filter_map(|t| Some((t.clone(), print::topic(&scene.view, t)?.partitions.len())))
        .collect();
    let commands = topics
        .iter()
        .map(|t| Command::GroupDeleteOffsets(group.clone(), t.clone()))
        .collect();
    let targets = vec![group.clone(); topics.len()];
    let wait = Wait::admin(ApiKey::OffsetDelete, targets, move |found| {
        let wrong = found
            .iter()
            .map(|(_, code)| *code)
            .find(|code| !code.is_ok());
        deleted_offsets(&group, &rows, wrong)
    });
    Ok(Plan::act(commands, wait))
}

fn deleted_offsets(group: &Name, topics: &[(Name, usize)], wrong: Option<ErrorCode>) -> Said {
    let mut out = match wrong {
        None => format!("Request succeeded for deleting offsets from group {group}.\n"),
        Some(ErrorCode::GroupIdNotFound) => format!("\nError: '{group}' does not exist.\n"),
        Some(ErrorCode::NonEmptyGroup) => format!(
            "\nError: Deleting offsets of a consumer group '{group}' is forbidden if the group is not empty.\n"
        ),
        Some(ErrorCode::GroupSubscribedToTopic) => {
            "\nError: Encounter some partition level error, see the follow-up details:\n"
                .to_string()
        }
        Some(other) => format!("\nError: Encounter some unknown error: {}\n", other.name()),
    };
    let status = match wrong {
        None => "Successful",
        Some(ErrorCode::GroupSubscribedToTopic) => {
            "Error: :org.apache.kafka.common.errors.GroupSubscribedToTopicException: Deleting offsets of a topic is forbidden \
             while the consumer group is actively subscribed to it."
        }
        Some(_) => "Error",
    };
    out += &format!("\n{}", row(&["TOPIC", "PARTITION", "STATUS"], &[30, 15]));
    for (topic, count) in topics {
        for partition in 0..*count {
            out += &format!(
                "\n{}",
                row(&[topic, &partition.to_string(), status], &[30, 15])
            );
        }
    }
    Said {
        out: out + "\n",
        hints: Vec::new(),
    }
}

/// As Java prints the exception of this code.
fn exception(code: ErrorCode) -> String {
    let package = "org.apache.kafka.common.errors";
    match code {
        ErrorCode::NonEmptyGroup => {
            format!(
                "java.util.concurrent.ExecutionException: {package}.GroupNotEmptyException: The group is not empty."
            )
        }
        ErrorCode::GroupIdNotFound => format!(
            "java.util.concurrent.ExecutionException: {package}.GroupIdNotFoundException: The group id does not exist."
        ),
        other => other.name().to_string(),
    }
}
