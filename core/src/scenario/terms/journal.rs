//! Terms on the delivery ledger and on the journal itself.

use super::find::{count, group, name, number, tp_name, tp_of};
use super::{Arg, Found};
use crate::event::{Entry, Event};
use crate::scenario::Scene;
use crate::scenario::value::Value;
use crate::time::SimTime;
use crate::view::{Fate, LedgerRun, LedgerView};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The ledgers of a group (of one partition).
pub(super) fn ledgers<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<Vec<&'a LedgerView>, String> {
    let group = &group(scene, args)?.name;
    let wanted = match tp_name(args) {
        Some(_) => Some(tp_of(scene, args)?),
        None => None,
    };
    let fits = |l: &&LedgerView| l.group == *group && wanted.is_none_or(|tp| tp == l.tp);
    Ok(scene.view.ledgers.iter().filter(fits).collect())
}

/// Runs in order: `0-4:once`, `5-7:again:died`.
pub(super) fn ledger(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let text = |run: &LedgerRun| {
        let (first, last) = (run.first, run.last);
        let mut text = first.to_string();
        if last > first {
            text = alloc::format!("{first}-{last}");
        }
        text = alloc::format!("{text}:{}", run.fate.name());
        if let Some(why) = &run.why {
            text = alloc::format!("{text}:{}", why.reason.name());
        }
        Value::Text(text.as_str().into())
    };
    let runs = ledgers(scene, args)?.into_iter().flat_map(|l| &l.runs);
    Ok(Value::List(runs.map(text).collect()))
}

pub(super) fn fate(scene: &Scene<'_>, args: &[Arg], fate: Fate) -> Found {
    let ledgers = ledgers(scene, args)?;
    Ok(number(ledgers.iter().map(|l| l.count(fate)).sum()))
}

/// Outcome of the last administrative operation (of this API).
pub(super) fn admin(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let wanted = name(args, 0).ok();
    let last = scene
        .entries
        .iter()
        .rev()
        .find_map(|e: &Entry| match &e.event {
            Event::AdminDone { api, error, .. } if wanted.is_none_or(|w| w == api.name()) => {
                Some(Value::text(error.name()))
            }
            _ => None,
        });
    Ok(last.unwrap_or(Value::None))
}

pub(super) fn violations(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let wanted = name(args, 0).ok();
    let fits = |v: &&(SimTime, crate::event::Violation)| wanted.is_none_or(|w| w == v.1.invariant);
    Ok(count(scene.view.violations.iter().filter(fits).count()))
}
