//! The lesson's text: a column beside the stage, on a phone a sheet under it. Plain functions from what there is to what is seen.
//! Here is what stands around the step that is read ([`super::step`]).

use super::data::Lesson;
use super::desk::{Desk, Mark, StepDesk};
use super::present::{self, Presenting};
use super::press::{Gloss, Press, in_text};
use super::room::Found;
use super::show::Playing;
use super::{rich, spans, step, words, worksheet};
use crate::dom::page::*;
use crate::i18n::{Lang, LessonTexts, guarantees};
use crate::session::Snapshot;

/// Everything the text is drawn from.
pub struct Scene<'a> {
    /// Words.
    pub t: &'static LessonTexts,
    /// The word for shutting a message.
    pub close: &'static str,
    /// The lesson, if it is there.
    pub found: &'a Found,
    /// Its name in the address.
    pub slug: &'a AttrValue,
    /// What the address says instead of a step.
    pub bad_step: Option<AttrValue>,
    /// What the learner did.
    pub desk: &'a Desk,
    /// The step that is read, from 0.
    pub reading: usize,
    /// The cluster.
    pub s: &'a Snapshot,
    /// The cluster is the lesson's.
    pub is_ready: bool,
    /// The cluster could not be made.
    pub failed: bool,
    /// Progress is kept.
    pub kept: bool,
    /// "Show me" is at work.
    pub playing: Option<Playing>,
    /// "Show me" could not go on.
    pub broke: bool,
    /// How much of a phone's screen the text takes: 0, 1, 2.
    pub fold: u8,
    /// The term that is asked for.
    pub gloss: Option<Gloss>,
    /// The projector.
    pub stage: &'a Presenting,
    /// The reader's language.
    pub lang: Lang,
    /// What is pressed.
    pub press: Callback<Press>,
}

impl Scene<'_> {
    /// What happens at a click.
    pub fn on(&self, press: Press) -> Callback<MouseEvent> {
        self.press.reform(move |_: MouseEvent| press.clone())
    }

    /// A button with a word.
    pub fn button(
        &self,
        word: &str,
        press: Press,
        class: &'static str,
        test: &'static str,
    ) -> Html {
        html! { <button type="button" class={classes!("btn", class)} onclick={self.on(press)} data-test={test}>{ word }</button> }
    }
}

/// The names of tracks in addresses, in their order.
pub const TRACKS: [&str; 4] = ["first-steps", "groups", "staying-alive", "real-life"];

/// Why a command did nothing.
pub fn held_back(t: &LessonTexts, line: &str, allow: &[String]) -> String {
    let list: Vec<String> = allow.iter().map(|it| format!("`{it}`")).collect();
    (t.held_back)(line, &list.join(", "))
}

/// The text.
pub fn view(c: &Scene) -> Html {
    let onclick = {
        let press = c.press.clone();
        move |e: MouseEvent| {
            if let Some(it) = in_text(&e) {
                press.emit(it);
            }
        }
    };
    let fold = ["fold-0", "fold-1", "fold-2"][usize::from(c.fold % 3)];
    let inside = match c.found {
        Found::Here(lesson) if lesson.slug == **c.slug => whole(c, lesson),
        Found::Unreachable => message(
            c,
            c.t.unreachable.to_owned(),
            c.button(c.t.again, Press::Retry, "primary", "lesson-retry"),
        ),
        Found::NoSuch => message(c, (c.t.no_lesson)(c.slug), Html::default()),
        _ => html! { <p class="lesson-wait quiet" role="status">{ c.t.loading }</p> },
    };
    let plain = matches!(c.found, Found::Here(lesson) if lesson.plain);
    html! {
        <section class={classes!("lesson", fold, plain.then_some("plain"), (c.s.lesson.as_deref() == Some(&**c.slug) && c.is_ready).then_some("ready"), c.stage.shown.on.then_some("presenting"))} aria-label={c.t.lesson} data-test="lesson" {onclick}>{ inside }</section>
    }
}

