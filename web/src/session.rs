//! The one door to the simulation.
//!
//! [`Runtime`] holds the `Session` behind a `RefCell` and lets its time pass while the page plays: at most a few
//! milliseconds of work a frame, and when that is not enough it says that it is behind rather than freeze the page.
//! At most ten times a second it publishes a [`Snapshot`]: a [`View`] and what else the page draws from. Parts that
//! did not change keep their `Rc`, so that comparing them is comparing pointers.
//!
//! Components call the [`Dispatch`] context (which never changes) and read the [`Snapshot`] context.

use crate::frame::FrameLoop;
use rebalance_core::command::Command;
use rebalance_core::event::{Entry, EntryId, Event};
use rebalance_core::id::Name;
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::{BrokerView, FlightView, GroupView, ProducerView, View};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

pub use rebalance_core::session::CommandError;
pub use rebalance_core::session::{BranchView, ScriptError, Session};

/// Speeds offered, in thousandths of real time.
pub const SPEEDS: [u32; 9] = [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 100_000];

/// Milliseconds between two publications; more where there is much to draw.
const PUBLISH_MS: f64 = 100.0;
/// So many copies of partitions (and consumers) lengthen the time between two publications by as much again.
const PUBLISH_PARTS: f64 = 300.0;
/// Milliseconds of simulation in one frame before the page says that it is behind.
const BUDGET_MS: f64 = 8.0;
/// Events between two looks at the budget.
const CHUNK: u32 = 256;
/// Chunks of events that a typed `advance` may take.
const LONGEST_ADVANCE: u32 = 8_000;
/// A gap longer than this (a hidden page, a sleeping machine) is not caught up.
const LONGEST_FRAME_MS: f64 = 100.0;
/// Lines the terminal remembers.
const ECHO_LINES: usize = 400;

/// A line of the terminal.
#[derive(Clone, PartialEq, Debug)]
pub enum Echo {
    /// A command, and why it was refused if it was.
    Command {
        /// When in the simulation.
        at: SimTime,
        /// Its text.
        line: Rc<str>,
        /// It came from a click rather than from the keyboard.
        click: bool,
        /// Why it was refused.
        refused: Option<CommandError>,
    },
    /// What a tool printed.
    Output(Rc<str>),
    /// A complaint about a typed line.
    Complaint(Rc<str>),
}

/// Everything that components draw from, at one instant.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Goes up with every publication.
    pub version: u64,
    /// The cluster, without its brokers, producers and groups, which follow.
    pub view: Rc<View>,
    /// Its brokers; unchanged ones keep their pointer.
    pub brokers: Rc<Vec<Rc<BrokerView>>>,
    /// Its producers.
    pub producers: Rc<Vec<Rc<ProducerView>>>,
    /// Its groups.
    pub groups: Rc<Vec<Rc<GroupView>>>,
    /// End of this branch; later than `view.now` after going back.
    pub end: SimTime,
    /// Marks of the whole branch, also after now.
    pub marks: Rc<Vec<Mark>>,
    /// Keys that producers use, in order of appearance: the first eight have colours of their own.
    pub keys: Rc<Vec<Name>>,
    /// Every future there is.
    pub branches: Rc<Vec<BranchView>>,
    /// Time passes.
    pub playing: bool,
    /// Thousandths of real time.
    pub speed: u32,
    /// The machine cannot keep the speed.
    pub behind: bool,
    /// The terminal's lines.
    pub echo: Rc<Vec<Echo>>,
    /// The last refused command, until the next one.
    pub refused: Option<CommandError>,
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// Draws the messages in flight: now, and the messages.
pub type Painter = Rc<dyn Fn(SimTime, &[FlightView])>;

struct Inner {
    session: Session,
    playing: bool,
    speed: u32,
    behind: bool,
    /// Microseconds of simulated time that are due but less than the next event needed.
    clock: SimTime,
    last_frame: Option<f64>,
    last_publish: f64,
    dirty: bool,
    snapshot: Snapshot,
    echo: Rc<Vec<Echo>>,
    refused: Option<CommandError>,
}

/// The simulation and the clock that drives it.
pub struct Runtime {
    inner: RefCell<Inner>,
    frames: RefCell<Option<FrameLoop>>,
    painter: RefCell<Option<Painter>>,
    publish: RefCell<Option<Callback<Snapshot>>>,
}

/// Milliseconds of the browser's steady clock.
fn wall_ms() -> f64 {
    web_sys::window()
        .and_then(|w| w.performance())
        .map_or(0.0, |p| p.now())
}

/// Keeps the pointers of elements that are equal to their predecessors.
fn keep<T: PartialEq>(new: Vec<T>, old: &[Rc<T>]) -> Vec<Rc<T>> {
    let one = |(i, n): (usize, T)| match old.get(i) {
        Some(o) if **o == n => o.clone(),
        _ => Rc::new(n),
    };
    new.into_iter().enumerate().map(one).collect()
}

