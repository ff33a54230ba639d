//! Lessons: a text beside the live stage, whose steps the cluster ticks off.
//!
//! - [`data`] loads the table of contents and a lesson, in the reader's language.
//! - [`desk`] is what a learner has done in a lesson, [`progress`] keeps that on the device.
//! - [`open`] makes a lesson's cluster, or brings back the one that was left; [`show`] plays a solution.
//! - [`room`] ties them together: [`state`] is what it remembers, [`press`] what can be pressed, [`keys`] on which keys, [`sight`]
//!   what comes into view. [`panel`] draws the text, [`step`] a step of it, [`contents`] the table of contents.
//! - [`present`] is the view for a projector, [`worksheet`] the one for paper.
//!
//! The sandbox's cluster waits meanwhile, with its whole history ([`crate::session::Dispatch::enter`]). Goals are looked for by
//! the session itself as time passes ([`crate::session::Watch`]).

mod contents;
mod data;
mod desk;
mod keys;
mod open;
mod panel;
mod present;
mod press;
mod progress;
mod room;
mod show;
mod sight;
mod state;
mod step;
mod worksheet;

pub use contents::ContentsPage;
pub use progress::reached;
pub use room::LessonRoom;

use crate::dom::page::*;
use crate::keep::Kept;
use crate::route::Route;
use crate::session::Dispatch;

/// Writes the open lesson down with all its futures, if there is one.
pub fn keep(dispatch: &Dispatch) {
    if let Some(slug) = dispatch.lesson_here() {
        let seen = dispatch.snapshot();
        let kept = Kept {
            script: dispatch.with(crate::keep::script_of),
            playing: seen.playing,
            speed: seen.speed,
        };
        progress::keep_moment(&slug, &kept);
    }
}

/// The address's room.
pub fn route() -> Route {
    let hash = web_sys::window().and_then(|it| it.location().hash().ok());
    Route::parse(&hash.unwrap_or_default())
}

/// Goes to another room.
fn go(route: &Route) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(&route.hash());
    }
}

/// A text of a lesson: HTML that the project's own build made.
fn rich(text: &AttrValue, class: &'static str) -> Html {
    html! { <div class={classes!("prose", class)}>{ Html::from_html_unchecked(text.clone()) }</div> }
}

/// The same inside a line.
fn words(text: &AttrValue) -> Html {
    html! { <span>{ Html::from_html_unchecked(text.clone()) }</span> }
}

/// A text whose names stand between backticks.
fn spans(text: &str) -> Html {
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => html! { { part.to_owned() } },
        _ => html! { <code>{ part.to_owned() }</code> },
    };
    text.split('`').enumerate().map(part).collect()
}
