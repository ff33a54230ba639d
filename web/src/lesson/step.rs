//! A step of a lesson: what it says, its prediction, what to do, what was seen, and the help there is.

use super::data::{Ask, Lesson, Step};
use super::desk::{Mark, StepDesk};
use super::panel::Scene;
use super::press::Press;
use super::show::Playing;
use super::{rich, words};
use crate::components::Icon;
use crate::dom::page::*;

/// How a step stands.
#[derive(Clone, Copy)]
struct Stand {
    /// What the learner did in it.
    mine: StepDesk,
    /// It was predicted, or it is too late for that.
    made: bool,
    /// It is done.
    done: bool,
}

impl Stand {
    fn of(c: &Scene, mine: StepDesk) -> Self {
        let done = mine.mark != Mark::Open;
        // "Show me" goes on without a prediction: on a projector it is the room's.
        let shown = c.playing.is_some_and(|it| it.step == c.reading);
        let made = done || shown || mine.chosen.is_some();
        Self { mine, made, done }
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
pub fn one(c: &Scene, lesson: &Lesson, step: &Step, mine: StepDesk) -> Html {
    let t = c.t;
    let stand = Stand::of(c, mine);
    let Stand { made, done, .. } = stand;
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
            if let Some(ask) = &step.ask { { prediction(c, step, ask, stand) } }
            if made || step.ask.is_none() { { action(c, step, stand) } }
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
///
/// The numbers are keys ([`super::keys`]), and look like some, so that nobody takes them for a part of the answer.
fn prediction(c: &Scene, step: &Step, ask: &Ask, stand: Stand) -> Html {
    let (t, Stand { mine, made, done }) = (c.t, stand);
    let choice = |(at, text): (usize, &AttrValue)| {
        let (answer, yours) = (done && at == ask.answer, mine.chosen == Some(at));
        let class = match (answer, yours) {
            (true, _) => "right",
            (false, true) if done => "wrong",
            (false, true) => "yours",
            _ => "",
        };
        html! {
            <li key={at}><button type="button" class={classes!("lesson-choice", class)} disabled={made || !c.is_ready} onclick={c.on(Press::Choose(at))} aria-keyshortcuts={(at + 1).to_string()} data-test={format!("choice-{}", at + 1)}>
                <kbd aria-hidden="true">{ at + 1 }</kbd><span>{ words(text) }
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
            if step.waits() && !made { <p class="quiet" data-test="clock-waits">{ t.clock_waits }</p> }
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

/// What to do, what is looked for, and the help that was asked for.
fn action(c: &Scene, step: &Step, stand: Stand) -> Html {
    let (t, Stand { mine, done, .. }) = (c.t, stand);
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
    let hint = |(text, n): (&AttrValue, usize)| html! { <div key={n} class="lesson-hint" id={(!done && n == mine.hints).then_some("lesson-now")} data-test={format!("hint-{n}")}><h5>{ if step.hints.len() == 1 { t.hint.to_owned() } else { (t.hint_n)(n) } }</h5>{ rich(text, "") }</div> };
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
                    <details class="lesson-formulas"><summary>{ t.formulas }</summary><p>{ t.formulas_why }</p><>{ for step.goals.iter().map(|it| html! { <code>{ it }</code> }) }</></details>
                </div>
            }
            <>{ for hints.map(hint) }</>
            if let Some(playing) = showing { { solution(c, step, playing) } }
            if c.broke && !done { <p class="lesson-note warn-note" role="alert">{ t.show_failed }</p> }
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

/// The help there is, in a place of its own that nothing moves: whoever presses twice gets no more than was wanted.
pub fn help(c: &Scene, step: &Step, mine: StepDesk) -> Html {
    let (t, Stand { made, done, .. }) = (c.t, Stand::of(c, mine));
    let asked = made || step.ask.is_none();
    let current = c.desk.at() == c.reading && c.is_ready;
    if done || !asked || !current || step.act.is_none() {
        return Html::default();
    }
    let showing = c.playing.is_some();
    let left = step.hints.len().saturating_sub(mine.hints);
    let word = match mine.hints {
        0 => t.hint,
        _ if left > 0 => t.another_hint,
        _ => t.no_more_hints,
    };
    html! {
        <div class="lesson-help" role="group" aria-label={t.help}>
            if !step.hints.is_empty() {
                <button type="button" class="btn small" disabled={left == 0 || showing} onclick={c.on(Press::Hint)} data-test="hint">{ word }</button>
            }
            <span class="grow" />
            if !step.solution.is_empty() {
                <button type="button" class="btn small quiet-btn" disabled={showing} onclick={c.on(Press::Show)} title={t.show_why} data-test="show-me">{ t.show }</button>
            }
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
