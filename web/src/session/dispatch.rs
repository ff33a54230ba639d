//! What components call to change the simulation, its clock or the terminal.

use super::lesson::{Aside, allows, given};
use super::runtime::{Inner, Painter, Runtime};
use super::{
    CommandError, Difference, Echo, ScriptError, Session, Snapshot, Watch, first_script, line,
};
use rebalance_core::command::Command;
use rebalance_core::event::{Entry, EntryId};
use rebalance_core::session::differences;
use rebalance_core::time::{Duration, SimTime};
use std::rc::Rc;
use yew::Callback;

/// Chunks of events that a typed `advance` may take.
const LONGEST_ADVANCE: u32 = 8_000;

/// What components call; it never changes, so holding it costs no redraw.
#[derive(Clone)]
pub struct Dispatch(Rc<Runtime>);

impl PartialEq for Dispatch {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Dispatch {
    /// A runtime for this session.
    pub(super) fn new(session: Session) -> Self {
        Self(Runtime::new(session))
    }

    /// What was published last.
    pub fn snapshot(&self) -> Snapshot {
        self.0.inner.borrow().snapshot.clone()
    }

    /// Who gets what is published.
    pub(super) fn listen(&self, publish: Option<Callback<Snapshot>>) {
        *self.0.publish.borrow_mut() = publish;
    }

    /// Changes the simulation, then has the page redrawn soon.
    fn change<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        let result = {
            let mut inner = self.0.inner.borrow_mut();
            let result = work(&mut inner);
            inner.touched();
            result
        };
        self.0.wake();
        result
    }

    /// Applies a command that a click stands for, and shows it in the terminal as its line.
    pub fn click(&self, command: Command) {
        let _ = self.apply(command, true, false);
    }

    /// Applies a command that was typed.
    pub fn typed(&self, command: Command) -> Result<(), CommandError> {
        self.apply(command, false, false)
    }

    /// Applies a command of a lesson's solution.
    pub fn shown(&self, command: Command) -> Result<(), CommandError> {
        self.apply(command, false, true)
    }

    /// Applies a command that a tool asked for; only a refusal is shown. False when a lesson holds it back.
    pub fn quietly(&self, command: Command) -> bool {
        self.change(|inner| {
            let at = inner.session.now();
            let line: Rc<str> = line(&command).into();
            inner.held_back = None;
            let free = |aside: &Aside| allows(&aside.allow, &line);
            if !inner.lesson.as_ref().is_none_or(|(_, aside)| free(aside)) {
                inner.held_back = Some(line);
                return false;
            }
            crate::recovery::note(at, &line);
            if let Err(error) = inner.session.apply(command) {
                let refused = Some(error);
                inner.say(Echo::Command {
                    at,
                    line,
                    click: false,
                    refused,
                });
            }
            true
        })
    }

    /// Lets time pass without a word.
    pub fn pass(&self, span: Duration) {
        self.change(|inner| {
            let to = inner.session.now() + span;
            for _ in 0..LONGEST_ADVANCE {
                if inner.pass(to) {
                    break;
                }
            }
        });
    }

    fn apply(&self, command: Command, click: bool, shown: bool) -> Result<(), CommandError> {
        self.change(|inner| {
            let at = inner.session.now();
            let line: Rc<str> = line(&command).into();
            inner.held_back = None;
            let free = |aside: &Aside| allows(&aside.allow, &line);
            if !shown && !inner.lesson.as_ref().is_none_or(|(_, aside)| free(aside)) {
                inner.held_back = Some(line);
                return Ok(());
            }
            crate::recovery::note(at, &line);
            let result = inner.session.apply(command);
            inner.refused = result.clone().err();
            let refused = inner.refused.clone();
            inner.say(Echo::Command {
                at,
                line,
                click,
                refused,
            });
            result
        })
    }

    /// Prints lines in the terminal.
    pub fn print(&self, lines: impl IntoIterator<Item = Echo>) {
        self.change(|inner| lines.into_iter().for_each(|l| inner.say(l)));
    }

