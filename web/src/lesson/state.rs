//! What the page remembers of the lesson that is open, between two drawings; and the way to begin one.

use super::data::Lesson;
use super::desk::{Deed, Desk};
use super::open::{How, Opener, Plan, given_at_start, plan, script_to};
use super::press::Gloss;
use super::show::Playing;
use crate::dom::page::*;
use crate::session::{Dispatch, Session, use_dispatch};
use std::cell::Cell;
use std::rc::Rc;

/// What is remembered. Whoever needs it later keeps the pointer.
pub struct State {
    /// The cluster.
    pub dispatch: Dispatch,
    /// What the learner did.
    pub desk: UseReducerHandle<Desk>,
    /// How often the lesson was asked for again, where it could not be loaded.
    pub attempt: UseStateHandle<u32>,
    /// The lesson whose cluster is there, and how often one was begun.
    pub ready: UseStateHandle<Option<(String, u32)>>,
    /// No cluster could be made.
    pub failed: UseStateHandle<bool>,
    /// The browser keeps progress.
    pub kept: UseStateHandle<bool>,
    /// "Show me" is at work.
    pub playing: UseStateHandle<Option<Playing>>,
    /// It could not go on.
    pub broke: UseStateHandle<bool>,
    /// How much of a phone's screen the text takes: 0, 1, 2.
    pub fold: UseStateHandle<u8>,
    /// The term that is asked for.
    pub gloss: UseStateHandle<Option<Gloss>>,
    /// The step that an address without one means: where the lesson was opened.
    pub entered: UseStateHandle<usize>,
    /// Commands that were given before the step to be done began.
    pub began: Rc<Cell<usize>>,
    /// Where on the screen the handle of a phone's sheet was taken.
    pub grabbed: Rc<Cell<i32>>,
    opener: Rc<Opener>,
}

/// All of it, empty in the beginning.
#[hook]
pub fn use_lesson_state() -> Rc<State> {
    Rc::new(State {
        dispatch: use_dispatch(),
        desk: use_reducer(Desk::default),
        attempt: use_state_eq(|| 0),
        ready: use_state_eq(|| None),
        failed: use_state_eq(|| false),
        kept: use_state_eq(|| true),
        playing: use_state_eq(|| None),
        broke: use_state_eq(|| false),
        fold: use_state_eq(|| 1),
        gloss: use_state_eq(|| None),
        entered: use_state_eq(|| 0),
        began: (*use_memo((), |()| Rc::new(Cell::new(0)))).clone(),
        grabbed: (*use_memo((), |()| Rc::new(Cell::new(0)))).clone(),
        opener: (*use_memo((), |()| Rc::new(Opener::default()))).clone(),
    })
}

impl State {
    /// Begins a lesson: makes its cluster, or brings it back, and puts it on the page when it is complete.
    pub fn begin(self: &Rc<Self>, lesson: &Rc<Lesson>, how: How) {
        self.playing.set(None);
        self.failed.set(false);
        let Plan { script, desk, kept } = plan(lesson, how);
        let (state, lesson) = (self.clone(), lesson.clone());
        self.opener.run(&script, move |session| match session {
            Some(session) => state.adopt(session, &lesson, &desk),
            // What was kept cannot be carried out any more: the way there can.
            None if kept => state.begin_at(&lesson, &desk),
            None => state.failed.set(true),
        });
    }

    /// Begins where somebody is who has got as far as this.
    fn begin_at(self: &Rc<Self>, lesson: &Rc<Lesson>, desk: &Desk) {
        let (state, lesson, desk) = (self.clone(), lesson.clone(), desk.clone());
        let script = script_to(&lesson, desk.at());
        self.opener.run(&script, move |session| match session {
            Some(session) => state.adopt(session, &lesson, &desk),
            None => state.failed.set(true),
        });
    }

    /// The lesson's cluster takes the stage.
    fn adopt(&self, session: Session, lesson: &Lesson, desk: &Desk) {
        let count = self.ready.as_ref().map_or(0, |it| it.1) + 1;
        let last = desk.steps.len().saturating_sub(1);
        self.dispatch
            .adopt_lesson(session, &lesson.allow, given_at_start(lesson));
        self.desk.dispatch(Deed::Begin(desk.clone()));
        self.entered.set(desk.at().min(last));
        self.ready.set(Some((lesson.slug.clone(), count)));
        self.dispatch.play(true);
    }
}