fn message(c: &Scene, text: String, button: Html) -> Html {
    html! {
        <div class="lesson-body">
            <p class="lesson-note warn-note" role="alert" data-test="lesson-error">{ text }</p>
            <p class="lesson-row">{ button }<a class="btn" href="#/lessons">{ c.t.all_lessons }</a><a class="btn quiet-btn" href="#/sandbox">{ c.lang.app().leave }</a></p>
        </div>
    }
}

fn whole(c: &Scene, lesson: &Lesson) -> Html {
    let empty = StepDesk {
        mark: Mark::Open,
        chosen: None,
        hints: 0,
    };
    let mine = c.desk.steps.get(c.reading).filter(|_| c.is_ready);
    let mine = mine.copied().unwrap_or(empty);
    let step = lesson.steps.get(c.reading);
    html! {
        <>
            { top(c, lesson) }
            <div class="lesson-body" id="lesson-body" tabindex="0" role="region" aria-label={lesson.title.clone()}>
                <h2 class="lesson-title" data-test="lesson-title">{ lesson.title.clone() }</h2>
                if c.reading == 0 { <p class="lesson-summary">{ words(&lesson.summary) }</p> }
                { notes(c, lesson) }
                if let Some(it) = step { { step::one(c, lesson, it, mine) } }
                if let Some(it) = &c.gloss {
                    <div class="lesson-gloss" role="status" data-test="gloss"><p class="grow"><b>{ &it.term }</b>{ " — " }{ &it.text }{ " " }<a href={format!("#/lesson/{}", it.place)}>{ c.t.explained }{ " →" }</a></p>
                        <button type="button" class="btn small only quiet-btn" onclick={c.on(Press::Gloss(None))} aria-label={c.close} title={c.close}>{ "✕" }</button></div>
                }
            </div>
            if let Some(it) = step { { step::help(c, it, mine) } }
            { foot(c, lesson, mine) }
            if c.stage.shown.on {
                if let Some(notes) = step.and_then(|it| it.notes.as_ref()) { <aside class="lesson-notes" tabindex="0" data-test="notes"><h4>{ c.t.notes }</h4>{ rich(notes, "") }</aside> }
            }
            { present::over(c.stage, c.t) }
            { worksheet::view(lesson, c.t) }
        </>
    }
}

/// Where one is, and the way out. On a phone it is the sheet's handle: it can be pulled, or pressed at either end.
fn top(c: &Scene, lesson: &Lesson) -> Html {
    let t = c.t;
    let track = TRACKS.iter().position(|it| *it == lesson.track);
    let track = t.tracks[track.unwrap_or(0)];
    let (present, test) = match c.stage.shown.on {
        true => (t.present_end, "present-end"),
        false => (t.present, "present"),
    };
    let size = |to: u8, sign: &'static str, word: &'static str, test: &'static str| {
        let idle = to > 2;
        html! { <button type="button" class="btn small only quiet-btn phone-only" disabled={idle} onclick={c.on(Press::Fold(to))} aria-label={word} title={word} data-test={test}>{ sign }</button> }
    };
    let (down, up) = (c.fold.wrapping_sub(1), c.fold + 1);
    html! {
        <div class="lesson-top" onpointerdown={c.press.reform(|e: PointerEvent| Press::Grab(e.client_y()))} onpointerup={c.press.reform(|e: PointerEvent| Press::Drop(e.client_y()))}>
            <a class="btn small quiet-btn" href="#/lessons" data-test="all-lessons">{ "← " }{ t.all_lessons }</a>
            <span class="lesson-where quiet">{ track }{ " · " }{ lesson.number }{ " · " }{ (t.minutes)(lesson.minutes) }</span>
            <span class="grow" />
            <button type="button" class="btn small quiet-btn desk-only" onclick={c.on(Press::Sheet)} title={t.worksheet_why} data-test="worksheet-print">{ t.worksheet }</button>
            <button type="button" class="btn small quiet-btn desk-only" onclick={c.on(Press::Present)} title={t.present_why} data-test={test}>{ present }</button>
            { size(down, "▾", t.smaller, "lesson-smaller") }
            { size(up, "▴", t.larger, "lesson-larger") }
        </div>
    }
}

