//! The consumer process: its place only; its behaviour follows in the next commit.
#![allow(missing_docs)]
use crate::command::*;
use crate::config::*;
use crate::effect::*;
use crate::id::*;
use crate::protocol::*;
use crate::view::*;
use alloc::vec::Vec;
#[derive(Clone, Debug)]
pub struct Consumer {
    id: ClientId,
    name: Name,
    g: Name,
}
#[allow(unused_variables)]
impl Consumer {
    pub fn new(
        id: ClientId,
        name: Name,
        spec: ConsumerSpec,
        config: ConsumerConfig,
        b: Vec<BrokerId>,
    ) -> Self {
        Self {
            id,
            name,
            g: spec.group.unwrap_or_else(|| "".into()),
        }
    }
    pub fn start(&mut self, ctx: &mut Ctx<'_>) {}
    pub fn on_message(&mut self, ctx: &mut Ctx<'_>, e: Envelope) {}
    pub fn on_timer(&mut self, ctx: &mut Ctx<'_>, t: Timer) {}
    pub fn seek(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition, to: OffsetTarget) {}
    pub fn pause(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition, p: bool) {}
    pub fn commit(&mut self, ctx: &mut Ctx<'_>) {}
    pub fn close(&mut self, ctx: &mut Ctx<'_>) {}
    pub fn reconfigure(&mut self, ctx: &mut Ctx<'_>, s: &ConsumerSpec, c: ConsumerConfig) {}
    pub fn group(&self) -> &Name {
        &self.g
    }
    pub fn view(&self, s: ProcessState) -> ConsumerView {
        ConsumerView {
            node: NodeId::Client(self.id),
            name: self.name.clone(),
            state: s,
            group: self.g.clone(),
            topics: Vec::new(),
            member_id: "".into(),
            instance: None,
            generation: -1,
            is_leader: false,
            paused_since: None,
            partitions: Vec::new(),
            configs: Vec::new(),
            processing_us: 0,
            processing: None,
            session_ends: None,
            delivered: 0,
            last_error: None,
        }
    }
}
