//! `--list`: names, or a table with states and types.

use super::known;
use crate::plan::{Plan, Said};
use crate::print::{left, widest};
use crate::tool::{Planned, Scene};
use rebalance_core::event::GroupState;
use rebalance_core::view::GroupView;

fn kind(group: &GroupView) -> &'static str {
    match group.assignment_epoch {
        Some(_) => "Consumer",
        None => "Classic",
    }
}

pub(super) fn list(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let lower = |v: Option<&str>| -> Vec<String> {
        v.into_iter()
            .flat_map(|v| v.split(','))
            .map(|v| v.trim().to_ascii_lowercase())
            .collect()
    };
    let (states, types) = (lower(options.value("state")), lower(options.value("type")));
    for state in &states {
        if !STATES
            .iter()
            .any(|s| s.name().to_ascii_lowercase() == *state)
        {
            let given = options.value("state").unwrap_or_default();
            let names: Vec<&str> = STATES.iter().map(|s| s.name()).collect();
            return Err(options.usage(format!(
                "Invalid state list '{given}'. Valid states are: {}",
                names.join(", ")
            )));
        }
    }
    if let Some(wrong) = types.iter().find(|t| *t != "classic" && *t != "consumer") {
        let message = format!("Invalid types list '{wrong}'. Valid types are: Consumer, Classic");
        return Err(options.usage(message));
    }
    let fits = |g: &&GroupView| {
        let state = g.state.map_or("", GroupState::name).to_ascii_lowercase();
        (states.is_empty() || states.contains(&state))
            && (types.is_empty() || types.contains(&kind(g).to_ascii_lowercase()))
    };
    let groups: Vec<&GroupView> = known(&scene.view).filter(fits).collect();
    let (with_type, with_state) = (options.has("type"), options.has("state"));
    if !with_type && !with_state {
        let names: Vec<&str> = groups.iter().map(|g| &*g.name).collect();
        return Ok(Plan::say(Said::line(names.join("\n"))));
    }
    let width = widest(15, groups.iter().map(|g| &*g.name)) + 10;
    let line = |name: &str, kind: &str, state: &str| {
        let mut out = left(name, width);
        for (shown, cell) in [(with_type, kind), (with_state, state)] {
            if shown {
                out += &format!(" {}", left(cell, 20));
            }
        }
        out + "\n"
    };
    let mut out = line("GROUP", "TYPE", "STATE");
    for g in groups {
        out += &line(
            &g.name,
            kind(g),
            g.state.map_or("Unknown", GroupState::name),
        );
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

const STATES: [GroupState; 7] = [
    GroupState::PreparingRebalance,
    GroupState::CompletingRebalance,
    GroupState::Stable,
    GroupState::Dead,
    GroupState::Empty,
    GroupState::Assigning,
    GroupState::Reconciling,
];
