//! The lesson beside the stage: opens what the address names, follows the learner, and hands everything to [`super::panel`].
//!
//! What is remembered between two drawings is [`State`]; the hooks here look after it one matter at a time, and what is
//! pressed is carried out by [`super::press`].

use super::data::{Contents, Lesson, load_contents, load_lesson};
use super::desk::{Deed, Mark};
use super::keys::{Key, use_keys};
use super::open::How;
use super::panel::{self, Scene};
use super::press::{Hands, Press};
use super::progress::{Progress, keep_reached};
use super::sight::{show_panel, use_place, use_quiet_drawer};
use super::state::{State, use_lesson_state};
use super::{present, show};
use crate::dom::page::*;
use crate::i18n::{Lang, LessonTexts};
use crate::session::{Echo, Snapshot, Watch, use_snapshot};
use crate::state::{use_prefs, use_ui};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// What the address names.
#[derive(Properties, PartialEq)]
pub struct LessonProps {
    /// The lesson's name in links.
    pub slug: AttrValue,
    /// The step, as written there.
    pub step: Option<AttrValue>,
}

/// What was found of it.
#[derive(Clone)]
pub enum Found {
    /// Not there yet.
    Loading,
    /// The site cannot be reached.
    Unreachable,
    /// No lesson has this name.
    NoSuch,
    /// A lesson.
    Here(Rc<Lesson>),
}

/// Loads a lesson that the table of contents knows.
async fn find(slug: &str, lang: Lang) -> Found {
    let Some(contents) = load_contents(lang).await else {
        return Found::Unreachable;
    };
    let known = |all: &Contents| all.lessons.iter().any(|it| it.slug == slug);
    if !known(&contents) {
        return Found::NoSuch;
    }
    match load_lesson(slug, lang).await {
        Some(lesson) => Found::Here(lesson),
        None => Found::Unreachable,
    }
}

/// What the address names, loaded anew with every attempt.
#[hook]
fn use_found(slug: &AttrValue, lang: Lang, attempt: u32) -> UseStateHandle<Found> {
    let found = use_state(|| Found::Loading);
    use_effect_with((slug.clone(), lang, attempt), {
        let found = found.setter();
        move |(slug, lang, _)| {
            let (slug, lang) = (slug.clone(), *lang);
            let wanted = Rc::new(Cell::new(true));
            let still = wanted.clone();
            spawn_local(async move {
                let outcome = find(&slug, lang).await;
                if still.get() {
                    found.set(outcome);
                }
            });
            move || wanted.set(false)
        }
    });
    found
}

/// The number of a step in an address, from 0.
fn number(step: &str) -> Option<usize> {
    step.parse::<usize>().ok()?.checked_sub(1)
}

/// What the hooks go by.
struct Now<'a> {
    state: &'a Rc<State>,
    lesson: Option<&'a Rc<Lesson>>,
    /// The cluster is the lesson's.
    is_ready: bool,
    /// The step to be done, or the number of steps.
    at: usize,
}

/// Everything around a lesson's text.
#[component]
pub fn LessonRoom(props: &LessonProps) -> Html {
    let lang = use_prefs().lang;
    let t = lang.lessons();
    let (state, s) = (use_lesson_state(), use_snapshot());
    let found = use_found(&props.slug, lang, *state.attempt);
    let stage = present::use_presenting();
    let lesson = match &*found {
        Found::Here(lesson) if lesson.slug == *props.slug => Some(lesson.clone()),
        _ => None,
    };
    let count = lesson.as_ref().map_or(0, |it| it.steps.len());
    let asked = props.step.as_deref().and_then(number);
    let asked = asked.filter(|it| *it < count);
    let there = state.ready.as_ref().map(|it| it.0.as_str());
    let now = Now {
        state: &state,
        lesson: lesson.as_ref(),
        is_ready: there == Some(&props.slug) && lesson.is_some(),
        at: state.desk.at(),
    };
    let is_ready = now.is_ready;
    use_beginning(&now, asked);
    use_goals(&now, &s);
    use_waiting_clock(&now);
    use_progress(&now, s.own);
    show::use_show(&state, lesson.as_ref(), is_ready, &s);
    use_held_back(&now, s.held_back.clone(), t);

    let reading = asked.unwrap_or(*state.entered).min(count.saturating_sub(1));
    let step = lesson.as_ref().and_then(|it| it.steps.get(reading));
    let opens = step.and_then(|it| it.open.clone());
    let mine = state.desk.steps.get(reading).copied();
    use_quiet_drawer();
    use_place(&state, &props.slug, reading, mine);
    let ui = use_ui().dispatcher();
    use_effect_with((props.slug.clone(), reading, opens.clone()), {
        let ui = ui.clone();
        move |(_, _, panel)| show_panel(&ui, panel.as_deref())
    });
    let hands = Hands {
        state: state.clone(),
        lesson: lesson.clone(),
        reading,
        opens,
        ui,
        present: stage.toggle.clone(),
    };
    let press = Callback::from(move |press: Press| hands.carry_out(press));
    use_keys(&stage, {
        let (press, lesson, desk) = (press.clone(), lesson.clone(), (*state.desk).clone());
        let showing = state.playing.is_some();
        // The choices have to be on show.
        let waits = is_ready && !showing && *state.fold > 0 && desk.waits_for_prediction(reading);
        move |key| {
            let lesson = lesson.as_ref()?;
            let stands_for = match key {
                Key::Choice(it) => {
                    let ask = lesson.steps.get(reading)?.ask.as_ref()?;
                    (waits && it < ask.choices.len()).then_some(Press::Choose(it))?
                }
                Key::Turn(onward) => present::turn(onward, lesson, &desk, reading, showing)?,
            };
            press.emit(stands_for);
            Some(())
        }
    });
    panel::view(&Scene {
        t,
        close: lang.app().close,
        found: &found,
        slug: &props.slug,
        bad_step: props.step.clone().filter(|_| asked.is_none()),
        desk: &state.desk,
        reading,
        s: &s,
        is_ready,
        failed: *state.failed,
        kept: *state.kept,
        playing: *state.playing,
        broke: *state.broke,
        fold: *state.fold,
        gloss: (*state.gloss).clone(),
        stage: &stage,
        lang,
        press,
    })
}

