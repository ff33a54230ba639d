//! What can be pressed in a lesson, and what that does.

use super::data::Lesson;
use super::desk::{Deed, Mark};
use super::go;
use super::open::How;
use super::show::{self, Playing};
use super::sight::{bring_into_view, show_panel};
use super::state::State;
use crate::dom::page::*;
use crate::route::Route;
use crate::session::Dispatch;
use crate::state::Ui;
use rebalance_core::command::Command;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// What can be pressed.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Press {
    Retry,
    Over,
    Choose(usize),
    Hint,
    Show,
    Stop,
    /// To a step, from 0.
    Go(usize),
    /// A line of a hint.
    Line(String),
    /// How much of a phone's screen the text takes: 0, 1, 2.
    Fold(u8),
    /// The handle of a phone's sheet is taken, at this height of the screen, and let go.
    Grab(i32),
    /// See [`Press::Grab`].
    Drop(i32),
    /// The step's panel, again.
    Panel,
    Present,
    /// What a term means, or no more.
    Gloss(Option<Gloss>),
    /// Read what was held back.
    Forgive,
    Sheet,
}

/// What a term means.
#[derive(Clone, PartialEq, Debug)]
pub struct Gloss {
    /// As it stands in the text.
    pub term: String,
    /// The sentence that explains it.
    pub text: String,
    /// Where that is: `slug/step`.
    pub place: String,
}

/// What pressing something inside a text stands for: a command of a hint, or a term.
pub fn in_text(e: &MouseEvent) -> Option<Press> {
    let target = e.target()?.dyn_into::<web_sys::Element>().ok()?;
    let button = target.closest("[data-line], [data-gloss]").ok()??;
    let read = |name: &str| button.get_attribute(name);
    Some(match read("data-line") {
        Some(line) => Press::Line(line),
        None => Press::Gloss(Some(Gloss {
            term: button.text_content()?,
            text: read("data-gloss")?,
            place: read("data-in")?,
        })),
    })
}

/// What carries out what is pressed.
pub struct Hands {
    /// What it changes.
    pub state: Rc<State>,
    /// The lesson, if it is there.
    pub lesson: Option<Rc<Lesson>>,
    /// The step that is read, from 0.
    pub reading: usize,
    /// The panel that this step opens.
    pub opens: Option<AttrValue>,
    /// The page.
    pub ui: UseReducerDispatcher<Ui>,
    /// Begins or ends presenting.
    pub present: Callback<()>,
}

impl Hands {
    /// The step that is read has nothing to be done, only something to be said.
    fn ask_only(&self) -> bool {
        let step = self
            .lesson
            .as_ref()
            .and_then(|it| it.steps.get(self.reading));
        step.is_some_and(|it| it.goals.is_empty())
    }

    /// On a phone the text makes room for what happens on the stage.
    fn make_room(&self) {
        self.state.fold.set((*self.state.fold).min(1));
    }

    fn done(&self) {
        let desk = &self.state.desk;
        desk.dispatch(Deed::Done(self.reading, Mark::Met));
    }

    /// Does what was pressed.
    pub fn carry_out(&self, press: Press) {
        let state = &self.state;
        match press {
            Press::Retry => state.attempt.set(*state.attempt + 1),
            Press::Over => self.start_over(),
            Press::Choose(choice) => {
                state.desk.dispatch(Deed::Choose(self.reading, choice));
                match self.ask_only() {
                    true => self.done(),
                    false => self.make_room(),
                }
            }
            Press::Hint => state.desk.dispatch(Deed::Hint(self.reading)),
            Press::Show => self.show(),
            Press::Stop => {
                state.playing.set(None);
                show::at_ease(&state.dispatch);
            }
            Press::Go(step) => self.go(step),
            Press::Line(line) => {
                self.make_room();
                let _ = run_line(&line, &state.dispatch);
                let _ = show::soon(move || bring_into_view(&line));
            }
            Press::Fold(much) => state.fold.set(much.min(2)),
            Press::Grab(y) => state.grabbed.set(y),
            Press::Drop(y) => match y - state.grabbed.get() {
                -5_000..=-25 => state.fold.set((*state.fold + 1).min(2)),
                25..=5_000 => state.fold.set(state.fold.saturating_sub(1)),
                _ => {}
            },
            Press::Panel => show_panel(&self.ui, self.opens.as_deref()),
            Press::Gloss(it) => state.gloss.set(it),
            Press::Present => self.present.emit(()),
            Press::Forgive => state.dispatch.forget_refusal(),
            Press::Sheet => {
                if let Some(window) = web_sys::window() {
                    let _ = window.print();
                }
            }
        }
    }

    fn start_over(&self) {
        if let Some(lesson) = &self.lesson {
            self.state.broke.set(false);
            self.state.begin(lesson, How::Afresh);
            go(&Route::Lesson(lesson.slug.clone(), None));
        }
    }

    fn show(&self) {
        let state = &self.state;
        state.broke.set(false);
        show::rewind(&state.dispatch, state.began.get());
        state.playing.set(Some(Playing {
            step: state.desk.at(),
            line: 0,
            until: None,
        }));
    }

    fn go(&self, step: usize) {
        if self.ask_only() && step > self.reading {
            self.done();
        }
        if let Some(lesson) = &self.lesson {
            let step = (step + 1).to_string();
            go(&Route::Lesson(lesson.slug.clone(), Some(step)));
        }
    }
}

/// Carries out a line of a hint.
fn run_line(line: &str, dispatch: &Dispatch) -> Option<()> {
    match line.parse::<Command>().ok()? {
        Command::Advance(span) => dispatch.advance_to(dispatch.with(|it| it.now()) + span, line),
        command => drop(dispatch.typed(command)),
    }
    Some(())
}
