//! The simulation and the clock that drives it: how much time passes in a frame, and when what is seen is made anew.

use super::lesson::{Aside, Watch, given, pass};
use super::marks::read_marks;
use super::snapshot::{ROWS, distinct, keep, same};
use super::{CommandError, Echo, Session, Snapshot};
use crate::frame::FrameLoop;
use rebalance_core::id::Name;
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::FlightView;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Performance;
use yew::Callback;

/// Milliseconds between two publications; more where there is much to draw.
const PUBLISH_MS: f64 = 100.0;
/// So many copies of partitions (and consumers) lengthen the time between two publications by as much again.
const PUBLISH_PARTS: f64 = 300.0;
/// Milliseconds of simulation in one frame before the page says that it is behind.
const BUDGET_MS: f64 = 8.0;
/// Events between two looks at the budget.
pub(super) const CHUNK: u32 = 256;
/// A gap longer than this (a hidden page, a sleeping machine) is not caught up.
const LONGEST_FRAME_MS: f64 = 100.0;
/// Lines the terminal remembers.
const ECHO_LINES: usize = 400;

/// Draws the messages in flight: now, and the messages.
pub type Painter = Rc<dyn Fn(SimTime, &[FlightView])>;

/// The session, and how it is being played.
pub(super) struct Inner {
    pub(super) session: Session,
    pub(super) playing: bool,
    pub(super) speed: u32,
    pub(super) behind: bool,
    /// Microseconds of simulated time that are due but less than the next event needed.
    pub(super) clock: SimTime,
    pub(super) last_frame: Option<f64>,
    pub(super) last_publish: f64,
    pub(super) dirty: bool,
    /// The snapshot is made, but not published yet.
    pub(super) ready: bool,
    pub(super) snapshot: Snapshot,
    pub(super) echo: Rc<Vec<Echo>>,
    pub(super) refused: Option<CommandError>,
    /// A lesson is open: its name (empty before it is known), and what waits for its end.
    pub(super) lesson: Option<(Rc<str>, Aside)>,
    /// The goals of the lesson's step.
    pub(super) watch: Option<Watch>,
    /// A command that the lesson does not let through.
    pub(super) held_back: Option<Rc<str>>,
    /// Time stops here.
    pub(super) stop_at: Option<SimTime>,
    /// The browser's steady clock, once it was needed.
    steady: Option<Performance>,
}

/// The simulation and the clock that drives it.
pub(super) struct Runtime {
    pub(super) inner: RefCell<Inner>,
    pub(super) frames: RefCell<Option<FrameLoop>>,
    pub(super) painter: RefCell<Option<Painter>>,
    pub(super) publish: RefCell<Option<Callback<Snapshot>>>,
}

impl Inner {
    pub(super) fn new(session: Session) -> Self {
        let clock = session.now();
        let empty = Snapshot {
            version: 0,
            view: Rc::default(),
            brokers: Rc::default(),
            producers: Rc::default(),
            groups: Rc::default(),
            end: clock,
            marks: Rc::default(),
            keys: Rc::default(),
            branches: Rc::default(),
            bookmarks: Rc::default(),
            can_redo: false,
            playing: true,
            speed: 1_000,
            behind: false,
            echo: Rc::default(),
            refused: None,
            lesson: None,
            goals: Rc::default(),
            own: 0,
            held_back: None,
        };
        let mut inner = Self {
            session,
            playing: true,
            speed: 1_000,
            behind: false,
            clock,
            last_frame: None,
            last_publish: 0.0,
            dirty: true,
            ready: false,
            snapshot: empty,
            echo: Rc::default(),
            refused: None,
            lesson: None,
            watch: None,
            held_back: None,
            stop_at: None,
            steady: None,
        };
        inner.project();
        inner
    }

    /// Makes the snapshot anew.
    pub(super) fn project(&mut self) {
        let mut view = self.session.view_with(ROWS);
        let old = &self.snapshot;
        let marks = read_marks(&self.session, &old.marks);
        let keys: Vec<Name> = view
            .producers
            .iter()
            .flat_map(|p| p.keys.iter().cloned())
            .collect();
        self.snapshot = Snapshot {
            version: old.version + 1,
            brokers: Rc::new(keep(std::mem::take(&mut view.brokers), &old.brokers)),
            producers: Rc::new(keep(std::mem::take(&mut view.producers), &old.producers)),
            groups: Rc::new(keep(std::mem::take(&mut view.groups), &old.groups)),
            end: self.session.end().max(view.now),
            marks: same(marks, &old.marks),
            keys: same(distinct(keys), &old.keys),
            branches: Rc::new(self.session.branches()),
            bookmarks: same(self.session.bookmarks().to_vec(), &old.bookmarks),
            can_redo: self.session.can_redo(),
            playing: self.playing,
            speed: self.speed,
            behind: self.behind,
            echo: self.echo.clone(),
            refused: self.refused.clone(),
            lesson: self.lesson.as_ref().map(|(_, aside)| aside.here.clone()),
            goals: self
                .watch
                .as_ref()
                .map_or_else(Rc::default, |it| it.goals.clone()),
            own: self.own(),
            held_back: self.held_back.clone(),
            view: Rc::new(view),
        };
    }

