//! A lesson on paper: its questions with room for predictions, what to do, and what shall be seen. Only printers show it.

use super::data::{Lesson, Step};
use super::{rich, words};
use crate::dom::page::*;
use crate::i18n::LessonTexts;

/// The sheet.
pub fn view(lesson: &Lesson, t: &LessonTexts) -> Html {
    html! {
        <section class="worksheet" aria-hidden="true" data-test="worksheet">
            <header>
                <p class="sheet-name"><span>{ t.sheet_name }</span><i /></p>
                <p>{ (t.lesson_n)(lesson.number) }{ " · Rebalance" }</p>
                <h1>{ lesson.title.clone() }</h1>
                <p>{ words(&lesson.summary) }</p>
            </header>
            <>{ for lesson.steps.iter().enumerate().map(|(at, it)| step(at, it, t)) }</>
        </section>
    }
}

fn step(at: usize, step: &Step, t: &LessonTexts) -> Html {
    html! {
        <article class="sheet-step">
            <h2>{ at + 1 }{ ". " }{ step.title.clone() }</h2>
            { rich(&step.intro, "") }
            if let Some(ask) = &step.ask {
                <h3>{ t.predict }</h3>
                { rich(&ask.question, "") }
                <ul class="sheet-choices">{ for ask.choices.iter().map(|it| html! { <li>{ words(it) }</li> }) }</ul>
                <p class="sheet-lines"><span>{ t.sheet_because }</span><i /><i /></p>
            }
            if let Some(act) = &step.act {
                <h3>{ t.act }</h3>
                { rich(act, "") }
                <p class="sheet-goals"><span>{ t.sheet_goal }</span>{ for step.aims.iter().map(|it| html! { <em>{ words(it) }</em> }) }</p>
                <p class="sheet-lines"><span>{ t.sheet_saw }</span><i /><i /></p>
            }
            if step.ask.is_some() { <p class="sheet-check">{ t.sheet_right }</p> }
        </article>
    }
}
