//! Parts of the program that are fetched when they are first wanted: what is not needed to open the sandbox.
//!
//! The program is compiled and linked as one, then cut (`xtask/src/cut.rs`): what only a part's [`Given`] leads to goes
//! into a file of its own, which shares memory and functions with the rest when it is there. So a part costs no
//! second library and no second engine, and a component of it is used like any other: through [`Late`].
//!
//! The page must name a part's functions nowhere else, else they are in the first visit after all: `rooms` and
//! `tools::kit` are the only modules that may. A part is fetched once; after a failure it can be asked for again. The desk is
//! asked for as soon as the stage is drawn (where there is none, soon after the page has drawn itself).
//!
//! Without the feature `cut` (tests, builds for looking at while working) nothing is cut and every part is here at once.

use crate::dom::page::*;
use crate::rooms::{self, Room};
use crate::state::use_prefs;
use crate::tools::{Kit, kit};
use std::cell::RefCell;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// A part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The labs.
    Labs,
    /// The lessons and their table of contents.
    Lessons,
    /// The drawer's panels, the terminal, notices, the inspector, the outline and every dialog.
    Desk,
    /// Kafka's tools.
    Tools,
    /// What reads and runs a script: of a link, or kept on this device.
    Restore,
}

/// What a part gives the page.
#[derive(Clone, Copy)]
pub enum Given {
    /// How its rooms are drawn.
    Rooms(fn(&Room) -> Html),
    /// Kafka's tools.
    Tools(&'static dyn Kit),
}

/// A part could not be fetched.
#[cfg(not(feature = "cut"))]
struct NotFetched;
#[cfg(feature = "cut")]
use wasm_split_helpers::SplitLoaderError as NotFetched;

/// The places where the program is cut.
macro_rules! parts {
    ($($name:ident: $given:expr),* $(,)?) => { $(
        #[cfg(feature = "cut")]
        #[wasm_split_helpers::wasm_split($name, fallible)]
        fn $name() -> Result<Given, NotFetched> {
            Ok($given)
        }

        #[cfg(not(feature = "cut"))]
        async fn $name() -> Result<Given, NotFetched> {
            Ok($given)
        }
    )* };
}

parts! {
    labs: Given::Rooms(rooms::labs),
    lessons: Given::Rooms(rooms::lessons),
    desk: Given::Rooms(rooms::desk),
    tools: Given::Tools(&kit::ALL),
    restore: Given::Rooms(rooms::restore),
}

thread_local! {
    /// The parts that are here.
    static HERE: RefCell<[Option<Given>; 5]> = const { RefCell::new([None; 5]) };
    /// Who could not get a part: told when somebody else gets it.
    static MISSED: RefCell<Vec<(Part, Box<dyn FnOnce()>)>> = const { RefCell::new(Vec::new()) };
}

/// A part, if it is here.
pub fn here(part: Part) -> Option<Given> {
    HERE.with_borrow(|here| here[part as usize])
}

/// Fetches a part, or finds that it is here already; `done` is told whether it is.
pub fn fetch(part: Part, done: impl FnOnce(bool) + 'static) {
    if here(part).is_some() {
        return done(true);
    }
    let done: Box<dyn FnOnce(bool)> = Box::new(done);
    wasm_bindgen_futures::spawn_local(async move {
        let given = match part {
            Part::Labs => labs().await,
            Part::Lessons => lessons().await,
            Part::Desk => desk().await,
            Part::Tools => tools().await,
            Part::Restore => restore().await,
        };
        if let Ok(given) = given {
            HERE.with_borrow_mut(|here| here[part as usize] = Some(given));
            let missed = MISSED.take();
            for (wanted, told) in missed {
                if wanted == part {
                    told();
                } else {
                    MISSED.with_borrow_mut(|missed| missed.push((wanted, told)));
                }
            }
        }
        done(here(part).is_some());
    });
}

/// Imports a module of script (`xtask/src/parts.rs` lists them); `done` is given its exports, or nothing if that failed.
pub fn script(name: &str, done: impl FnOnce(Option<JsValue>) + 'static) {
    let done = Closure::once_into_js(move |part: JsValue| done(part.is_object().then_some(part)));
    let window = web_sys::window().map_or(JsValue::UNDEFINED, JsValue::from);
    let script = member(&window, "rebalancePart");
    if let Some(script) = script {
        let _ = script.call2(&JsValue::NULL, &name.into(), &done);
    }
}

/// Calls a function that a script exports; nothing if there is none, or if it threw.
pub fn call(script: &JsValue, function: &str, argument: &JsValue) -> Option<JsValue> {
    member(script, function)?.call1(script, argument).ok()
}

fn member(of: &JsValue, name: &str) -> Option<js_sys::Function> {
    js_sys::Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// How far a part is.
#[derive(Clone, Copy)]
pub enum Progress {
    /// It is being fetched.
    Loading,
    /// It is here.
    Ready(Given),
    /// It could not be fetched.
    Failed,
}

/// A part, fetched from the first rendering on, and the way to try again.
#[hook]
pub fn use_part(part: Part) -> (Progress, Callback<()>) {
    let failed = use_state(|| false);
    let again = use_callback(part, {
        let failed = failed.setter();
        move |(), part| {
            let failed = failed.clone();
            let part = *part;
            fetch(part, move |here| {
                failed.set(!here);
                if !here {
                    let told = Box::new(move || failed.set(false));
                    MISSED.with_borrow_mut(|missed| missed.push((part, told)));
                }
            });
        }
    });
    use_effect_with(part, {
        let again = again.clone();
        move |part| {
            if here(*part).is_none() {
                again.emit(());
            }
        }
    });
    let progress = match here(part) {
        Some(given) => Progress::Ready(given),
        None if *failed => Progress::Failed,
        None => Progress::Loading,
    };
    (progress, again)
}

/// Properties of [`Late`].
#[derive(Properties, PartialEq)]
pub struct LateProps {
    /// What is to be shown.
    pub room: Room,
}

/// A room of a part; before that is fetched, a line that says so.
#[component]
pub fn Late(props: &LateProps) -> Html {
    let (part, again) = use_part(props.room.part());
    let t = use_prefs().lang.app();
    match part {
        Progress::Ready(Given::Rooms(draw)) => draw(&props.room),
        Progress::Ready(Given::Tools(_)) => html! {},
        other => {
            let waiting = waiting(matches!(other, Progress::Failed), t, again);
            props.room.before(waiting)
        }
    }
}

/// That a part is being fetched, or could not be.
pub fn waiting(failed: bool, t: &'static crate::i18n::AppTexts, again: Callback<()>) -> Html {
    match failed {
        false => html! { <p class="fetching" role="status">{ t.fetching }</p> },
        true => html! {
            <p class="fetching" role="alert" data-test="not-fetched">
                { t.not_fetched }{ " " }
                <button type="button" class="btn small" onclick={move |_: MouseEvent| again.emit(())} data-test="fetch-again">{ t.fetch_again }</button>
            </p>
        },
    }
}