    /// Forgets the terminal's lines.
    pub fn clear_terminal(&self) {
        self.change(|inner| inner.echo = Rc::default());
    }

    /// Forgets the last complaint.
    pub fn forget_refusal(&self) {
        self.change(|inner| (inner.refused, inner.held_back) = (None, None));
    }

    /// Starts or stops the passing of time.
    pub fn play(&self, on: bool) {
        self.change(|inner| {
            inner.playing = on;
            inner.last_frame = None;
            inner.behind = false;
            inner.stop_at = None;
        });
    }

    /// Lets time pass up to an instant, at a speed of its own.
    pub fn play_until(&self, end: SimTime, speed: u32) {
        self.play(true);
        self.change(|inner| (inner.stop_at, inner.speed) = (Some(end), speed));
    }

    /// Plays if paused, pauses if playing.
    pub fn toggle_play(&self) {
        let playing = self.0.inner.borrow().playing;
        self.play(!playing);
    }

    /// Thousandths of real time.
    pub fn speed(&self, speed: u32) {
        self.change(|inner| inner.speed = speed);
    }

    /// Pauses and moves by one event.
    pub fn step(&self) {
        self.paused(|s| {
            s.step();
        });
    }

    /// Pauses and moves to the next event that matters.
    pub fn next(&self) {
        self.paused(|s| {
            s.step_interesting();
        });
    }

    /// Pauses and moves back by one event.
    pub fn back(&self) {
        self.paused(|s| {
            s.step_back();
        });
    }

    /// Pauses and moves back to the event before that matters.
    pub fn back_interesting(&self) {
        self.paused(|s| {
            s.back_interesting();
        });
    }

    /// Pauses and moves to an instant of this branch.
    pub fn seek(&self, at: SimTime) {
        self.paused(|s| s.seek(at));
    }

    fn paused(&self, work: impl FnOnce(&mut Session)) {
        self.change(|inner| {
            inner.playing = false;
            inner.behind = false;
            inner.stop_at = None;
            work(&mut inner.session);
        });
    }

    /// Takes back the last command: the branch with it stays.
    pub fn undo(&self) {
        self.change(|inner| {
            inner.session.undo();
        });
    }

    /// The reverse of [`Self::undo`].
    pub fn redo(&self) {
        self.change(|inner| {
            inner.session.redo();
        });
    }

    /// Another future.
    pub fn switch(&self, branch: u32) {
        self.change(|inner| inner.session.switch(branch));
    }

    /// Gives a future a name.
    pub fn rename(&self, branch: u32, name: &str) {
        self.change(|inner| inner.session.rename(branch, name));
    }

    /// Pauses and goes to a named moment of this future, by its place.
    pub fn go_to_bookmark(&self, index: usize) {
        self.paused(|s| s.go_to_bookmark(index));
    }

    /// Forgets a named moment of this future, by its place.
    pub fn forget_bookmark(&self, index: usize) {
        self.change(|inner| inner.session.forget_bookmark(index));
    }

    /// What differs between two futures at an instant, and how many facts are the same.
    pub fn compare(&self, a: u32, b: u32, at: SimTime) -> (Vec<Difference>, usize) {
        self.change(|inner| {
            let a = inner.session.view_of(a, at).unwrap_or_default();
            let b = inner.session.view_of(b, at).unwrap_or_default();
            differences(&a, &b)
        })
    }

    /// Throws everything away and plays this script instead. What there was stays when the script is refused.
    pub fn load(&self, script: &[Command]) -> Result<(), ScriptError> {
        let session = Session::new(script)?;
        self.change(|inner| {
            inner.session = session;
            inner.refused = None;
        });
        Ok(())
    }

    /// Takes over a session that was made elsewhere.
    pub fn adopt(&self, session: Session) {
        self.change(|inner| {
            inner.session = session;
            inner.refused = None;
        });
    }

