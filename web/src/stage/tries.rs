//! "Try this": one line that says what to do next, and a button that does it. What is already done is read from the
//! commands of this branch, so that going back in time brings the earlier line back.

use super::groups::one_more;
use crate::components::{Button, Icon};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::lesson;
use crate::session::{Dispatch, Snapshot, use_dispatch, use_snapshot};
use crate::state::use_lang;
use rebalance_core::command::{Command, ConsumerSpec};
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::ProcessState;

/// A thing to try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Try {
    CrashBroker,
    StartBroker,
    AddConsumer,
    CrashConsumer,
    SlowConsumer,
    CutLink,
    GoBack,
}

const ORDER: [Try; 7] = [
    Try::CrashBroker,
    Try::StartBroker,
    Try::AddConsumer,
    Try::CrashConsumer,
    Try::SlowConsumer,
    Try::CutLink,
    Try::GoBack,
];

impl Try {
    /// Whether a command does it.
    fn is_done_by(self, command: &Command) -> bool {
        match (self, command) {
            (Self::CrashBroker, Command::NodeCrash(id))
            | (Self::StartBroker, Command::NodeStart(id)) => id.0 < 100,
            (Self::AddConsumer, Command::ConsumerAdd(..))
            | (Self::CrashConsumer, Command::ClientCrash(_))
            | (Self::CutLink, Command::LinkCut(..)) => true,
            (Self::SlowConsumer, Command::ConsumerSet(_, spec, _)) => spec.processing.is_some(),
            _ => false,
        }
    }

    /// The command it is, if it can be done now.
    fn command(self, s: &Snapshot) -> Option<Command> {
        match self {
            Self::CrashBroker => Some(Command::NodeCrash(broker_to_crash(s)?)),
            Self::StartBroker => {
                let down = |state| matches!(state, ProcessState::Crashed | ProcessState::Stopped);
                s.brokers
                    .iter()
                    .find(|b| down(b.state))
                    .map(|b| Command::NodeStart(b.id))
            }
            Self::AddConsumer => Some(one_more(&s.groups, &s.groups.first()?.name)),
            Self::CrashConsumer => Some(Command::ClientCrash(busiest(s)?)),
            Self::SlowConsumer => {
                let spec = ConsumerSpec {
                    processing: Some(Duration::millis(1_500)),
                    ..ConsumerSpec::default()
                };
                Some(Command::ConsumerSet(busiest(s)?, spec, Vec::new()))
            }
            Self::CutLink => {
                let ids: Vec<_> = s
                    .brokers
                    .iter()
                    .filter(|b| b.state == ProcessState::Running)
                    .map(|b| b.id)
                    .collect();
                let name = |id: BrokerId| Name::from(id.0.to_string());
                Some(Command::LinkCut(
                    name(*ids.first()?),
                    name(*ids.last().filter(|_| ids.len() > 1)?),
                ))
            }
            Self::GoBack => None,
        }
    }
}

/// Broker 2 if it runs, else any that does.
fn broker_to_crash(s: &Snapshot) -> Option<BrokerId> {
    let mut up = s
        .brokers
        .iter()
        .filter(|b| b.state == ProcessState::Running)
        .map(|b| b.id);
    let first = up.clone().next();
    up.find(|id| id.0 == 2).or(first)
}

/// The running consumer with the most partitions.
fn busiest(s: &Snapshot) -> Option<Name> {
    let all = s
        .groups
        .iter()
        .flat_map(|g| &g.consumers)
        .filter(|c| c.state == ProcessState::Running);
    all.max_by_key(|c| c.partitions.len())
        .map(|c| c.name.clone())
}

/// How far the reader has come: commands given after the first cluster stood.
fn progress(s: &Snapshot, d: &Dispatch) -> Vec<bool> {
    d.with(|session| {
        let (began, now) = (session.start(), s.view.now);
        let given = || {
            session
                .commands()
                .filter(|(at, _)| *at > began && *at <= now)
                .map(|(_, c)| c)
        };
        let forked = session.branches().len() > 1;
        ORDER
            .iter()
            .map(|step| {
                if *step == Try::GoBack {
                    forked
                } else {
                    given().any(|c| step.is_done_by(c))
                }
            })
            .collect()
    })
}

/// The first step that is neither done nor impossible.
fn current(done: &[bool], s: &Snapshot) -> Option<Try> {
    ORDER
        .into_iter()
        .zip(done)
        .find(|(step, done)| !**done && (*step == Try::GoBack || step.command(s).is_some()))
        .map(|(step, _)| step)
}

/// The card.
#[component]
pub fn TryThis() -> Html {
    let (t, s, d) = (use_lang(), use_snapshot(), use_dispatch());
    let done = progress(&s, &d);
    let step = current(&done, &s);
    let command = step.and_then(|step| step.command(&s));
    let (line, label) = words(step, command.as_ref(), &s, t);
    let onclick = {
        let (d, s) = (d.clone(), s.clone());
        Callback::from(move |()| match &command {
            Some(command) => {
                d.click(command.clone());
                d.play(true);
            }
            None => d.seek(SimTime(s.view.now.0.saturating_sub(10_000_000))),
        })
    };
    let icon = match step {
        Some(Try::CrashBroker | Try::CrashConsumer) => Icon::Bolt,
        _ => Icon::Play,
    };
    html! {
        <aside class="card try" data-test="try" aria-label={t.stage().try_title}>
            <b>{ t.stage().try_title }</b>
            <p>{ line }</p>
            if !label.is_empty() { <Button {label} class="primary" {icon} test="try-do" {onclick} /> }
            if let Some((number, slug)) = lesson::reached() {
                <a class="btn learn" href={format!("#/lesson/{slug}")} data-test="try-lesson">{ (t.app().continue_with)(number) }</a>
            } else {
                <a class="btn learn" href="#/lesson/topic-and-log" data-test="try-lesson">{ t.app().begin_first }</a>
            }
            <div class="steps" aria-hidden="true">{ for done.iter().map(|x| html! { <i class={classes!(x.then_some("done"))} /> }) }</div>
        </aside>
    }
}

/// The line and the button's word.
fn words(step: Option<Try>, command: Option<&Command>, s: &Snapshot, t: Lang) -> (String, String) {
    let who = match command {
        Some(Command::NodeCrash(id) | Command::NodeStart(id)) => id.0.to_string(),
        Some(
            Command::ConsumerAdd(name, ..)
            | Command::ClientCrash(name)
            | Command::ConsumerSet(name, ..),
        ) => name.to_string(),
        Some(Command::LinkCut(a, b)) => format!("{a} – {b}"),
        _ => String::new(),
    };
    if let Some(Command::NodeStart(id)) = command
        && let Some(unnoticed) = s.brokers.iter().find(|b| b.id == *id && !b.fenced)
    {
        return (
            t.stage()
                .try_unnoticed
                .replace("{}", &unnoticed.id.0.to_string()),
            String::new(),
        );
    }
    let Some(step) = step else {
        return (t.stage().try_end.to_owned(), String::new());
    };
    let at = ORDER.iter().position(|s| *s == step).unwrap_or(0);
    let (line, button) = t.stage().tries[at];
    (line.replace("{}", &who), button.replace("{}", &who))
}
