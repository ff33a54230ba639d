//! From a line to an answer: what to do, what to wait for, what to say.

use crate::line;
use crate::options::Tool;
use crate::tool;
use rebalance_core::command::Command;
use rebalance_core::event::Event;
use rebalance_core::id::Name;
use rebalance_core::protocol::{ApiKey, ErrorCode};
use rebalance_core::session::Session;
use rebalance_core::time::Duration;
use std::fmt::Debug;

/// What was said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// As the tool prints it, standard output and standard error together.
    pub out: String,
    /// Said by the simulation about the line, never by Kafka.
    pub hints: Vec<String>,
}

impl Said {
    /// This text, in lines of their own.
    pub fn line(text: impl Into<String>) -> Self {
        let mut out = text.into();
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        Self {
            out,
            hints: Vec::new(),
        }
    }

    /// With a remark.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// A line that cannot be carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure(pub Box<Said>);

impl Failure {
    /// In the tool's words.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Said::line(message)))
    }

    /// What the simulation has to say about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    pub(crate) fn with_usage(self, tool: &Tool) -> Self {
        self.hint(format!("`{} --help` lists every option", tool.name))
    }
}

/// What a tool has waited for has come.
#[derive(Debug)]
pub struct Done {
    /// What it printed.
    pub said: Said,
    /// What tidies up after it.
    pub commands: Vec<Command>,
    /// What it waits for then.
    pub then: Option<Box<Wait>>,
}

impl Done {
    /// The tool said this and has ended.
    pub fn say(said: Said) -> Self {
        Self {
            said,
            commands: Vec::new(),
            then: None,
        }
    }
}

type Check = Box<dyn Fn(&Session, usize) -> Option<Done>>;

/// What a tool waits for.
pub struct Wait {
    /// Looks at the session, and at the journal from this entry on.
    check: Check,
    /// How long at most, in simulated time.
    pub patience: Duration,
    /// What it says when that was too short.
    late: Done,
}

impl Debug for Wait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wait")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl Wait {
    /// Waits until `check` finds an end.
    pub fn new(
        patience: Duration,
        late: Done,
        check: impl Fn(&Session, usize) -> Option<Done> + 'static,
    ) -> Self {
        Self {
            check: Box::new(check),
            patience,
            late,
        }
    }

    /// Whether the tool has ended; `from` is the journal's length when its commands were given.
    pub fn check(&self, session: &Session, from: usize) -> Option<Done> {
        (self.check)(session, from)
    }

    /// What it says when it has waited for nothing.
    pub fn late(self) -> Done {
        self.late
    }

    /// Waits for the administrator's answers about these things by this API.
    pub(crate) fn admin(
        api: ApiKey,
        targets: Vec<Name>,
        say: impl Fn(&[(Name, ErrorCode)]) -> Said + 'static,
    ) -> Self {
        let timed_out = format!(
            "Timed out waiting for a node assignment. Call: {}",
            call_name(api)
        );
        let late = Done::say(Said::line(timed_out));
        // The administrator gives up after `default.api.timeout.ms` of its own.
        Self::new(Duration::secs(70), late, move |session, from| {
            let found = outcomes(session, from, api, &targets)?;
            Some(Done::say(say(&found)))
        })
    }
}

fn call_name(api: ApiKey) -> &'static str {
    match api {
        ApiKey::CreateTopics => "createTopics",
        ApiKey::CreatePartitions => "createPartitions",
        ApiKey::DeleteTopics => "deleteTopics",
        ApiKey::ElectLeaders => "electLeaders",
        ApiKey::DeleteGroups => "deleteConsumerGroups",
        ApiKey::AlterPartitionReassignments => "alterPartitionReassignments",
        ApiKey::OffsetCommit => "alterConsumerGroupOffsets",
        _ => "incrementalAlterConfigs",
    }
}

/// How each of these operations ended, in their order; `None` while one is under way.
fn outcomes(
    session: &Session,
    from: usize,
    api: ApiKey,
    targets: &[Name],
) -> Option<Vec<(Name, ErrorCode)>> {
    let entries = session.entries().after(from);
    let mut ended: Vec<(&Name, ErrorCode)> = entries
        .iter()
        .filter_map(|e| match &e.event {
            Event::AdminDone {
                api: a,
                target,
                error,
            } if *a == api => Some((target, *error)),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for target in targets {
        let at = ended.iter().position(|(t, _)| *t == target)?;
        found.push((target.clone(), ended.remove(at).1));
    }
    Some(found)
}

/// What a line does.
#[derive(Debug, Default)]
pub struct Plan {
    /// Said at once.
    pub said: Said,
    /// To be carried out now.
    pub commands: Vec<Command>,
    /// What the tool waits for before it ends.
    pub wait: Option<Wait>,
}

impl Plan {
    /// Says something, and that is all.
    pub fn say(said: Said) -> Self {
        Self {
            said,
            ..Self::default()
        }
    }

    /// Does something and waits.
    pub fn act(commands: Vec<Command>, wait: Wait) -> Self {
        Self {
            said: Said::default(),
            commands,
            wait: Some(wait),
        }
    }
}

/// What a line does in this session. Nothing has changed yet.
pub fn plan(session: &Session, text: &str) -> Plan {
    let read = line::read(text).map_err(Failure::new);
    let planned = read.and_then(|line| tool::plan(session, &line));
    let plan = planned.unwrap_or_else(|failure| Plan::say(*failure.0));
    refuse_what_no_line_can_say(plan)
}

/// Every command must read back from its own text: pages and links carry them as such.
fn refuse_what_no_line_can_say(plan: Plan) -> Plan {
    let wrong = plan.commands.iter().find_map(|c| {
        let text = c.to_string();
        match text.parse::<Command>() {
            Ok(same) if same == *c => None,
            Ok(_) => Some(text),
            Err(error) => Some(format!("{text}: {error}")),
        }
    });
    match wrong {
        None => plan,
        Some(wrong) => {
            Plan::say(Said::default().hint(format!("this simulation cannot do that: {wrong}")))
        }
    }
}

/// Carries out a line and lets time pass until the tool has ended.
pub fn run(session: &mut Session, text: &str) -> Said {
    let plan = plan(session, text);
    let mut said = plan.said;
    let mut from = session.entries().len();
    give(session, plan.commands, &mut said);
    let mut wait = plan.wait;
    while let Some(waiting) = wait {
        let done = until(session, waiting, from);
        said.out.push_str(&done.said.out);
        said.hints.extend(done.said.hints);
        from = session.entries().len();
        give(session, done.commands, &mut said);
        wait = done.then.map(|then| *then);
    }
    said
}

fn give(session: &mut Session, commands: Vec<Command>, said: &mut Said) {
    for command in commands {
        if let Err(error) = session.apply(command) {
            said.hints.push(error.to_string());
        }
    }
}

/// Lets time pass until what is waited for has come, or patience ends.
fn until(session: &mut Session, wait: Wait, from: usize) -> Done {
    let deadline = session.now() + wait.patience;
    while session.now() < deadline {
        if let Some(done) = wait.check(session, from) {
            return done;
        }
        let next = session.now() + STEP;
        while !session.run_until(next, u32::MAX) {}
    }
    wait.late()
}

/// How often a tool looks whether it has ended.
const STEP: Duration = Duration::millis(10);