/// The lesson that was loaded begins, at the step that was asked for.
#[hook]
fn use_beginning(now: &Now<'_>, asked: Option<usize>) {
    let slug = now.lesson.map(|it| it.slug.clone());
    use_effect_with((slug, asked), {
        let (state, lesson) = (now.state.clone(), now.lesson.cloned());
        let (is_ready, at) = (now.is_ready, now.at);
        move |_| {
            let Some(lesson) = lesson else { return };
            match asked {
                Some(step) if !is_ready || step > at => state.begin(&lesson, How::Step(step)),
                None if !is_ready => state.begin(&lesson, How::GoOn),
                _ => {}
            }
        }
    });
}

/// The goals of the step to be done are looked for, and tick it off.
#[hook]
fn use_goals(now: &Now<'_>, s: &Snapshot) {
    let (state, is_ready, at) = (now.state, now.is_ready, now.at);
    let round = state.ready.as_ref().map_or(0, |it| it.1);
    use_effect_with((is_ready.then(|| (*state.ready).clone()), at), {
        let (state, lesson) = (state.clone(), now.lesson.cloned());
        move |_| {
            let step = lesson.as_ref().filter(|_| is_ready);
            if let Some(step) = step.and_then(|it| it.steps.get(at)) {
                state.began.set(state.dispatch.given());
                let watch = Watch::new((round, at), &step.goals);
                state.dispatch.watch(Some(watch));
            }
        }
    });
    let met = s.goals.met.is_some() && s.goals.of == (round, at) && is_ready;
    use_effect_with((met, at), {
        let state = state.clone();
        move |(met, at)| {
            if *met {
                let mark = match state.playing.is_some() {
                    true => Mark::Shown,
                    false => Mark::Met,
                };
                state.desk.dispatch(Deed::Done(*at, mark));
            }
        }
    });
}

/// The clock stands still before a prediction that time alone would give away.
#[hook]
fn use_waiting_clock(now: &Now<'_>) {
    let (state, at) = (now.state, now.at);
    let was_held = use_mut_ref(|| false);
    let open = state.desk.steps.get(at);
    let open = open.is_some_and(|it| it.chosen.is_none()) && state.playing.is_none();
    let next = now.lesson.and_then(|it| it.steps.get(at));
    let waits = open && next.is_some_and(|it| it.waits());
    use_effect_with((now.is_ready, waits), {
        let dispatch = state.dispatch.clone();
        move |(ready, waits)| {
            let was = was_held.replace(*waits);
            if *ready && (*waits || was) {
                dispatch.play(!waits);
            }
        }
    });
}

/// What is worth keeping: what was done, and where to go on.
#[hook]
fn use_progress(now: &Now<'_>, own: usize) {
    let (state, is_ready) = (now.state, now.is_ready);
    let done = is_ready && state.desk.is_done();
    use_effect_with(done, {
        let desk = state.desk.dispatcher();
        move |done| {
            if *done {
                desk.dispatch(Deed::Finished(own));
            }
        }
    });
    use_effect_with(((*state.desk).clone(), is_ready), {
        let (kept, lesson) = (state.kept.setter(), now.lesson.cloned());
        move |(desk, ready)| {
            let Some(it) = lesson.filter(|_| *ready && desk.is_begun()) else {
                return;
            };
            kept.set(Progress::put(&it.slug, desk));
            // Here, or after a lesson that is done with the next.
            match it.next.first().filter(|_| desk.is_done()) {
                Some((number, slug, _)) => keep_reached(*number, slug),
                None => keep_reached(it.number, &it.slug),
            }
        }
    });
}

/// A command that this lesson leaves out is explained where it was typed, too.
#[hook]
fn use_held_back(now: &Now<'_>, line: Option<Rc<str>>, t: &'static LessonTexts) {
    use_effect_with(line, {
        let (dispatch, lesson) = (now.state.dispatch.clone(), now.lesson.cloned());
        move |line| {
            if let (Some(line), Some(lesson)) = (line, lesson) {
                let text = panel::held_back(t, line, &lesson.allow).replace('`', "");
                dispatch.print([Echo::Complaint(text.into())]);
            }
        }
    });
}
