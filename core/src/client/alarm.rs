//! A timer that remembers when it is set, so that it is moved only when it has to ring earlier.
//!
//! Most deadlines are never reached: the answer comes first. Arming a timer for each of them would fill the event
//! queue. An alarm is left alone when a later instant is wanted; it then rings too early, its owner looks what is due, finds
//! nothing and sets it again.

use crate::effect::{Ctx, Timer};
use crate::time::SimTime;

/// One timer of one client.
#[derive(Clone, Debug)]
pub struct Alarm {
    timer: Timer,
    at: Option<SimTime>,
}

impl Alarm {
    /// An alarm that is not set.
    pub const fn new(timer: Timer) -> Self {
        Self { timer, at: None }
    }

    /// Rings at `at` or earlier.
    pub fn want(&mut self, ctx: &mut Ctx, at: SimTime) {
        if at != SimTime::MAX && self.at.is_none_or(|set| at < set) {
            self.at = Some(at);
            ctx.arm_at(self.timer, at);
        }
    }

    /// Rings exactly at `at`, even if it was set to an earlier instant.
    pub fn set(&mut self, ctx: &mut Ctx, at: SimTime) {
        if self.at != Some(at) {
            self.at = Some(at);
            ctx.arm_at(self.timer, at);
        }
    }

    /// It rang.
    pub fn rang(&mut self) {
        self.at = None;
    }

    /// Does not ring any more.
    pub fn cancel(&mut self, ctx: &mut Ctx) {
        if self.at.take().is_some() {
            ctx.disarm(self.timer);
        }
    }

    /// When it will ring.
    pub fn at(&self) -> Option<SimTime> {
        self.at
    }
}