/// The old pointer if nothing changed.
fn same<T: PartialEq>(new: T, old: &Rc<T>) -> Rc<T> {
    if **old == new {
        old.clone()
    } else {
        Rc::new(new)
    }
}

/// Without repetitions, in order of appearance.
fn distinct(names: Vec<Name>) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for name in names {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// What a mark on the timeline stands for, the gravest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// Anything else.
    Other,
    /// A rebalance.
    Group,
    /// A new leader or controller.
    Election,
    /// A request that failed for good, a log cut off.
    Error,
    /// A process died, froze or was fenced.
    Crash,
    /// A guarantee is broken.
    Broken,
}

/// A mark on the timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// When.
    pub at: SimTime,
    /// Its journal entry.
    pub id: EntryId,
    /// What it stands for.
    pub kind: MarkKind,
}

impl MarkKind {
    fn of(event: &Event) -> Self {
        match event {
            Event::Violated(_) | Event::ExpectFailed { .. } => Self::Broken,
            Event::NodeCrashed
            | Event::NodeFrozen
            | Event::NodeStopped
            | Event::BrokerFenced { .. } => Self::Crash,
            Event::ControllerElected { .. } | Event::LeaderElected { .. } => Self::Election,
            Event::SendFailed { .. } | Event::Truncated { .. } | Event::Lost { .. } => Self::Error,
            Event::GroupAssigned { .. }
            | Event::GroupTransition { .. }
            | Event::MemberLeft { .. } => Self::Group,
            _ => Self::Other,
        }
    }
}

/// Marks with their kinds. The journal ends at now; a mark after it keeps the kind it had when it was seen.
fn read_marks(session: &Session, old: &[Mark]) -> Vec<Mark> {
    let entries = session.entries();
    let kind = |at: usize, id: EntryId| match (entries.get(id as usize), old.get(at)) {
        (Some(entry), _) => MarkKind::of(&entry.event),
        (None, Some(seen)) if seen.id == id => seen.kind,
        _ => MarkKind::Other,
    };
    let marks = session.marks().iter().enumerate();
    marks
        .map(|(i, (at, id))| Mark {
            at: *at,
            id: *id,
            kind: kind(i, *id),
        })
        .collect()
}

