//! "Show me": the lines of a step's solution, one after another, at a pace at which one can watch.
//!
//! A command waits a moment after its line was marked. An `advance` lets time pass faster the longer it is, so that each takes
//! one to four seconds of the watcher's time.

use crate::session::{Dispatch, Snapshot};
use rebalance_core::command::Command;
use rebalance_core::time::SimTime;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Milliseconds between marking a line and carrying it out, and again before the next.
const PAUSE_MS: i32 = 700;

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

/// What a line led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Go on with the next.
    Next,
    /// Time passes until then.
    Wait(SimTime),
    /// It was refused.
    Failed,
}

/// Carries a line out.
pub fn carry_out(line: &str, dispatch: &Dispatch) -> Outcome {
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

/// Thousandths of real time at which so many microseconds pass.
fn pace(span_us: u64) -> u32 {
    let watched_ms = (span_us / 2_000).clamp(1_200, 4_000);
    u32::try_from(span_us / watched_ms)
        .unwrap_or(u32::MAX)
        .max(250)
}

/// Whether time has passed as far as the line says.
pub fn is_over(playing: &Playing, seen: &Snapshot) -> bool {
    playing.until.is_some_and(|until| seen.view.now >= until)
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
        // A second takes more than a second, ten take four, a minute too.
        assert_eq!(pace(1_000_000), 833);
        assert_eq!(pace(10_000_000), 2_500);
        assert_eq!(pace(60_000_000), 15_000);
        assert_eq!(pace(0), 250);
    }
}
