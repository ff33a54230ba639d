//! The assignor lab: a group and what happens to it on the left, what every assignor makes of it on the right.
//!
//! `group` is the left side, `every` compares the assignors, `one` goes through the decisions of one.

mod every;
mod group;
mod one;

use super::setup::Setup;
use crate::dom::page::*;
use crate::i18n::{LabTexts, Lang};
use rebalance_core::assignor::whatif::{Algorithm, Group};

/// Everything a part of the page is drawn from.
struct Scene<'a> {
    t: &'a LabTexts,
    lang: Lang,
    setup: &'a Setup,
    /// The group after the last change.
    group: &'a Group,
    /// The seats that are there before it or after it.
    rows: Vec<usize>,
    playing: bool,
}

impl Scene<'_> {
    fn id(&self, seat: u32) -> &str {
        self.group.seats.get(seat as usize).map_or("", |it| &it.id)
    }

    fn partition(&self, topic: usize, number: usize) -> String {
        self.group.topics[topic].name.clone() + "-" + &number.to_string()
    }
}

/// A field of this page was changed; where that leads.
pub fn edited(path: &str, what: &str, value: &str) -> Option<String> {
    let mut setup = Setup::parse(path);
    let at = what.get(1..)?.parse().ok()?;
    let done = match what.as_bytes().first()? {
        b't' => setup.rename_topic(at, value),
        _ => setup.rename_member(at, value),
    };
    done.then(|| setup.edited(|_| ()))
}

/// The address one decision further, if there is one.
pub fn next_step(path: &str) -> Option<String> {
    let setup = Setup::parse(path);
    let outcome = setup.outcome(Algorithm::ALL[setup.chosen])?;
    let total = outcome.rounds.iter().map(|it| it.steps.len()).sum();
    let step = setup.step.filter(|it| *it < total)?;
    Some(at_step(&setup, step + 1, total))
}

/// The address with so many decisions carried out.
fn at_step(setup: &Setup, step: usize, total: usize) -> String {
    let mut setup = setup.clone();
    setup.step = (step < total).then_some(step);
    setup.path()
}

/// The page.
pub fn view(t: &LabTexts, lang: Lang, path: &str, playing: bool) -> Html {
    let setup = Setup::parse(path);
    let (before, group) = setup.groups();
    let rows = (0..group.seats.len())
        .filter(|&it| group.seats[it].present || before.seats.get(it).is_some_and(|it| it.present));
    let scene = Scene {
        t,
        lang,
        setup: &setup,
        group: &group,
        rows: rows.collect(),
        playing,
    };
    let outcomes = Algorithm::ALL.map(|it| setup.outcome(it));
    html! {
        <>
            <div class="lab-intro">
                <h2>{ t.assignors }</h2>
                <p class="quiet">{ t.assignors_intro }</p>
                if setup.damaged { <p class="warn" role="status" data-test="damaged">{ t.damaged }</p> }
            </div>
            <div class="lab-columns">
                <div class="lab-side">{ group::start(&scene) }{ group::happens(&scene) }</div>
                <div class="lab-main">{ every::every(&scene, &outcomes) }{ one::one(&scene, outcomes[setup.chosen].as_ref()) }</div>
            </div>
        </>
    }
}