impl Inner {
    fn new(session: Session) -> Self {
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
            playing: true,
            speed: 1_000,
            behind: false,
            echo: Rc::default(),
            refused: None,
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
            snapshot: empty,
            echo: Rc::default(),
            refused: None,
        };
        inner.project();
        inner
    }

    /// Makes the snapshot anew.
    fn project(&mut self) {
        let mut view = self.session.view();
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
            playing: self.playing,
            speed: self.speed,
            behind: self.behind,
            echo: self.echo.clone(),
            refused: self.refused.clone(),
            view: Rc::new(view),
        };
    }

    /// Milliseconds between two publications, up to half a second.
    fn pace_ms(&self) -> f64 {
        let replicas: usize = self.snapshot.brokers.iter().map(|b| b.replicas.len()).sum();
        let consumers: usize = self.snapshot.groups.iter().map(|g| g.consumers.len()).sum();
        (PUBLISH_MS * (1.0 + (replicas + consumers) as f64 / PUBLISH_PARTS)).min(5.0 * PUBLISH_MS)
    }

    /// Lets the time of one frame pass.
    fn advance(&mut self, at_ms: f64) {
        let gap = at_ms - self.last_frame.unwrap_or(at_ms);
        self.last_frame = self.playing.then_some(at_ms);
        if !self.playing {
            return;
        }
        let micros = gap.clamp(0.0, LONGEST_FRAME_MS) * f64::from(self.speed);
        self.clock = self.clock + Duration(micros as u64);
        let began = wall_ms();
        let mut kept = self.session.run_until(self.clock, CHUNK);
        while !kept && wall_ms() - began < BUDGET_MS {
            kept = self.session.run_until(self.clock, CHUNK);
        }
        self.behind = !kept;
        if self.behind {
            self.clock = self.session.now();
        }
        self.dirty = true;
    }

    /// After anything but the passing of time.
    fn touched(&mut self) {
        self.clock = self.session.now();
        self.dirty = true;
        self.last_publish = f64::MIN;
    }

    fn say(&mut self, echo: Echo) {
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
    fn new(session: Session) -> Rc<Self> {
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

    /// One frame: time passes, messages are drawn, and now and then the view is published.
    fn frame(&self, at_ms: f64) {
        let mut fresh = None;
        let again = {
            let mut inner = self.inner.borrow_mut();
            inner.advance(at_ms);
            if inner.dirty && at_ms - inner.last_publish >= inner.pace_ms() {
                inner.project();
                inner.dirty = false;
                inner.last_publish = at_ms;
                fresh = Some(inner.snapshot.clone());
            }
            inner.playing || inner.dirty
        };
        self.paint();
        if let (Some(snapshot), Some(publish)) = (fresh, self.publish.borrow().clone()) {
            publish.emit(snapshot);
        }
        if again {
            self.wake();
        }
    }

    fn paint(&self) {
        let painter = self.painter.borrow().clone();
        if let Some(painter) = painter {
            let inner = self.inner.borrow();
            painter(inner.session.now(), &inner.session.flights());
        }
    }

    fn wake(&self) {
        if let Some(frames) = self.frames.borrow().as_ref() {
            frames.request();
        }
    }
}

/// What components call; it never changes, so holding it costs no redraw.
#[derive(Clone)]
pub struct Dispatch(Rc<Runtime>);

impl PartialEq for Dispatch {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Dispatch {
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
        let _ = self.apply(command, true);
    }

    /// Applies a command that was typed.
    pub fn typed(&self, command: Command) -> Result<(), CommandError> {
        self.apply(command, false)
    }

    fn apply(&self, command: Command, click: bool) -> Result<(), CommandError> {
        self.change(|inner| {
            let at = inner.session.now();
            let line: Rc<str> = line(&command).into();
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
        self.change(|inner| inner.refused = None);
    }

    /// Starts or stops the passing of time.
    pub fn play(&self, on: bool) {
        self.change(|inner| {
            inner.playing = on;
            inner.last_frame = None;
            inner.behind = false;
        });
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

    /// Lets time pass at once, as `advance` does in a script.
    pub fn advance_to(&self, to: SimTime, line: &str) {
        self.change(|inner| {
            let at = inner.session.now();
            for _ in 0..LONGEST_ADVANCE {
                if inner.session.run_until(to, CHUNK) {
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

/// A command as its line of text.
pub fn line(command: &Command) -> String {
    command.to_string()
}

/// The cluster on which the page opens: running, with one topic, one producer and one group, old enough for the group
/// to be stable and to have committed.
pub fn first_script() -> Vec<Command> {
    use rebalance_core::command::{ConsumerSpec, ProducerSpec};
    use rebalance_core::config::Preset;
    let name = |s: &str| Name::from(s);
    let orders = || Some(vec![name("orders")]);
    let consumer = |c: &str| {
        let spec = ConsumerSpec {
            group: Some(name("billing")),
            topics: orders(),
            ..ConsumerSpec::default()
        };
        Command::ConsumerAdd(
            name(c),
            spec,
            vec![(name("auto.offset.reset"), name("earliest"))],
        )
    };
    let producer = ProducerSpec {
        topic: Some(name("orders")),
        rate_milli: Some(2_000),
        keys: Some(
            ["alice", "bob", "carol", "dave"]
                .into_iter()
                .map(Name::from)
                .collect(),
        ),
        ..ProducerSpec::default()
    };
    vec![
        Command::ClusterCreate {
            brokers: 3,
            controllers: 3,
            seed: 42,
            preset: Preset::Classroom,
            settings: Vec::new(),
        },
        Command::TopicCreate {
            name: name("orders"),
            partitions: Some(3),
            replication: Some(3),
            assignment: Vec::new(),
            settings: vec![(name("min.insync.replicas"), name("2"))],
        },
        Command::ProducerAdd(name("p1"), producer, Vec::new()),
        consumer("c1"),
        consumer("c2"),
        Command::Advance(Duration::secs(15)),
    ]
}

/// Children that may use [`use_dispatch`] and [`use_snapshot`].
#[derive(Properties, PartialEq)]
pub struct SessionProviderProps {
    /// Everything.
    pub children: Html,
}

/// Owns the simulation.
#[component]
pub fn SessionProvider(props: &SessionProviderProps) -> Html {
    let dispatch = use_memo((), |()| {
        let session = Session::new(&first_script()).expect("the first script is valid");
        Dispatch(Runtime::new(session))
    });
    let snapshot = use_state(|| dispatch.0.inner.borrow().snapshot.clone());
    let set = snapshot.setter();
    use_effect_with((), {
        let runtime = dispatch.0.clone();
        move |()| {
            *runtime.publish.borrow_mut() = Some(Callback::from(move |s| set.set(s)));
            move || *runtime.publish.borrow_mut() = None
        }
    });
    html! {
        <ContextProvider<Dispatch> context={(*dispatch).clone()}>
            <ContextProvider<Snapshot> context={(*snapshot).clone()}>{ props.children.clone() }</ContextProvider<Snapshot>>
        </ContextProvider<Dispatch>>
    }
}

/// The way to change the simulation.
#[hook]
pub fn use_dispatch() -> Dispatch {
    use_context::<Dispatch>().expect("SessionProvider provides it")
}

/// What there is to draw; the calling component is drawn anew with each publication.
#[hook]
pub fn use_snapshot() -> Snapshot {
    use_context::<Snapshot>().expect("SessionProvider provides it")
}
