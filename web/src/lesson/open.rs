//! Makes a lesson's cluster: its start, the steps that a link leads past, or the very moment at which it was left.
//!
//! Whatever it is, it is a script, carried out a few milliseconds a frame as any other ([`crate::restore`]).

use super::data::Lesson;
use super::desk::Desk;
use super::progress::{Progress, forget_moment, moment};
use crate::frame::FrameLoop;
use crate::restore::{self, Progress as Part, Restore};
use crate::session::Session;
use std::cell::RefCell;
use std::rc::Rc;

/// Milliseconds of work in one frame.
const BUDGET_MS: f64 = 12.0;
/// Events between two looks at the clock.
const CHUNK: u32 = 2_000;

/// How to open a lesson.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// Where it was left.
    GoOn,
    /// At this step, from 0, or further if the learner was.
    Step(usize),
    /// From the beginning.
    Afresh,
}

/// What to carry out, and the desk that belongs to it.
pub struct Plan {
    /// The script.
    pub script: String,
    /// What has been done by then.
    pub desk: Desk,
    /// It is a moment that was kept.
    pub kept: bool,
}

/// What opening a lesson takes.
pub fn plan(lesson: &Lesson, how: How) -> Plan {
    let found = Progress::load().get(&lesson.slug).cloned();
    let found = found.filter(|it| it.steps.len() == lesson.steps.len());
    let fresh = || Desk::new(lesson.steps.len());
    let mut desk = found.unwrap_or_else(fresh);
    if how == How::Afresh {
        let best = desk.best;
        desk = Desk { best, ..fresh() };
        forget_moment(&lesson.slug);
    }
    let reached = desk.at();
    let wanted = match how {
        How::Step(step) => step,
        _ => 0,
    };
    if wanted <= reached
        && let Some(kept) = moment(&lesson.slug).filter(|_| desk.is_begun())
    {
        return Plan {
            script: kept.script,
            desk,
            kept: true,
        };
    }
    desk.skip_to(wanted);
    Plan {
        script: script_to(lesson, desk.at()),
        desk,
        kept: false,
    }
}

/// The start and the solutions of the steps before this one.
pub fn script_to(lesson: &Lesson, step: usize) -> String {
    let mut script = lesson.start.clone();
    for line in lesson.steps.iter().take(step).flat_map(|it| &it.solution) {
        script.push('\n');
        script.push_str(line);
    }
    script
}

/// Commands of the start script.
pub fn given_at_start(lesson: &Lesson) -> usize {
    let acts = |it: &&str| !it.starts_with("advance ") && !it.is_empty();
    lesson.start.lines().filter(acts).count()
}

/// A script underway.
#[derive(Default)]
pub struct Opener {
    work: RefCell<Option<Restore>>,
    frames: RefCell<Option<FrameLoop>>,
}

impl Opener {
    /// Carries a script out in the place of any that is underway; `None` is told when that cannot be done.
    pub fn run(self: &Rc<Self>, script: &str, done: impl Fn(Option<Session>) + 'static) {
        let read = restore::read(script).ok();
        let begun = read.and_then(|it| Restore::begin(it).ok());
        let Some(begun) = begun else {
            done(None);
            return;
        };
        *self.work.borrow_mut() = Some(begun);
        let weak = Rc::downgrade(self);
        let frames = FrameLoop::new(move |_| {
            let Some(opener) = weak.upgrade() else { return };
            match opener.part() {
                Some(outcome) => done(outcome),
                None => {
                    if let Some(frames) = opener.frames.borrow().as_ref() {
                        frames.request();
                    }
                }
            }
        });
        frames.request();
        *self.frames.borrow_mut() = Some(frames);
    }

    /// One frame's part; the outcome at the end.
    fn part(&self) -> Option<Option<Session>> {
        let mut slot = self.work.borrow_mut();
        let Some(restore) = slot.as_mut() else {
            return Some(None);
        };
        let clock = web_sys::window()?.performance()?;
        let began = clock.now();
        while clock.now() - began < BUDGET_MS {
            match restore.work(CHUNK) {
                Part::More(_) => {}
                Part::Done => return Some(slot.take().map(Restore::finish)),
                Part::Refused(_) => {
                    *slot = None;
                    return Some(None);
                }
            }
        }
        None
    }
}
