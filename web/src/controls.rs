//! Time and the page's own switches: the header with the transport, and the timeline.

use crate::components::{Button, Icon, Logo, Menu, lang_and_theme};
use crate::dom::page::*;
use crate::futures;
use crate::i18n::Lang;
use crate::outline::toggle_outline;
use crate::part::Late;
use crate::rooms::Room;
use crate::route::Route;
use crate::session::{Dispatch, Mark, MarkKind, SPEEDS, Snapshot, use_dispatch, use_snapshot};
use crate::share;
use crate::stage::Legend;
use crate::state::{Dialog, UiAction, use_lang, use_prefs, use_ui};
use rebalance_core::config::Preset;
use rebalance_core::time::SimTime;
use wasm_bindgen::JsCast;

/// Properties of [`Header`].
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// The cluster is a lesson's.
    pub lesson: bool,
}

/// The line at the top.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let (t, s) = (use_lang(), use_snapshot());
    let in_full = {
        let d = use_dispatch();
        // The link is made when it is wanted: of the moment that is seen then.
        move |e: MouseEvent| {
            let link = e
                .target()
                .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
            if let (Some(link), Some(data)) = (link, share::encode(&d.with(share::script_of))) {
                let _ = link.set_attribute("href", &format!("./{}", Route::Shared(data).hash()));
            }
        }
    };
    let (preset, why) = match s.view.preset {
        Preset::Classroom => (t.app().preset_classroom, t.app().preset_classroom_why),
        Preset::Kafka => (t.app().preset_kafka, t.app().preset_kafka_why),
    };
    html! {
        <header class="header">
            <div class="side">
                <h1 class="brand"><Logo /><span class="name">{ "Rebalance" }</span></h1>
                <span class="chip preset" title={why} data-test="preset">{ preset }</span>
            </div>
            <Transport />
            <div class="side end"><Switches lesson={props.lesson} /></div>
            <a class="btn quiet-btn full" target="_blank" rel="noopener" href="./#/sandbox" onclick={in_full} data-test="open-full">{ t.app().open_full }</a>
            <div role="alert">if s.refused.is_some() { <Late room={Room::Refused} /> }</div>
        </header>
    }
}

/// Lessons, new cluster, share, help, language, theme.
#[component]
fn Switches(props: &HeaderProps) -> Html {
    let (t, prefs, ui) = (use_lang(), use_prefs(), use_ui());
    let open = |dialog: Dialog| {
        let ui = ui.clone();
        Callback::from(move |()| ui.dispatch(UiAction::Open(dialog.clone())))
    };
    let outline = {
        let ui = ui.dispatcher();
        Callback::from(move |()| toggle_outline(&ui))
    };
    html! {
        <>
            if props.lesson {
                <a class="btn quiet-btn" href="#/sandbox" title={t.app().leave} data-test="to-sandbox">{ t.app().cluster }</a>
            } else {
                <Button label={t.app().new_cluster} class="quiet-btn wide-only" test="new-cluster" onclick={open(Dialog::NewCluster)} />
                <a class="btn learn" href="#/lessons" title={t.app().learn_why} data-test="learn">{ t.app().learn }</a>
            }
            <a class="btn quiet-btn" href="#/lab/assignors" title={t.app().labs_why} data-test="labs">{ t.app().labs }</a>
            <Button label={t.app().share} icon={Icon::Share} test="share" onclick={open(Dialog::Share)} />
            { lang_and_theme(&prefs) }
            <Button label={t.app().help} icon={Icon::Help} only=true class="quiet-btn" test="help" onclick={open(Dialog::Help)} />
            <Menu label={t.controls().more_actions} test="more">
                <Button label={t.app().new_cluster} icon={Icon::Plus} test="menu-new-cluster" onclick={open(Dialog::NewCluster)} />
                <Button label={if ui.outline { t.controls().to_stage } else { t.controls().outline }} icon={Icon::Group} test="menu-outline" onclick={outline} />
                <Button label={t.app().help} icon={Icon::Help} test="menu-help" onclick={open(Dialog::Help)} />
            </Menu>
        </>
    }
}

