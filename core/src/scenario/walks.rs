//! Terms about members of groups of the consumer protocol: where their coordinator sees them.

use super::Scene;
use super::facts::partition;
use super::terms::{Arg, Found, consumer};
use super::value::Value;
use crate::id::TopicPartition;
use crate::view::WalkView;
use alloc::string::String;

/// A consumer's way to its target; `None` if no coordinator knows it by its present id, or its group is a classic one.
pub(super) fn of<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<Option<&'a WalkView>, String> {
    let consumer = consumer(scene, args)?;
    let group = scene.view.groups.iter().find(|g| g.name == consumer.group);
    let members = group.into_iter().flat_map(|g| &g.members);
    let mut mine = members.filter(|m| m.id == consumer.member_id);
    Ok(mine.next().and_then(|m| m.walk.as_ref()))
}

/// Some partitions of it, by topic and number; `none` without one.
pub(super) fn list<'a>(
    scene: &Scene<'a>,
    args: &[Arg],
    which: impl Fn(&'a WalkView) -> &'a [TopicPartition],
) -> Found {
    let Some(walk) = of(scene, args)? else {
        return Ok(Value::None);
    };
    let names = which(walk).iter().map(|tp| partition(*tp, scene.names));
    Ok(Value::List(names.collect()))
}
