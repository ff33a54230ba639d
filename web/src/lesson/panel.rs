//! The lesson's text: a column beside the stage, on a phone a sheet under it. Plain functions from what there is to what is seen.

use super::data::{Ask, Lesson, Step};
use super::desk::{Desk, Mark, StepDesk};
use super::present::{self, Presenting};
use super::room::{Found, Gloss, Press, in_text};
use super::show::Playing;
use super::{rich, spans, words, worksheet};
use crate::components::Icon;
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
    fn on(&self, press: Press) -> Callback<MouseEvent> {
        self.press.reform(move |_: MouseEvent| press.clone())
    }

    fn button(&self, word: &str, press: Press, class: &'static str, test: &'static str) -> Html {
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
        <section class={classes!("lesson", fold, plain.then_some("plain"), c.stage.shown.on.then_some("presenting"))} aria-label={c.t.lesson} data-test="lesson" {onclick}>{ inside }</section>
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
                if let Some(step) = step { { one(c, lesson, step, mine) } }
                if let Some(it) = &c.gloss {
                    <div class="lesson-gloss" role="status" data-test="gloss"><p class="grow"><b>{ &it.term }</b>{ " — " }{ &it.text }{ " " }<a href={format!("#/lesson/{}", it.place)}>{ c.t.explained }{ " →" }</a></p>
                        <button type="button" class="btn small only quiet-btn" onclick={c.on(Press::Gloss(None))} aria-label={c.close} title={c.close}>{ "✕" }</button></div>
                }
            </div>
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

/// All steps, as links.
fn steps(c: &Scene, lesson: &Lesson) -> Html {
    let t = c.t;
    let one = |(at, step): (usize, &Step)| {
        let mark = c
            .desk
            .steps
            .get(at)
            .filter(|_| c.is_ready)
            .map(|it| it.mark);
        let (class, word) = match mark {
            Some(Mark::Met) => ("met", t.step_done),
            Some(Mark::Shown) => ("shown", t.step_shown),
            Some(Mark::Skipped) => ("skipped", t.step_skipped),
            _ => ("open", ""),
        };
        let label = format!(
            "{}: {} {word}",
            (t.step_n)(at + 1, lesson.steps.len()),
            step.title
        );
        let here = at == c.reading;
        html! {
            <li key={at}><a class={classes!("lesson-dot", class)} href={format!("#/lesson/{}/{}", lesson.slug, at + 1)} aria-current={here.then_some("step")} title={label.trim().to_owned()} aria-label={label.trim().to_owned()} data-test={format!("to-step-{}", at + 1)} data-state={class}>
                if mark.is_some_and(|it| it != Mark::Open) { { Icon::Tick.html() } } else { { at + 1 } }
            </a></li>
        }
    };
    html! { <ol class="lesson-steps" aria-label={t.steps}>{ for lesson.steps.iter().enumerate().map(one) }</ol> }
}

/// The step that is read.
///
/// What is to be done now (predict, or act) stands at the bottom of what is seen of the text, however long the text is. The
/// verdict on a prediction comes when the cluster has shown it: with the step's goals, or at once where nothing is tried.
fn one(c: &Scene, lesson: &Lesson, step: &Step, mine: StepDesk) -> Html {
    let t = c.t;
    let done = mine.mark != Mark::Open;
    // "Show me" goes on without a prediction: on a projector it is the room's.
    let shown = c.playing.is_some_and(|it| it.step == c.reading);
    let made = done || shown || mine.chosen.is_some();
    let last = c.reading + 1 == lesson.steps.len();
    html! {
        <article class={classes!("lesson-step", (step.act.is_none() && step.ask.is_none()).then_some("only-read"))} key={format!("{}-{}", lesson.slug, c.reading)} data-test="lesson-step" data-state={if done { "done" } else { "open" }}>
            <header>
                <div class="lesson-count quiet">{ steps(c, lesson) }<span>{ (t.step_n)(c.reading + 1, lesson.steps.len()) }</span></div>
                <h3>{ step.title.clone() }</h3>
                if step.myth { <p class="lesson-myth"><span class="chip accent">{ t.myth }</span></p> }
            </header>
            <div class="lesson-intro">{ rich(&step.intro, "") }</div>
            <button type="button" class="btn small quiet-btn phone-only lesson-all" onclick={c.on(Press::Fold(2))} data-test="read-all">{ t.read_all }{ " ▴" }</button>
            if !c.is_ready && !c.failed { <p class="quiet" role="status" data-test="preparing">{ t.preparing }</p> }
            if let Some(ask) = &step.ask { { prediction(c, ask, mine, (made, done, step.waits())) } }
            if made || step.ask.is_none() { { action(c, step, mine, done) } }
            if done {
                <div class="lesson-after" id="lesson-now">
                    if let Some(ask) = &step.ask { { verdict(c, ask, mine) } }
                    if let Some(seen) = &step.seen {
                        <section class="lesson-seen" data-test="seen"><h4>{ Icon::Tick.html() }{ t.seen }</h4>{ rich(seen, "") }</section>
                    }
                </div>
            }
            if last && done { { end(c, lesson) } }
            <p class="sr-only" role="status" data-test="step-status">{ if done { t.step_is_done } else { "" } }</p>
        </article>
    }
}

/// A prediction: the choices; when it is over, which of them holds.
fn prediction(
    c: &Scene,
    ask: &Ask,
    mine: StepDesk,
    (made, done, waits): (bool, bool, bool),
) -> Html {
    let t = c.t;
    let choice = |(at, text): (usize, &AttrValue)| {
        let (answer, yours) = (done && at == ask.answer, mine.chosen == Some(at));
        let class = match (answer, yours) {
            (true, _) => "right",
            (false, true) if done => "wrong",
            (false, true) => "yours",
            _ => "",
        };
        html! {
            <li key={at}><button type="button" class={classes!("lesson-choice", class)} disabled={made || !c.is_ready} onclick={c.on(Press::Choose(at))} data-test={format!("choice-{}", at + 1)}>
                <i aria-hidden="true">{ ["A", "B", "C", "D", "E", "F"].get(at).copied().unwrap_or("·") }</i><span>{ words(text) }
                    if yours { { " " }<em class="verdict">{ t.yours }</em> }
                    if answer && !yours { { " " }<em class="verdict">{ t.answer }</em> }
                </span>
            </button></li>
        }
    };
    html! {
        <section class={classes!("lesson-ask", if made { "told" } else { "lesson-task" })} data-test="predict">
            <h4>{ t.predict }</h4>
            { rich(&ask.question, "") }
            <ul class="lesson-choices">{ for ask.choices.iter().enumerate().map(choice) }</ul>
            if waits && !made { <p class="quiet" data-test="clock-waits">{ t.clock_waits }</p> }
        </section>
    }
}

/// Which choice holds, and why.
fn verdict(c: &Scene, ask: &Ask, mine: StepDesk) -> Html {
    let t = c.t;
    let right = mine.chosen == Some(ask.answer);
    let word = match mine.chosen {
        None => t.not_asked,
        Some(_) if right => t.right,
        Some(_) => t.wrong,
    };
    let choice = |at: usize| ask.choices.get(at).map(words);
    html! {
        <section class={classes!("lesson-why", if right { "right" } else { "" })} role="status" data-test="verdict" data-state={if right { "right" } else { "wrong" }}>
            <p><b>{ word }</b>if !right && mine.chosen.is_some() { <br />{ t.not_asked } } if !right { { " " }{ for choice(ask.answer) } }</p>{ rich(&ask.why, "") }
        </section>
    }
}

/// What to do, what is looked for, and the help there is.
fn action(c: &Scene, step: &Step, mine: StepDesk, done: bool) -> Html {
    let t = c.t;
    let Some(act) = &step.act else {
        return Html::default();
    };
    let current = c.desk.at() == c.reading && c.is_ready;
    let held = |at: usize| done || (current && c.s.goals.held.get(at).copied().unwrap_or(false));
    let goal = |(at, aim): (usize, &AttrValue)| {
        let holds = held(at);
        html! { <li key={at} class={if holds { "held" } else { "" }} data-state={if holds { "held" } else { "open" }}><i aria-hidden="true">{ if holds { "✓" } else { "○" } }</i>{ words(aim) }<span class="sr-only">{ if holds { t.held } else { t.not_held } }</span></li> }
    };
    let predicted = step.ask.as_ref().zip(mine.chosen).filter(|_| !done);
    let predicted = predicted.and_then(|(ask, at)| ask.choices.get(at));
    let hints = step.hints.iter().take(mine.hints).zip(1..);
    let hint = |(text, n): (&AttrValue, usize)| html! { <div key={n} class="lesson-hint" id={(!done && n == mine.hints).then_some("lesson-now")} data-test={format!("hint-{n}")}><h5>{ (t.hint_n)(n) }</h5>{ rich(text, "") }</div> };
    let showing = c.playing.filter(|it| it.step == c.reading);
    html! {
        <section class={classes!("lesson-do", (!done).then_some("lesson-task"))} data-test="do">
            if let Some(choice) = predicted { <p class="lesson-said" data-test="predicted"><span class="quiet">{ t.you_said }</span>{ " " }<b>{ words(choice) }</b><br />{ t.now_try }</p> }
            <h4>{ t.act }
                if step.open.is_some() && !done { <span class="grow" /><button type="button" class="link" onclick={c.on(Press::Panel)} data-test="open-panel">{ t.open_panel }</button> }
            </h4>
            { rich(act, "") }
            if !step.aims.is_empty() {
                <div class="lesson-goals"><h5 title={t.goals_why}>{ t.goals }</h5><ul data-test="goals">{ for step.aims.iter().enumerate().map(goal) }</ul>
                    <details class="lesson-formulas"><summary>{ t.formulas }</summary><>{ for step.goals.iter().map(|it| html! { <code>{ it }</code> }) }</></details>
                </div>
            }
            <>{ for hints.map(hint) }</>
            if let Some(playing) = showing { { solution(c, step, playing) } }
            if c.broke && !done { <p class="lesson-note warn-note" role="alert">{ t.show_failed }</p> }
            if !done && current && showing.is_none() {
                <p class="lesson-row">
                    if mine.hints < step.hints.len() {
                        { c.button(if mine.hints == 0 { t.hint } else { t.another_hint }, Press::Hint, "small", "hint") }
                    }
                    if !step.solution.is_empty() {
                        <button type="button" class="btn small" onclick={c.on(Press::Show)} title={t.show_why} data-test="show-me">{ t.show }</button>
                    }
                </p>
            }
        </section>
    }
}

/// The solution's lines while they are shown.
fn solution(c: &Scene, step: &Step, playing: Playing) -> Html {
    let line = |(at, line): (usize, &String)| {
        let class = match at.cmp(&playing.line) {
            std::cmp::Ordering::Less => "past",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "",
        };
        html! { <li key={at} {class}><code>{ line }</code></li> }
    };
    html! {
        <div class="lesson-show" role="status" data-test="showing">
            <p>{ c.t.showing }<span class="grow" />{ c.button(c.t.stop_showing, Press::Stop, "small", "show-stop") }</p>
            <ol>{ for step.solution.iter().enumerate().map(line) }</ol>
        </div>
    }
}

/// After the last step: how it went, what differs in real Kafka, and where to go on.
fn end(c: &Scene, lesson: &Lesson) -> Html {
    let t = c.t;
    let verdict = match c.desk.best.filter(|_| c.desk.is_own()) {
        Some(n) if n <= lesson.par => (t.finished_par)(n),
        Some(n) => (t.finished)(n, lesson.par),
        None => (t.finished_helped)(lesson.par),
    };
    let link = |(_, slug, title): &(usize, String, AttrValue)| html! { <li><a href={format!("#/lesson/{slug}")}>{ title.clone() }</a></li> };
    let facts = lesson.facts.join(" · ");
    html! {
        <section class="lesson-end">
            if c.desk.is_done() { <p class="lesson-finished" data-test="finished"><b>{ t.lesson_done }</b>{ " " }{ verdict }</p> }
            if let Some(real) = &lesson.real { <div class="lesson-real" data-test="real"><h4>{ t.real }</h4>{ rich(real, "") }</div> }
            <div class="lesson-next"><h4>{ t.go_on_with }</h4><ul data-test="go-on">{ for lesson.next.iter().map(link) }</ul></div>
            <p class="quiet small-text">{ t.facts }{ ": " }{ facts }</p>
        </section>
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
            <span class="lesson-par quiet" title={t.commands_why} data-test="par">{ (t.commands)(c.s.own, lesson.par) }</span>
            <span class="grow" />
            { onward }
        </div>
    }
}
