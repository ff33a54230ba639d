//! The lesson beside the stage: opens what the address names, follows the learner, and hands everything to [`super::panel`].

use super::data::{Contents, Lesson, load_contents, load_lesson};
use super::desk::{Deed, Desk, Mark};
use super::open::{How, Opener, given_at_start, plan, script_to};
use super::panel::{self, Scene};
use super::progress::{Progress, keep_reached};
use super::show::{self, Outcome, Playing};
use super::{go, present};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::panels::Tab;
use crate::route::Route;
use crate::session::{Dispatch, Echo, Watch, use_dispatch, use_snapshot};
use crate::state::{Ui, UiAction, use_prefs, use_ui};
use rebalance_core::command::Command;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
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

/// The number of a step in an address, from 0.
fn number(step: &str) -> Option<usize> {
    step.parse::<usize>().ok()?.checked_sub(1)
}

/// Everything around a lesson's text.
#[component]
pub fn LessonRoom(props: &LessonProps) -> Html {
    let prefs = use_prefs();
    let (t, lang) = (prefs.lang, prefs.lang);
    let (dispatch, s) = (use_dispatch(), use_snapshot());
    let found = use_state(|| Found::Loading);
    let attempt = use_state(|| 0u32);
    // The lesson whose cluster is there, and how often it was opened.
    let ready = use_state_eq(|| None::<(String, u32)>);
    let failed = use_state_eq(|| false);
    let kept = use_state_eq(|| true);
    let desk = use_reducer(Desk::default);
    let playing = use_state_eq(|| None::<Playing>);
    let broke = use_state_eq(|| false);
    let fold = use_state_eq(|| 1u8);
    let gloss = use_state_eq(|| None::<Gloss>);
    // The step that an address without one means: where the lesson was opened.
    let entered = use_state_eq(|| 0usize);
    let stage = present::use_presenting();
    let opener = use_memo((), |()| Rc::new(Opener::default()));
    let began = use_mut_ref(|| 0usize);
    let held_clock = use_mut_ref(|| false);

    use_effect_with((props.slug.clone(), lang, *attempt), {
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

    let lesson = match &*found {
        Found::Here(lesson) if lesson.slug == *props.slug => Some(lesson.clone()),
        _ => None,
    };
    let begin = {
        let (opener, dispatch, desk) = ((*opener).clone(), dispatch.clone(), desk.dispatcher());
        let (ready, failed, playing) = (ready.clone(), failed.setter(), playing.setter());
        let entered = entered.setter();
        move |lesson: &Rc<Lesson>, how: How| {
            playing.set(None);
            failed.set(false);
            let plan = plan(lesson, how);
            let (dispatch, desk, failed) = (dispatch.clone(), desk.clone(), failed.clone());
            let (lesson, ready, again) = (lesson.clone(), ready.clone(), opener.clone());
            let count = ready.as_ref().map_or(0, |(_, count)| *count) + 1;
            let adopt = {
                let (lesson, desk_now) = (lesson.clone(), plan.desk.clone());
                let entered = entered.clone();
                move |session| {
                    dispatch.adopt_lesson(session, &lesson.allow, given_at_start(&lesson));
                    desk.dispatch(Deed::Begin(desk_now.clone()));
                    entered.set(desk_now.at().min(desk_now.steps.len().saturating_sub(1)));
                    ready.set(Some((lesson.slug.clone(), count)));
                    dispatch.play(true);
                }
            };
            let (was_kept, at) = (plan.kept, plan.desk.at());
            opener.run(&plan.script, move |session| match session {
                Some(session) => adopt(session),
                None if was_kept => {
                    // What was kept cannot be carried out any more: the way there can.
                    let (adopt, failed) = (adopt.clone(), failed.clone());
                    again.run(&script_to(&lesson, at), move |it| match it {
                        Some(session) => adopt(session),
                        None => failed.set(true),
                    });
                }
                None => failed.set(true),
            });
        }
    };

    // The lesson that was loaded, at the step that was asked for.
    let asked = props.step.as_deref().and_then(number);
    let count = lesson.as_ref().map_or(0, |it| it.steps.len());
    let asked = asked.filter(|it| *it < count);
    let is_ready = ready.as_ref().is_some_and(|(slug, _)| *slug == *props.slug) && lesson.is_some();
    use_effect_with((lesson.as_ref().map(|it| it.slug.clone()), asked), {
        let (lesson, begin, at) = (lesson.clone(), begin.clone(), desk.at());
        move |_| {
            let Some(lesson) = lesson else { return };
            match asked {
                Some(step) if !is_ready || step > at => begin(&lesson, How::Step(step)),
                None if !is_ready => begin(&lesson, How::GoOn),
                _ => {}
            }
        }
    });

    // Its goals.
    let at = desk.at();
    let round = ready.as_ref().map_or(0, |(_, round)| *round);
    use_effect_with((is_ready.then(|| (*ready).clone()), at), {
        let (dispatch, began, lesson) = (dispatch.clone(), began.clone(), lesson.clone());
        move |_| {
            let step = lesson.as_ref().filter(|_| is_ready);
            if let Some(step) = step.and_then(|it| it.steps.get(at)) {
                *began.borrow_mut() = dispatch.given();
                dispatch.watch(Some(Watch::new((round, at), &step.goals)));
            }
        }
    });
    let met = s.goals.met.is_some() && s.goals.of == (round, at) && is_ready;
    use_effect_with((met, at), {
        let (desk, showing) = (desk.dispatcher(), playing.is_some());
        move |(met, at)| {
            if *met {
                let mark = if showing { Mark::Shown } else { Mark::Met };
                desk.dispatch(Deed::Done(*at, mark));
            }
        }
    });

    // The clock stands still before a prediction that time alone would give away.
    let open = desk.steps.get(at).filter(|it| it.chosen.is_none());
    let next = lesson.as_ref().and_then(|it| it.steps.get(at));
    let waits = open.is_some() && playing.is_none() && next.is_some_and(|it| it.waits());
    use_effect_with((is_ready, waits), {
        let (dispatch, was) = (dispatch.clone(), held_clock.clone());
        move |(ready, waits)| {
            let was = was.replace(*waits);
            if *ready && (*waits || was) {
                dispatch.play(!waits);
            }
        }
    });

    // What is worth keeping.
    let done = is_ready && desk.is_done();
    use_effect_with(done, {
        let (desk, own) = (desk.dispatcher(), s.own);
        move |done| {
            if *done {
                desk.dispatch(Deed::Finished(own));
            }
        }
    });
    use_effect_with(((*desk).clone(), is_ready), {
        let (slug, kept, lesson) = (props.slug.clone(), kept.setter(), lesson.clone());
        move |(desk, ready)| {
            if *ready && desk.is_begun() {
                kept.set(Progress::put(&slug, desk));
                // Where to go on: here, or after a lesson that is done with the next.
                let onward = lesson.map(|it| match it.next.first().filter(|_| desk.is_done()) {
                    Some((number, slug, _)) => (*number, slug.clone()),
                    None => (it.number, it.slug.clone()),
                });
                if let Some((number, slug)) = onward {
                    keep_reached(number, &slug);
                }
            }
        }
    });

    // "Show me".
    use_effect_with((*playing, is_ready), {
        let (dispatch, lesson) = (dispatch.clone(), lesson.clone());
        let (playing, broke) = (playing.clone(), broke.setter());
        move |(now, _)| {
            let step = now.and_then(|it| Some((it, lesson?)));
            let step = step.filter(|(it, _)| it.until.is_none());
            let stop = step.map(|(now, lesson)| {
                show::soon(move || {
                    let lines = lesson.steps.get(now.step).map(|it| &it.solution);
                    let Some(line) = lines.and_then(|it| it.get(now.line)) else {
                        playing.set(None);
                        dispatch.speed(1_000);
                        dispatch.play(true);
                        return;
                    };
                    let line_after = Playing {
                        line: now.line + 1,
                        ..now
                    };
                    match show::carry_out(line, &dispatch) {
                        Outcome::Next => playing.set(Some(line_after)),
                        Outcome::Wait(until) => playing.set(Some(Playing {
                            until: Some(until),
                            ..now
                        })),
                        Outcome::Failed => {
                            broke.set(true);
                            playing.set(None);
                        }
                    }
                })
            });
            move || {
                if let Some(stop) = stop {
                    stop();
                }
            }
        }
    });
    let over = playing.is_some_and(|it| show::is_over(&it, &s));
    use_effect_with(over, {
        let playing = playing.clone();
        move |over| {
            if let Some(now) = playing.filter(|_| *over) {
                playing.set(Some(Playing {
                    line: now.line + 1,
                    until: None,
                    ..now
                }));
            }
        }
    });

    // A command that this lesson leaves out is explained where it was typed, too.
    use_effect_with(s.held_back.clone(), {
        let (dispatch, lesson) = (dispatch.clone(), lesson.clone());
        move |line| {
            if let (Some(line), Some(lesson)) = (line, lesson) {
                let text = panel::held_back(t.lessons(), line, &lesson.allow).replace('`', "");
                dispatch.print([Echo::Complaint(text.into())]);
            }
        }
    });

    let reading = asked.unwrap_or(*entered).min(count.saturating_sub(1));
    use_quiet_drawer();
    let ui = use_ui().dispatcher();
    let panel = lesson.as_ref().and_then(|it| it.steps.get(reading));
    let panel = panel.and_then(|it| it.open.clone());
    use_effect_with((props.slug.clone(), reading, panel.clone()), {
        let ui = ui.clone();
        move |(_, _, panel)| show_panel(&ui, panel.as_deref())
    });
    // A step begins at its top; what appears in it is brought into view.
    let mine = desk.steps.get(reading).copied();
    let seen = use_mut_ref(|| None);
    use_effect_with((props.slug.clone(), reading), {
        let (gloss, fold) = (gloss.setter(), fold.clone());
        move |_| {
            gloss.set(None);
            fold.set((*fold).max(1));
            for it in ["lesson-body", "stage"].into_iter().filter_map(element) {
                it.set_scroll_top(0);
            }
        }
    });
    use_effect_with(
        (
            reading,
            mine.map(|it| (it.mark, it.chosen, it.hints)),
            playing.is_some(),
        ),
        move |(reading, mine, _)| {
            let same = seen.borrow_mut().replace(*reading) == Some(*reading);
            if let Some(it) = element("lesson-now").filter(|_| same) {
                let how = web_sys::ScrollIntoViewOptions::new();
                // What was seen begins where one looks; a hint only has to be in sight.
                let open = mine.is_some_and(|it| it.0 == Mark::Open);
                how.set_block(match open {
                    true => web_sys::ScrollLogicalPosition::Nearest,
                    false => web_sys::ScrollLogicalPosition::Start,
                });
                it.scroll_into_view_with_scroll_into_view_options(&how);
            }
        },
    );
    let held = use_mut_ref(|| 0i32);
    let press = {
        let (dispatch, desk, playing, fold) = (
            dispatch.clone(),
            desk.dispatcher(),
            playing.clone(),
            fold.clone(),
        );
        let (lesson, begin, attempt) = (lesson.clone(), begin.clone(), attempt.clone());
        let (began, broke, stage) = (began.clone(), broke.setter(), stage.clone());
        let gloss = gloss.setter();
        let ask_only = lesson.as_ref().and_then(|it| it.steps.get(reading));
        let ask_only = ask_only.is_some_and(|it| it.goals.is_empty());
        Callback::from(move |press: Press| match press {
            Press::Retry => attempt.set(*attempt + 1),
            Press::Over => {
                if let Some(lesson) = &lesson {
                    broke.set(false);
                    begin(lesson, How::Afresh);
                    go(&Route::Lesson(lesson.slug.clone(), None));
                }
            }
            Press::Choose(choice) => {
                desk.dispatch(Deed::Choose(reading, choice));
                if ask_only {
                    desk.dispatch(Deed::Done(reading, Mark::Met));
                } else {
                    // What comes now happens on the stage.
                    fold.set((*fold).min(1));
                }
            }
            Press::Hint => desk.dispatch(Deed::Hint(reading)),
            Press::Show => {
                broke.set(false);
                show::rewind(&dispatch, *began.borrow());
                playing.set(Some(Playing {
                    step: at,
                    line: 0,
                    until: None,
                }));
            }
            Press::Stop => {
                playing.set(None);
                dispatch.speed(1_000);
                dispatch.play(true);
            }
            Press::Go(step) => {
                if ask_only && step > reading {
                    desk.dispatch(Deed::Done(reading, Mark::Met));
                }
                if let Some(lesson) = &lesson {
                    go(&Route::Lesson(
                        lesson.slug.clone(),
                        Some((step + 1).to_string()),
                    ));
                }
            }
            Press::Line(line) => {
                // It is for the eyes: on a phone the text makes room for the stage.
                fold.set((*fold).min(1));
                let _ = run_line(&line, &dispatch);
                let _ = show::soon(move || bring_into_view(&line));
            }
            Press::Fold(much) => fold.set(much.min(2)),
            Press::Grab(y) => *held.borrow_mut() = y,
            Press::Drop(y) => match y - *held.borrow() {
                -5_000..=-25 => fold.set((*fold + 1).min(2)),
                25..=5_000 => fold.set(fold.saturating_sub(1)),
                _ => {}
            },
            Press::Panel => show_panel(&ui, panel.as_deref()),
            Press::Gloss(it) => gloss.set(it),
            Press::Present => stage.toggle.emit(()),
            Press::Forgive => dispatch.forget_refusal(),
            Press::Sheet => {
                if let Some(window) = web_sys::window() {
                    let _ = window.print();
                }
            }
        })
    };
    present::use_keys(&stage, {
        let (press, desk, lesson) = (press.clone(), (*desk).clone(), lesson.clone());
        let showing = playing.is_some();
        move |onward| {
            if let Some(lesson) = &lesson
                && let Some(it) = present::turn(onward, lesson, &desk, reading, showing)
            {
                press.emit(it);
            }
        }
    });
    let scene = Scene {
        t: t.lessons(),
        close: t.app().close,
        found: &found,
        slug: &props.slug,
        bad_step: props.step.clone().filter(|_| asked.is_none()),
        desk: &desk,
        reading,
        s: &s,
        is_ready,
        failed: *failed,
        kept: *kept,
        playing: *playing,
        broke: *broke,
        fold: *fold,
        gloss: (*gloss).clone(),
        stage: &stage,
        lang,
        press,
    };
    panel::view(&scene)
}

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

/// The element of this id.
fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// What a line is about, such as the consumer of `consumer add c2 …`, comes into sight, where the stage is larger than the
/// screen.
fn bring_into_view(line: &str) {
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let (Some(kind), Some(name)) = (words.first(), words.get(2)) else {
        return;
    };
    let document = web_sys::window().and_then(|it| it.document());
    let card = document.and_then(|it| {
        it.query_selector(&format!("#stage [data-test=\"{kind}-{name}\"]"))
            .ok()?
    });
    if let Some(card) = card {
        let how = web_sys::ScrollIntoViewOptions::new();
        how.set_block(web_sys::ScrollLogicalPosition::Nearest);
        card.scroll_into_view_with_scroll_into_view_options(&how);
    }
}

/// Opens the panel that a step names.
fn show_panel(ui: &UseReducerDispatcher<Ui>, name: Option<&str>) {
    if let Some(tab) = name.and_then(Tab::named) {
        ui.dispatch(UiAction::Tab(tab));
    }
}

/// The drawer is shut while a lesson is open, unless a step opens it: one text at a time.
#[hook]
fn use_quiet_drawer() {
    let ui = use_ui();
    use_effect_with((), move |()| {
        let was_shut = ui.drawer_shut;
        let ui = ui.dispatcher();
        if !was_shut {
            ui.dispatch(UiAction::DrawerShut(true));
        }
        // What was selected belongs to another cluster.
        ui.dispatch(UiAction::Select(None));
        move || {
            ui.dispatch(UiAction::Select(None));
            ui.dispatch(UiAction::DrawerShut(was_shut));
        }
    });
}

/// Carries out a line of a hint.
fn run_line(line: &str, dispatch: &Dispatch) -> Option<()> {
    match line.parse::<Command>().ok()? {
        Command::Advance(span) => dispatch.advance_to(dispatch.with(|it| it.now()) + span, line),
        command => drop(dispatch.typed(command)),
    }
    Some(())
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