    /// Milliseconds between two publications, up to half a second.
    pub(super) fn pace_ms(&self) -> f64 {
        let parts = self.snapshot.parts() as f64;
        (PUBLISH_MS * (1.0 + parts / PUBLISH_PARTS)).min(5.0 * PUBLISH_MS)
    }

    /// Lets the time of one frame pass.
    pub(super) fn advance(&mut self, at_ms: f64) {
        let gap = at_ms - self.last_frame.unwrap_or(at_ms);
        self.last_frame = self.playing.then_some(at_ms);
        if !self.playing {
            return;
        }
        let micros = gap.clamp(0.0, LONGEST_FRAME_MS) * f64::from(self.speed);
        self.clock = self.clock + Duration(micros as u64);
        if let Some(end) = self.stop_at {
            self.clock = self.clock.min(end);
        }
        if self.steady.is_none() {
            self.steady = web_sys::window().and_then(|w| w.performance());
        }
        let steady = self.steady.clone();
        let wall_ms = || steady.as_ref().map_or(0.0, Performance::now);
        let began = wall_ms();
        let mut kept = self.pass(self.clock);
        while !kept && wall_ms() - began < BUDGET_MS {
            kept = self.pass(self.clock);
        }
        self.behind = !kept;
        if self.behind {
            self.clock = self.session.now();
        }
        if kept && self.stop_at == Some(self.clock) {
            (self.playing, self.stop_at) = (false, None);
            self.last_frame = None;
            self.last_publish = f64::MIN;
        }
        self.dirty = true;
    }

    /// Lets time pass up to an instant, at most a number of events; true when it is there.
    pub(super) fn pass(&mut self, until: SimTime) -> bool {
        pass(&mut self.session, &mut self.watch, until, CHUNK)
    }

    /// Commands of a lesson that its start script did not give.
    fn own(&self) -> usize {
        let start = self.lesson.as_ref().map(|(_, aside)| aside.given);
        start.map_or(0, |start| given(&self.session).saturating_sub(start))
    }

    /// After anything but the passing of time.
    pub(super) fn touched(&mut self) {
        self.clock = self.session.now();
        if let Some(watch) = &mut self.watch {
            watch.look(&self.session);
        }
        self.dirty = true;
        self.last_publish = f64::MIN;
    }

    pub(super) fn say(&mut self, echo: Echo) {
        let lines = Rc::make_mut(&mut self.echo);
        lines.push(echo);
        if lines.len() > ECHO_LINES {
            lines.drain(..ECHO_LINES / 4);
        }
        self.dirty = true;
        self.last_publish = f64::MIN;
    }
}

impl Runtime {
    pub(super) fn new(session: Session) -> Rc<Self> {
        let runtime = Rc::new(Self {
            inner: RefCell::new(Inner::new(session)),
            frames: RefCell::default(),
            painter: RefCell::default(),
            publish: RefCell::default(),
        });
        let weak = Rc::downgrade(&runtime);
        let frames = FrameLoop::new(move |at| {
            if let Some(runtime) = weak.upgrade() {
                runtime.frame(at);
            }
        });
        frames.request();
        *runtime.frames.borrow_mut() = Some(frames);
        runtime
    }

    /// One frame: time passes, messages are drawn, and now and then the view is published; of a large cluster a frame
    /// after it was made, for one frame has no time for both.
    pub(super) fn frame(&self, at_ms: f64) {
        let mut fresh = None;
        let again = {
            let mut inner = self.inner.borrow_mut();
            inner.advance(at_ms);
            let waited = std::mem::take(&mut inner.ready);
            if !waited && inner.dirty && at_ms - inner.last_publish >= inner.pace_ms() {
                inner.project();
                inner.dirty = false;
                inner.last_publish = at_ms;
                inner.ready = true;
            }
            if waited || inner.ready && !inner.snapshot.is_large() {
                inner.ready = false;
                fresh = Some(inner.snapshot.clone());
            }
            inner.playing || inner.dirty || inner.ready
        };
        self.paint();
        if let (Some(snapshot), Some(publish)) = (fresh, self.publish.borrow().clone()) {
            publish.emit(snapshot);
        }
        if again {
            self.wake();
        }
    }

    pub(super) fn paint(&self) {
        let painter = self.painter.borrow().clone();
        if let Some(painter) = painter {
            let inner = self.inner.borrow();
            painter(inner.session.now(), &inner.session.flights());
        }
    }

    pub(super) fn wake(&self) {
        if let Some(frames) = self.frames.borrow().as_ref() {
            frames.request();
        }
    }
}
