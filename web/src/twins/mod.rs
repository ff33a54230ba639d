//! Two group protocols side by side: the same group, the same change, real runs of the engine.
//!
//! The set-up is the address (`#/lab/protocols/3/6/join/eager/classroom/news`), so every control is a link. [`axis`] gives both
//! ladders one time axis, [`ladder`] draws one; what is compared comes from [`rebalance_core::session::twins`].

mod axis;
mod ladder;

use crate::components::room_header;
use crate::dom::page::*;
use crate::i18n::TwinTexts;
use crate::route::Route;
use crate::state::{PrefsContext, use_prefs};
use axis::Axis;
use ladder::ladder;
use rebalance_core::config::Preset;
use rebalance_core::protocol::ApiKey;
use rebalance_core::session::twins::{
    Change, MAX_MEMBERS, MAX_PARTITIONS, Run, Setup, Talk, Way, run, script,
};

const CHANGES: [(&str, Change); 4] = [
    ("join", Change::Join),
    ("leave", Change::Leave),
    ("crash", Change::Crash),
    ("grow", Change::Grow),
];
const WAYS: [Way; 3] = [Way::Eager, Way::Cooperative, Way::Consumer];
/// A little of what comes after the group has settled is shown too.
const AFTER_US: u64 = 600_000;

/// What the address says.
#[derive(Clone, Copy, PartialEq)]
struct Wanted {
    setup: Setup,
    /// 0: eager, 1: cooperative.
    left: usize,
    /// Signs of life and commits too.
    all: bool,
}

impl Wanted {
    /// What cannot be read is as it is at first.
    fn read(path: &str) -> Self {
        let mut parts = path.split('/');
        let mut number = |most: u32, plain: u32| {
            let read = parts.next().and_then(|p| p.parse().ok());
            read.filter(|n| (1..=most).contains(n)).unwrap_or(plain)
        };
        let (members, partitions) = (number(MAX_MEMBERS, 3), number(MAX_PARTITIONS, 6));
        let rest: Vec<&str> = parts.collect();
        let change = CHANGES.iter().find(|(name, _)| rest.contains(name));
        let preset = match rest.contains(&"kafka") {
            true => Preset::Kafka,
            false => Preset::Classroom,
        };
        Self {
            setup: Setup {
                members,
                partitions,
                change: change.map_or(Change::Join, |(_, c)| *c),
                preset,
            },
            left: usize::from(rest.contains(&"cooperative")),
            all: rest.contains(&"all"),
        }
    }

    fn change(self) -> usize {
        let found = CHANGES.iter().position(|(_, c)| *c == self.setup.change);
        found.unwrap_or(0)
    }

    fn href(self) -> String {
        let s = self.setup;
        let words = [
            CHANGES[self.change()].0,
            ["eager", "cooperative"][self.left],
            if s.preset == Preset::Kafka {
                "kafka"
            } else {
                "classroom"
            },
            if self.all { "all" } else { "news" },
        ];
        let path = format!("{}/{}/{}", s.members, s.partitions, words.join("/"));
        Route::Twins(path).hash()
    }
}

/// Properties of [`Twins`].
#[derive(Properties, PartialEq)]
pub struct TwinsProps {
    /// What the address says after the room's name.
    pub setup: String,
}

/// The room.
#[component]
pub fn Twins(p: &TwinsProps) -> Html {
    let prefs = use_prefs();
    let t = prefs.lang.twins();
    let wanted = Wanted::read(&p.setup);
    let runs = use_memo(wanted.setup, |setup| WAYS.map(|way| run(*setup, way).ok()));
    let picked = use_state_eq(|| None::<(usize, usize)>);
    use_effect_with(wanted, {
        let picked = picked.setter();
        move |_| picked.set(None)
    });
    let shown = [wanted.left, 2];
    let talks: Vec<Vec<(usize, Talk)>> = shown
        .iter()
        .map(|way| {
            runs[*way]
                .as_ref()
                .map(|r| seen(r, wanted.all))
                .unwrap_or_default()
        })
        .collect();
    let times = |of: &Vec<(usize, Talk)>| of.iter().map(|(_, talk)| talk.sent).collect();
    let axis = Axis::new(&talks.iter().map(times).collect::<Vec<Vec<u64>>>());
    let one = |at: usize| {
        let way = shown[at];
        let Some(run) = &runs[way] else {
            return html! {};
        };
        let pick = {
            let picked = picked.setter();
            Callback::from(move |talk: usize| picked.set(Some((way, talk))))
        };
        let chosen = picked.filter(|(w, _)| *w == way).map(|(_, talk)| talk);
        html! {
            <section class="card twin" data-test={format!("twin-{at}")}>
                <h3>{ t.ways[way] }<code class="quiet">{ t.settings[way] }</code></h3>
                { ladder(t, run, &talks[at], (&axis, at), chosen, &pick, t.ways[way]) }
            </section>
        }
    };
    let said = picked.and_then(|(way, at)| {
        let run = runs[way].as_ref()?;
        Some(said(t, run, run.talks.get(at)?))
    });
    html! {
        <div class="page lab-page twins-page">
            { header(t, &prefs) }
            <main class="twins" id="lab" tabindex="-1">
                <div class="twins-intro"><h2>{ t.title }</h2><p class="quiet">{ t.intro }</p></div>
                { controls(t, wanted) }
                { table(t, &runs, wanted) }
                <p class="twins-legend quiet"><span><i class="pause" />{ t.legend_pause }</span><span><i class="wait" />{ t.legend_wait }</span><span><i class="gap">{ "⋮" }</i>{ t.legend_gap }</span></p>
                if let Some(said) = said { <div class="twins-said" aria-live="polite" data-test="twin-said">{ said }</div> }
                else { <p class="quiet">{ t.pick }</p> }
                <div class="twins-pair">{ one(0) }{ one(1) }</div>
                <Start setup={wanted.setup} left={wanted.left} />
            </main>
        </div>
    }
}

