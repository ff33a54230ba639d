//! Terms on processes and on what stands in logs.

use super::find::{lower, name, node_id, process, replica};
use super::{Arg, Found};
use crate::scenario::Scene;
use crate::scenario::value::Value;
use crate::view::{ReplicaView, TileKind};
use alloc::string::ToString;

pub(super) fn broker(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let id = node_id(args).ok_or("a broker is missing")?;
    let found = scene.view.brokers.iter().find(|b| b.id == id);
    let state = found
        .ok_or_else(|| alloc::format!("there is no broker {id}"))?
        .state;
    Ok(process(state))
}

pub(super) fn coordinates(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let id = node_id(args).ok_or("a broker is missing")?;
    let found = scene.view.brokers.iter().find(|b| b.id == id);
    let broker = found.ok_or_else(|| alloc::format!("there is no broker {id}"))?;
    Ok(Value::List(
        broker.coordinates.iter().map(Value::from).collect(),
    ))
}

/// The active controller, or the state of one.
pub(super) fn controller(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let all = &scene.view.controllers;
    let Ok(id) = name(args, 0) else {
        return Ok(Value::maybe(all.iter().find(|c| c.active).map(|c| c.id)));
    };
    let found = all.iter().find(|c| c.id.to_string() == id);
    let one = found.ok_or_else(|| alloc::format!("there is no controller {id}"))?;
    Ok(process(one.state))
}

pub(super) fn log(replica: &ReplicaView) -> Value {
    let tiles = replica.tiles.iter().map(|t| match t.kind {
        TileKind::Data => Value::Text(t.value.clone()),
        TileKind::Tombstone => Value::None,
        TileKind::Commit | TileKind::Abort => lower(&t.kind),
    });
    Value::List(tiles.collect())
}

pub(super) fn keys(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tiles = replica(scene, args)?.tiles.iter();
    Ok(Value::List(
        tiles.map(|t| Value::maybe(t.key.as_ref())).collect(),
    ))
}

pub(super) fn offsets(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tiles = replica(scene, args)?.tiles.iter();
    Ok(Value::List(tiles.map(|t| Value::Int(t.offset)).collect()))
}

pub(super) fn epochs(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let epochs = replica(scene, args)?.epochs.iter();
    Ok(Value::List(
        epochs
            .map(|(e, o)| Value::Pair(i64::from(*e), *o))
            .collect(),
    ))
}