/// Reset, back, play, step, next, clock, speed.
#[component]
fn Transport() -> Html {
    let (t, s, d) = (use_lang(), use_snapshot(), use_dispatch());
    let c = t.controls();
    let (play, icon) = if s.playing {
        (c.pause, Icon::Pause)
    } else {
        (c.play, Icon::Play)
    };
    let past = s.view.now < s.end;
    let speed = {
        let d = d.clone();
        Callback::from(move |e: Event| choose_speed(&e, &d))
    };
    html! {
        <div class="transport" role="toolbar" aria-label={c.transport} data-test="transport" data-state={if s.playing { "playing" } else { "paused" }}>
            <Button label={c.reset} icon={Icon::Reset} only=true title={c.reset_why} test="reset" onclick={run(&d, Dispatch::reset)} />
            <Button label={c.back} icon={Icon::Back} title={c.back_why} test="back" onclick={run(&d, Dispatch::back)} />
            <Button label={play} {icon} class="primary" title={c.play_why} test="play" onclick={run(&d, Dispatch::toggle_play)} />
            <Button label={c.step} icon={Icon::Step} title={c.step_why} test="step" onclick={run(&d, Dispatch::step)} />
            <Button label={c.next} icon={Icon::Next} title={c.next_why} test="next" onclick={run(&d, Dispatch::next)} />
            <output aria-live="off" class={classes!("clock", past.then_some("past"))} data-test="clock" title={if past { c.in_the_past } else { c.clock }}>{ s.view.now.to_string() }</output>
            <select aria-label={c.speed} title={c.speed} data-test="speed" onchange={speed}>
                { for SPEEDS.iter().map(|x| html! { <option value={x.to_string()} selected={*x == s.speed}>{ speed_text(*x) }</option> }) }
            </select>
            if s.behind { <span class="behind" data-test="behind" title={c.behind_why}>{ c.behind }</span> }
        </div>
    }
}

fn choose_speed(e: &Event, d: &Dispatch) {
    let select = e
        .target()
        .and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok());
    if let Some(speed) = select.and_then(|s| s.value().parse().ok()) {
        d.speed(speed);
    }
}

/// `1/10×` to `100×`.
fn speed_text(milli: u32) -> String {
    if milli >= 1_000 {
        format!("{}×", milli / 1_000)
    } else {
        format!("1/{}×", 1_000 / milli)
    }
}

/// A button's work on the dispatcher.
fn run(d: &Dispatch, work: fn(&Dispatch)) -> Callback<()> {
    let d = d.clone();
    Callback::from(move |()| work(&d))
}

/// The line under the stage: what happened when, where we are, and the futures there are.
#[component]
pub fn Timeline() -> Html {
    let (t, s, d, ui) = (use_lang(), use_snapshot(), use_dispatch(), use_ui());
    let axis = axis_us(s.end.0);
    let percent = |at: SimTime| percent(at.0, axis);
    let seek = {
        let (d, end) = (d.clone(), s.end);
        Callback::from(move |e: InputEvent| {
            let input = e
                .target()
                .and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
            if let Some(ms) = input.and_then(|i| i.value().parse::<u64>().ok()) {
                d.seek(SimTime(ms * 1_000).min(end));
            }
        })
    };
    html! {
        <section class="timeline" data-test="timeline" aria-label={t.controls().timeline} data-end={s.end.0.to_string()}>
            <div class="row">
                <Button label={t.controls().undo} icon={Icon::Undo} only=true class="small quiet-btn" title={t.controls().undo_why} test="undo" onclick={run(&d, Dispatch::undo)} />
                <Button label={t.controls().redo} icon={Icon::Redo} only=true class="small quiet-btn" title={t.controls().redo_why} test="redo" disabled={!s.can_redo} onclick={run(&d, Dispatch::redo)} />
                <Button label={t.controls().bookmark} icon={Icon::Flag} only=true class="small quiet-btn" title={t.controls().bookmark_why} test="bookmark" onclick={futures::opener(&ui, Dialog::Bookmarks)} />
                { futures::chips(&s, t, &d, futures::opener(&ui, Dialog::Futures)) }<span class="grow" /><Legend />
            </div>
            <div class="track">
                <span class="rail" />
                <span class="future" style={format!("width:{}", percent(s.end))} />
                <span class="past" style={format!("width:{}", percent(s.view.now))} />
                <input type="range" min="0" max={(axis / 1_000).to_string()} step="100" value={(s.view.now.0 / 1_000).to_string()} oninput={seek}
                    aria-label={t.controls().timeline} aria-valuetext={s.view.now.to_string()} data-test="scrub" />
                <>{ for grouped(&s.marks, axis).into_iter().map(|(m, n)| mark(&m, n, &percent(m.at), &s, t, &d)) }</>
                { futures::flags(&s, percent, &d) }
                <span class="head" style={format!("left:{}", percent(s.view.now))} />
            </div>
        </section>
    }
}