/// The messages to be drawn, with their places in the run.
fn seen(run: &Run, all: bool) -> Vec<(usize, Talk)> {
    let until = run.settled + AFTER_US;
    let talks = run.talks.iter().enumerate();
    talks
        .filter(|(_, t)| (all || t.news) && t.sent <= until)
        .map(|(at, t)| (at, t.clone()))
        .collect()
}

/// `0.8 s`, from microseconds.
pub fn seconds(us: u64) -> String {
    let tenths = us / 10_000;
    match us {
        0..1_000_000 => format!("{} ms", us / 1_000),
        _ => format!("{}.{:02} s", tenths / 100, tenths % 100),
    }
}

fn choice(label: &'static str, of: Vec<(&'static str, Wanted, bool)>) -> Html {
    let one = |(name, to, here): &(&'static str, Wanted, bool)| {
        html! { <a class={classes!("btn", "small", here.then_some("on"))} href={to.href()} aria-current={here.then_some("true")}>{ *name }</a> }
    };
    html! { <div class="twins-choice"><span class="quiet">{ label }</span><span class="seg">{ for of.iter().map(one) }</span></div> }
}

fn counter(
    t: &TwinTexts,
    label: &'static str,
    value: u32,
    to: [Option<Wanted>; 2],
    test: &'static str,
) -> Html {
    let press = |at: usize, face: &'static str, name: &'static str| match &to[at] {
        Some(to) => {
            html! { <a class="btn small" href={to.href()} aria-label={format!("{label}: {name}")} data-test={format!("{test}-{at}")}>{ face }</a> }
        }
        None => html! { <span class="btn small off" aria-hidden="true">{ face }</span> },
    };
    html! { <div class="twins-choice"><span class="quiet">{ label }</span><span class="seg">{ press(0, "−", t.fewer) }<output class="mono">{ value }</output>{ press(1, "+", t.more) }</span></div> }
}

fn controls(t: &TwinTexts, w: Wanted) -> Html {
    let with = |change: &dyn Fn(&mut Wanted)| {
        let mut next = w;
        change(&mut next);
        next
    };
    let members = |n: u32| {
        (1..=MAX_MEMBERS)
            .contains(&n)
            .then(|| with(&|w| w.setup.members = n))
    };
    let partitions = |n: u32| {
        (1..=MAX_PARTITIONS)
            .contains(&n)
            .then(|| with(&|w| w.setup.partitions = n))
    };
    let (m, n) = (w.setup.members, w.setup.partitions);
    let changes = (0..4).map(|i| {
        (
            t.changes[i],
            with(&|w| w.setup.change = CHANGES[i].1),
            w.change() == i,
        )
    });
    let timings = [Preset::Classroom, Preset::Kafka].into_iter().enumerate();
    let timings = timings.map(|(i, preset)| {
        (
            t.timings[i],
            with(&|w| w.setup.preset = preset),
            w.setup.preset == preset,
        )
    });
    let lefts = (0..2).map(|i| (t.ways[i], with(&|w| w.left = i), w.left == i));
    let shows = [false, true].into_iter().enumerate();
    let shows = shows.map(|(i, all)| (t.shows[i], with(&|w| w.all = all), w.all == all));
    html! {
        <div class="card twins-controls">
            { choice(t.change, changes.collect()) }
            { choice(t.left, lefts.collect()) }
            { counter(t, t.members, m, [members(m - 1), members(m + 1)], "members") }
            { counter(t, t.partitions, n, [partitions(n - 1), partitions(n + 1)], "partitions") }
            { choice(t.timing, timings.collect()) }
            { choice(t.shown, shows.collect()) }
        </div>
    }
}

