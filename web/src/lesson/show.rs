//! "Show me": the lines of a step's solution, one after another, at a pace at which one can watch.
//!
//! A command waits a moment after its line was marked. An `advance` lets time pass faster the longer it is, so that each takes
//! a second or a few of the watcher's time.

use super::data::Lesson;
use super::state::State;
use crate::dom::page::*;
use crate::session::{Dispatch, SPEEDS, Snapshot};
use rebalance_core::command::Command;
use rebalance_core::time::SimTime;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Milliseconds between marking a line and carrying it out, and again before the next.
const PAUSE_MS: i32 = 700;

/// An `advance` takes at least so many milliseconds of the watcher's time.
const SEEN_MS: u64 = 1_200;

/// Where the player is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Playing {
    /// The step shown, from 0.
    pub step: usize,
    /// The line of its solution, from 0.
    pub line: usize,
    /// For an `advance` that is underway: when it ends.
    pub until: Option<SimTime>,
}

impl Playing {
    /// The next line.
    fn after(self) -> Self {
        Self {
            line: self.line + 1,
            until: None,
            ..self
        }
    }
}

/// What a line led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Go on with the next.
    Next,
    /// Time passes until then.
    Wait(SimTime),
    /// It was refused.
    Failed,
}

/// Carries a line out.
fn carry_out(line: &str, dispatch: &Dispatch) -> Outcome {
    match line.parse::<Command>() {
        Ok(Command::Advance(span)) => {
            let until = dispatch.with(|it| it.now()) + span;
            dispatch.play_until(until, pace(span.0));
            Outcome::Wait(until)
        }
        Ok(command) => match dispatch.shown(command) {
            Ok(()) => Outcome::Next,
            Err(_) => Outcome::Failed,
        },
        Err(_) => Outcome::Failed,
    }
}

/// The highest of the page's speeds at which so many microseconds still take a little more than a second to watch.
fn pace(span_us: u64) -> u32 {
    let watched = |speed: &&u32| span_us / u64::from(**speed) >= SEEN_MS;
    let speed = SPEEDS.iter().rev().find(watched);
    speed.copied().unwrap_or(SPEEDS[1])
}

/// Real time, and it passes.
pub fn at_ease(dispatch: &Dispatch) {
    dispatch.speed(1_000);
    dispatch.play(true);
}

/// Carries out the lines of the step that is shown, each after the one before it is over.
#[hook]
pub fn use_show(state: &Rc<State>, lesson: Option<&Rc<Lesson>>, is_ready: bool, s: &Snapshot) {
    use_effect_with((*state.playing, is_ready), {
        let (state, lesson) = (state.clone(), lesson.cloned());
        move |(now, _)| {
            let now = now.filter(|it| it.until.is_none());
            let stop = now
                .zip(lesson)
                .map(|(now, lesson)| soon(move || next_line(&state, &lesson, now)));
            move || {
                if let Some(stop) = stop {
                    stop();
                }
            }
        }
    });
    let is_over = |it: &Playing| it.until.is_some_and(|until| s.view.now >= until);
    let over = state.playing.filter(is_over);
    use_effect_with(over, {
        let playing = state.playing.setter();
        move |over| {
            if let Some(now) = over {
                playing.set(Some(now.after()));
            }
        }
    });
}

/// The line that was marked, or the end.
fn next_line(state: &State, lesson: &Lesson, now: Playing) {
    let lines = lesson.steps.get(now.step).map(|it| &it.solution);
    let next = match lines.and_then(|it| it.get(now.line)) {
        None => {
            at_ease(&state.dispatch);
            None
        }
        Some(line) => match carry_out(line, &state.dispatch) {
            Outcome::Next => Some(now.after()),
            Outcome::Wait(until) => Some(Playing {
                until: Some(until),
                ..now
            }),
            Outcome::Failed => {
                state.broke.set(true);
                None
            }
        },
    };
    state.playing.set(next);
}

/// Takes back the commands given since a step began: the future with them stays.
pub fn rewind(dispatch: &Dispatch, given: usize) {
    while dispatch.given() > given.max(1) {
        dispatch.undo();
    }
}

/// Calls a function after a moment; the answer stops it.
pub fn soon(call: impl FnOnce() + 'static) -> impl FnOnce() {
    let window = web_sys::window();
    let timer = window.as_ref().and_then(|it| {
        let call = Closure::once_into_js(call);
        let call = call.unchecked_ref();
        it.set_timeout_with_callback_and_timeout_and_arguments_0(call, PAUSE_MS)
            .ok()
    });
    move || {
        if let (Some(window), Some(timer)) = (window, timer) {
            window.clear_timeout_with_handle(timer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_short_but_can_be_watched() {
        // Half a second takes two, ten seconds take two, a minute too.
        assert_eq!(pace(500_000), 250);
        assert_eq!(pace(10_000_000), 5_000);
        assert_eq!(pace(60_000_000), 30_000);
        assert_eq!(pace(0), 250);
    }
}