/// A part of a whole, for a style: hundredths with two digits behind the point.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = part.saturating_mul(10_000) / whole.max(1);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The end of the axis, in microseconds: a round time after the end, so that marks seldom move.
fn axis_us(end: u64) -> u64 {
    const STEPS_S: [u64; 10] = [30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400];
    let fits = STEPS_S
        .iter()
        .map(|s| s * 1_000_000)
        .find(|axis| end * 51 / 50 < *axis);
    fits.unwrap_or(end / 10 * 11)
}

/// Marks with those that would cover each other taken together; the gravest one stands for them.
fn grouped(marks: &[Mark], axis: u64) -> Vec<(Mark, usize)> {
    let near = axis / 80;
    let mut out: Vec<(Mark, usize)> = Vec::new();
    let mut began = SimTime::ZERO;
    for m in marks {
        match out.last_mut() {
            Some((last, n)) if m.at.since(began).0 < near => {
                if m.kind > last.kind {
                    *last = *m;
                }
                *n += 1;
            }
            _ => {
                began = m.at;
                out.push((*m, 1));
            }
        }
    }
    out
}

fn mark(m: &Mark, count: usize, left: &str, s: &Snapshot, t: Lang, d: &Dispatch) -> Html {
    let (class, icon, word) = match m.kind {
        MarkKind::Other => ("", Icon::Running, t.controls().mark_other),
        MarkKind::Group => ("group", Icon::Group, t.controls().mark_group),
        MarkKind::Election => ("elect", Icon::Crown, t.controls().mark_election),
        MarkKind::Error => ("error", Icon::Warn, t.controls().mark_error),
        MarkKind::Crash => ("crash", Icon::Cross, t.controls().mark_crash),
        MarkKind::Broken => ("broken", Icon::Bolt, t.controls().mark_broken),
    };
    let onclick = {
        let (d, at) = (d.clone(), m.at);
        move |_: MouseEvent| d.seek(at)
    };
    let more = if count > 1 {
        format!(" +{}", count - 1)
    } else {
        String::new()
    };
    let label = format!("{} {word}{more}", m.at);
    html! {
        <button key={m.id} class={classes!("mark", class, (m.at > s.view.now).then_some("after"))} style={format!("left:{left}")} title={label.clone()} aria-label={label} {onclick} tabindex="-1">{ icon.html() }</button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_read_as_people_say_them() {
        assert_eq!(speed_text(100), "1/10×");
        assert_eq!(speed_text(100_000), "100×");
    }

    #[test]
    fn parts_are_written_without_floats() {
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(30_000_000, 30_000_000), "100.00%");
    }

    #[test]
    fn the_axis_is_round_and_leaves_room() {
        assert_eq!(axis_us(8_000_000), 30_000_000);
        assert_eq!(axis_us(30_000_000), 60_000_000);
        assert!(axis_us(90_000_000_000) > 90_000_000_000);
    }

    #[test]
    fn marks_that_would_overlap_are_one() {
        let mark = |s: u64, kind| Mark {
            at: SimTime(s * 1_000),
            id: s as u32,
            kind,
        };
        let marks = [
            mark(1_000, MarkKind::Group),
            mark(1_100, MarkKind::Crash),
            mark(9_000, MarkKind::Group),
        ];
        let found = grouped(&marks, 30_000_000);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].0.kind, found[0].1), (MarkKind::Crash, 2));
    }
}