/// What each protocol made of it, in numbers.
fn table(t: &TwinTexts, runs: &[Option<Run>; 3], w: Wanted) -> Html {
    let pauses = |r: &Run| {
        let all = r.lanes.iter().flat_map(|l| &l.pauses);
        all.map(|p| p.length()).max()
    };
    let row = |name: &'static str, test: &'static str, value: &dyn Fn(&Run) -> String| {
        let cell = |(at, r): (usize, &Option<Run>)| {
            let text = r.as_ref().map(value).unwrap_or_default();
            let shown = at == w.left || at == 2;
            html! { <td key={at} class={classes!("mono", (!shown).then_some("quiet"))} data-test={format!("twin-{test}-{at}")}>{ text }</td> }
        };
        html! { <tr key={test}><th scope="row">{ name }</th>{ for runs.iter().enumerate().map(cell) }</tr> }
    };
    let span = |us: Option<u64>| us.map_or("–".to_string(), seconds);
    let head = |at: usize| html! { <th scope="col" key={at}>{ t.ways[at] }</th> };
    html! {
        <div class="card twins-table"><table>
            <thead><tr><td></td>{ for (0..3).map(head) }</tr></thead>
            <tbody>
                { row(t.settled, "settled", &|r| seconds(r.settled)) }
                { row(t.stood, "stood", &|r| {
                    let stood: Vec<&str> = r.lanes.iter().filter(|l| !l.pauses.is_empty()).map(|l| &*l.name).collect();
                    if stood.is_empty() { t.nobody.to_string() } else { stood.join(", ") }
                }) }
                { row(t.longest, "longest", &|r| span(pauses(r))) }
                { row(t.without, "without", &|r| if r.stopped.is_empty() { t.none.to_string() } else { r.stopped.len().to_string() }) }
                { row(t.unread, "unread", &|r| span(r.stopped.iter().map(|(_, s)| s.length()).max())) }
                { row(t.rebalances, "rebalances", &|r| r.rebalances.to_string()) }
                { row(t.rounds, "rounds", &|r| format!("{} + {}", r.count(ApiKey::JoinGroup), r.count(ApiKey::SyncGroup))) }
                { row(t.beats, "beats", &|r| (r.count(ApiKey::Heartbeat) + r.count(ApiKey::ConsumerGroupHeartbeat)).to_string()) }
            </tbody>
        </table></div>
    }
}

/// What a message says.
fn said(t: &TwinTexts, run: &Run, talk: &Talk) -> Html {
    let way = if talk.response { t.response } else { t.request };
    let field = |(name, value): &(&'static str, String)| {
        html! { <><dt>{ *name }</dt><dd><code class="breakable">{ value.clone() }</code></dd></> }
    };
    html! {
        <>
            <h4><code>{ talk.api.name() }</code>{ format!(" {way} · {} → {} · {}", run.names[talk.from], run.names[talk.to], seconds(talk.sent)) }
                if !talk.error.is_ok() { { " · " }<code class="error-name">{ talk.error.name() }</code> }</h4>
            if talk.fields.is_empty() { <p class="quiet">{ t.nothing }</p> } else { <dl>{ for talk.fields.iter().map(field) }</dl> }
        </>
    }
}

/// Properties of [`Start`].
#[derive(Properties, PartialEq)]
struct StartProps {
    setup: Setup,
    left: usize,
}

/// The scripts, to be read and taken along.
#[component]
fn Start(p: &StartProps) -> Html {
    let t = use_prefs().lang.twins();
    let text = |way: Way| {
        let lines = script(p.setup, way);
        lines
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    html! {
        <details class="card twins-script"><summary>{ t.script }</summary>
            <div class="twins-pair"><pre>{ text(WAYS[p.left]) }</pre><pre>{ text(Way::Consumer) }</pre></div>
        </details>
    }
}

/// The labs' header.
fn header(t: &TwinTexts, prefs: &PrefsContext) -> Html {
    let ways = [
        ("#/sandbox", t.cluster, "room-cluster", false),
        ("#/lab/assignors", t.assignors, "room-assignors", false),
        ("#/lab/keys", t.keys, "room-keys", false),
        ("#/lab/protocols", t.protocols, "room-protocols", true),
    ];
    room_header(t.rooms, &ways, prefs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let wanted = Wanted::read("4/12/crash/cooperative/kafka/all");
        assert_eq!(
            (wanted.setup.members, wanted.setup.partitions, wanted.left),
            (4, 12, 1)
        );
        assert!(
            wanted.all
                && wanted.setup.change == Change::Crash
                && wanted.setup.preset == Preset::Kafka
        );
        assert_eq!(
            wanted.href(),
            "#/lab/protocols/4/12/crash/cooperative/kafka/all"
        );
        let plain = Wanted::read("99/-1/nothing");
        assert_eq!(
            plain.href(),
            "#/lab/protocols/3/6/join/eager/classroom/news"
        );
    }

    #[test]
    fn times_are_short() {
        assert_eq!(
            [seconds(0), seconds(812_345), seconds(6_049_999)],
            ["0 ms", "812 ms", "6.04 s"]
        );
    }
}