    /// The open lesson, if there is one: the sandbox waits.
    pub fn lesson(&self) -> Option<Rc<str>> {
        let inner = self.0.inner.borrow();
        inner.lesson.as_ref().map(|(slug, _)| slug.clone())
    }

    /// The open lesson, if its cluster is on the page.
    pub fn lesson_here(&self) -> Option<Rc<str>> {
        let inner = self.0.inner.borrow();
        let (slug, aside) = inner.lesson.as_ref()?;
        (aside.here == *slug && !slug.is_empty()).then(|| slug.clone())
    }

    /// A lesson begins: the sandbox stands still until it is over.
    pub fn enter(&self, slug: &str) {
        if self.lesson().as_deref() == Some(slug) {
            return;
        }
        self.change(|inner| {
            let (playing, speed) = (inner.playing, inner.speed);
            let echo = inner.echo.clone();
            let fresh = || Aside {
                session: None,
                here: Rc::from(""),
                playing,
                speed,
                echo,
                allow: Vec::new(),
                given: 0,
            };
            let aside = inner.lesson.take().map_or_else(fresh, |(_, aside)| aside);
            inner.lesson = Some((slug.into(), aside));
            (inner.playing, inner.watch) = (false, None);
        });
    }

    /// The lesson's cluster is there. The sandbox's is put aside as it is, with its history.
    pub fn adopt_lesson(&self, session: Session, allow: &[String], start: usize) {
        self.change(|inner| {
            let old = std::mem::replace(&mut inner.session, session);
            if let Some((slug, aside)) = &mut inner.lesson {
                aside.session.get_or_insert(old);
                aside.here = slug.clone();
                (aside.allow, aside.given) = (allow.to_vec(), start);
            }
            (inner.refused, inner.held_back, inner.watch) = (None, None, None);
            (inner.speed, inner.echo) = (1_000, Rc::default());
        });
    }

    /// The lesson is over: back to the sandbox.
    pub fn leave(&self) {
        self.change(|inner| {
            if let Some((_, aside)) = inner.lesson.take() {
                if let Some(session) = aside.session {
                    inner.session = session;
                }
                (inner.playing, inner.speed) = (aside.playing, aside.speed);
                (inner.refused, inner.held_back, inner.watch) = (None, None, None);
                (inner.stop_at, inner.last_frame, inner.echo) = (None, None, aside.echo);
            }
        });
    }

    /// Commands up to now.
    pub fn given(&self) -> usize {
        self.with(given)
    }

    /// Goals to look for as time passes.
    pub fn watch(&self, watch: Option<Watch>) {
        self.change(|inner| inner.watch = watch);
    }

    /// Lets time pass at once, as `advance` does in a script.
    pub fn advance_to(&self, to: SimTime, line: &str) {
        self.change(|inner| {
            let at = inner.session.now();
            for _ in 0..LONGEST_ADVANCE {
                if inner.pass(to) {
                    break;
                }
            }
            let line = line.into();
            inner.say(Echo::Command {
                at,
                line,
                click: false,
                refused: None,
            });
        });
    }

    /// Back to the page's first cluster.
    pub fn reset(&self) {
        let _ = self.load(&first_script());
        self.play(true);
    }

    /// Reads the session. The function must not call the dispatcher.
    pub fn with<T>(&self, read: impl FnOnce(&Session) -> T) -> T {
        read(&self.0.inner.borrow().session)
    }

    /// One line of the journal.
    pub fn entry(&self, id: EntryId) -> Option<Entry> {
        self.with(|s| s.entries().get(id as usize).cloned())
    }

    /// Who draws the messages in flight.
    pub fn set_painter(&self, painter: Option<Painter>) {
        *self.0.painter.borrow_mut() = painter;
        self.0.wake();
    }

    /// One more frame, for instance after the page was scrolled.
    pub fn redraw(&self) {
        self.0.wake();
    }
}
