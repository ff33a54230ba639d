//! Bringing a moment back: a script is read and run aside, some milliseconds a frame, while the page shows how far it is
//! and keeps what it had; only a complete one takes the page over.

use super::notice::Notice;
use super::opening::{Source, Wanted, forget_link};
use crate::dom::page::*;
use crate::frame::FrameLoop;
use crate::keep::{self, Found};
use crate::restore::{self, Progress, Restore};
use crate::route::Route;
use crate::session::{Dispatch, use_dispatch};
use crate::state::{Ui, UiAction, use_lang, use_ui};
use std::cell::RefCell;
use std::rc::Rc;

/// Milliseconds of work in one frame.
const BUDGET_MS: f64 = 12.0;
/// Events between two looks at the clock.
const CHUNK: u32 = 2_000;

type Say = UseReducerDispatcher<Ui>;

/// One frame's part; what is left to show: thousandths, or nothing.
fn part(work: &mut Option<Restore>, source: Source, dispatch: &Dispatch, say: &Say) -> Option<u32> {
    let restore = work.as_mut()?;
    let clock = web_sys::window()?.performance()?;
    let began = clock.now();
    loop {
        match restore.work(CHUNK) {
            Progress::More(permille) if clock.now() - began >= BUDGET_MS => return Some(permille),
            Progress::More(_) => {}
            Progress::Refused(refusal) => {
                fail(source, Notice::Refused(source, refusal), say);
                *work = None;
                return None;
            }
            Progress::Done => break,
        }
    }
    complete(source, work.take()?, dispatch, say);
    None
}

/// Says that a script cannot be brought back; what this device kept goes out of the way first.
fn fail(source: Source, notice: Notice, say: &Say) {
    if source == Source::Kept {
        keep::set_unread();
    }
    say.dispatch(UiAction::Notice(Some(notice)));
}

/// A complete script takes the page over.
fn complete(source: Source, restore: Restore, dispatch: &Dispatch, say: &Say) {
    if dispatch.lesson().is_some() {
        // A pasted script leaves the lesson.
        dispatch.leave();
        if let Some(window) = web_sys::window() {
            let _ = window.location().set_hash(&Route::Sandbox.hash());
        }
    }
    let aside = matches!(source, Source::Link | Source::Pasted) && keep::put_aside();
    dispatch.adopt(restore.finish());
    let kept = match source {
        Source::Kept => keep::load(),
        Source::Before => keep::load_before(),
        Source::Link | Source::Pasted | Source::Recovered => Found::Nothing,
    };
    match kept {
        Found::Moment(kept) => {
            dispatch.speed(kept.speed);
            dispatch.play(kept.playing && source == Source::Kept);
        }
        _ => dispatch.play(source == Source::Pasted),
    }
    let notice = match source {
        Source::Link => Some(Notice::FromLink(aside)),
        Source::Before => Some(Notice::Back),
        Source::Recovered => Some(Notice::Recovered),
        Source::Kept | Source::Pasted => None,
    };
    // What was kept comes back without a word, and without hiding one about a link that was refused before it.
    if source != Source::Kept {
        say.dispatch(UiAction::Notice(notice));
    }
    forget_link();
}

/// What there is to run, or why there is nothing.
fn begin(wanted: &Wanted) -> Result<Restore, Notice> {
    let source = wanted.source;
    let script = restore::read(&wanted.script).map_err(|e| Notice::Unreadable(source, e))?;
    Restore::begin(script).map_err(|e| Notice::Refused(source, e))
}

/// Properties of [`Restoring`].
#[derive(Properties, PartialEq)]
pub struct RestoringProps {
    /// The script.
    pub wanted: Wanted,
}

/// Runs the script, and shows how far it is; when this goes away it stops.
#[component]
pub fn Restoring(props: &RestoringProps) -> Html {
    let (dispatch, say) = (use_dispatch(), use_ui().dispatcher());
    let permille = use_state(|| 0u32);
    use_effect_with(props.wanted.clone(), {
        let permille = permille.setter();
        move |wanted| {
            let frames: Rc<RefCell<Option<FrameLoop>>> = Rc::default();
            match begin(wanted) {
                Ok(restore) => {
                    let (wanted, again) = (wanted.clone(), Rc::downgrade(&frames));
                    let mut work = Some(restore);
                    let every = FrameLoop::new(move |_| {
                        let left = part(&mut work, wanted.source, &dispatch, &say);
                        match (left, again.upgrade()) {
                            (None, _) => wanted.ended.emit(()),
                            (Some(left), Some(frames)) => {
                                permille.set(left);
                                if let Some(frames) = frames.borrow().as_ref() {
                                    frames.request();
                                }
                            }
                            (Some(_), None) => {}
                        }
                    });
                    every.request();
                    *frames.borrow_mut() = Some(every);
                }
                Err(notice) => {
                    fail(wanted.source, notice, &say);
                    wanted.ended.emit(());
                }
            }
            move || drop(frames.take())
        }
    });
    let label = use_lang().app().restoring;
    html! { <progress max="1000" value={permille.to_string()} aria-label={label}></progress> }
}