/// What has to be said before anything else.
fn notes(c: &Scene, lesson: &Lesson) -> Html {
    let t = c.t;
    let skipped = |at: &usize| {
        c.desk
            .steps
            .get(*at)
            .is_some_and(|it| it.mark == Mark::Skipped)
    };
    let skipped = c.is_ready && c.reading.checked_sub(1).as_ref().is_some_and(skipped);
    html! {
        <>
            if let Some(it) = &c.bad_step { <p class="lesson-note warn-note" role="alert" data-test="bad-step">{ (t.no_step)(it, lesson.steps.len()) }</p> }
            if c.failed { <p class="lesson-note warn-note" role="alert">{ t.will_not_run }{ " " }{ c.button(t.over, Press::Over, "small", "over-failed") }</p> }
            if !c.kept { <p class="lesson-note warn-note" role="status" data-test="not-kept">{ t.not_kept }</p> }
            if skipped { <p class="lesson-note" data-test="skipped">{ t.was_skipped }</p> }
            if let Some(line) = &c.s.held_back {
                <p class="lesson-note held" role="alert" data-test="held-back"><span>{ spans(&held_back(t, line, &lesson.allow)) }</span>
                    <button type="button" class="btn small only quiet-btn" onclick={c.on(Press::Forgive)} aria-label={c.close} title={c.close}>{ "✕" }</button></p>
            }
            if !lesson.breaks.is_empty() {
                <p class="lesson-note" data-test="breaks">{ t.breaks }{ " " }{ for lesson.breaks.iter().map(|it| html! { <b>{ guarantees::sentence(c.lang, it) }</b> }) }</p>
            }
        </>
    }
}

/// Back, how many commands, on.
fn foot(c: &Scene, lesson: &Lesson, mine: StepDesk) -> Html {
    let t = c.t;
    let done = mine.mark != Mark::Open;
    let last = c.reading + 1 == lesson.steps.len();
    let step = lesson.steps.get(c.reading);
    let only_read = step.is_some_and(|it| it.goals.is_empty() && it.ask.is_none());
    let back = c.reading.checked_sub(1);
    let onward = match lesson.next.first() {
        Some((_, slug, title)) if last && done => html! {
            <a class="btn primary" href={format!("#/lesson/{slug}")} title={title.clone()} data-test="next-lesson">{ t.next_lesson }{ " →" }</a>
        },
        _ if last => Html::default(),
        _ => html! {
            <button type="button" class={classes!("btn", if done { "primary" } else { "" })} disabled={!done && !only_read} onclick={c.on(Press::Go(c.reading + 1))} data-test="next-step">{ t.next_step }{ " →" }</button>
        },
    };
    html! {
        <div class="lesson-foot">
            if let Some(back) = back {
                <button type="button" class="btn only quiet-btn" onclick={c.on(Press::Go(back))} aria-label={t.previous_step} title={t.previous_step} data-test="previous-step">{ "←" }</button>
            }
            <button type="button" class="btn small quiet-btn" onclick={c.on(Press::Over)} title={t.over_why} data-test="start-over">{ t.over }</button>
            if lesson.plain { <label class="btn small quiet-btn lesson-more" title={t.more_why}><input type="checkbox" data-test="lesson-more" />{ t.more }</label> }
            <span class="lesson-par quiet" title={t.commands_why} data-test="par">{ (t.commands)(c.s.own, lesson.par) }</span>
            <span class="grow" />
            { onward }
        </div>
    }
}
