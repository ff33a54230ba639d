//! One ladder: a lifeline for each member and broker, an arrow for each message, a shade where a member stands still.

use super::axis::Axis;
use super::seconds;
use crate::dom::number::px;
use crate::dom::page::*;
use crate::i18n::TwinTexts;
use rebalance_core::session::twins::{Lane, Run, Stretch, Talk};

/// Pixels left of the first lifeline, for the time.
const LEFT: f64 = 100.0;
/// Pixels between two lifelines.
const LANE: f64 = 96.0;
/// Pixels above the first message, for the names.
const TOP: f64 = 58.0;
/// Pixels below the last one.
const BOTTOM: f64 = 46.0;

fn x(lane: usize) -> f64 {
    LEFT + LANE * lane as f64
}

/// Draws a run.
pub fn ladder(
    t: &TwinTexts,
    run: &Run,
    talks: &[(usize, Talk)],
    (axis, column): (&Axis, usize),
    chosen: Option<usize>,
    pick: &Callback<usize>,
    way: &str,
) -> Html {
    let width = LEFT + LANE * run.names.len() as f64 - 40.0;
    let height = TOP + axis.end() + BOTTOM;
    let y = |time: u64| TOP + axis.at(time);
    let settled = y(run.settled);
    let gap = |(at, us): &(f64, u64)| {
        html! { <text class="when" x="8" y={px(TOP + at)}>{ format!("⋮ {}", seconds(*us)) }</text> }
    };
    html! {
        <div class="twin-scroll" tabindex="0" role="region" aria-label={(t.ladder)(way)}>
            <svg class="twin-ladder" width={px(width)} height={px(height)} viewBox={format!("0 0 {} {}", px(width), px(height))} role="group" aria-label={(t.ladder)(way)}>
                { for run.names.iter().enumerate().map(|(at, name)| lifeline(t, at, name, run.lanes.get(at), height, &y)) }
                <line class="settled" x1="8" x2={px(width - 8.0)} y1={px(settled)} y2={px(settled)} />
                <text class="when" x="8" y={px(settled + 13.0)}>{ format!("✓ {}", seconds(run.settled)) }</text>
                { for axis.gaps.iter().map(gap) }
                { for talks.iter().zip(&axis.heights[column]).map(|((at, talk), from)| {
                    let to = y(talk.due).max(TOP + from + 3.0);
                    arrow(t, run, (*at, talk), (TOP + from, to), chosen == Some(*at), pick)
                }) }
            </svg>
        </div>
    }
}

/// A lifeline with its name, and what its member went through.
fn lifeline(
    t: &TwinTexts,
    at: usize,
    name: &str,
    lane: Option<&Lane>,
    height: f64,
    y: &dyn Fn(u64) -> f64,
) -> Html {
    let x = x(at);
    let end = lane.and_then(|l| l.gone).map_or(height - BOTTOM / 2.0, y);
    let shade = |class: &'static str, words: fn(&str) -> String| {
        move |s: &Stretch| {
            let (from, to) = (y(s.from), y(s.to));
            let title = words(&seconds(s.length()));
            html! { <rect {class} x={px(x - 8.0)} width="16" y={px(from)} height={px((to - from).max(2.0))} rx="4"><title>{ title }</title></rect> }
        }
    };
    let total = |of: &[Stretch]| of.iter().map(|s| s.length()).sum::<u64>();
    let note = lane.and_then(|l| {
        if l.gone.is_some() {
            Some(t.gone.to_string())
        } else if !l.pauses.is_empty() {
            Some(format!("❚❚ {}", seconds(total(&l.pauses))))
        } else if !l.waits.is_empty() {
            Some(format!("⋯ {}", seconds(total(&l.waits))))
        } else {
            None
        }
    });
    html! {
        <g key={name.to_string()}>
            <text class="name" x={px(x)} y="20" text-anchor="middle">{ name.to_string() }</text>
            if let Some(note) = note { <text class="note" x={px(x)} y="36" text-anchor="middle">{ note }</text> }
            <line class="life" x1={px(x)} x2={px(x)} y1={px(TOP - 14.0)} y2={px(end)} />
            if let Some(lane) = lane {
                { for lane.pauses.iter().map(shade("pause", t.paused)) }
                { for lane.waits.iter().map(shade("wait", t.waited)) }
                if lane.gone.is_some() { <text class="end" x={px(x)} y={px(end + 5.0)} text-anchor="middle">{ "✕" }</text> }
            }
        </g>
    }
}

/// A message.
fn arrow(
    t: &TwinTexts,
    run: &Run,
    (at, talk): (usize, &Talk),
    (y1, y2): (f64, f64),
    chosen: bool,
    pick: &Callback<usize>,
) -> Html {
    let (x1, x2) = (x(talk.from), x(talk.to));
    let way = if x2 > x1 { 1.0 } else { -1.0 };
    let head = format!("M{} {}l{} -3.5v7z", px(x2), px(y2), px(-7.0 * way));
    let mut words = talk.api.name().to_string();
    if let Some(generation) = talk.generation {
        words += &format!(" · {generation}");
    }
    if !talk.error.is_ok() {
        words += &format!(" {}", talk.error.name());
    }
    let title = format!(
        "{words} · {} · {} → {}",
        if talk.response { t.response } else { t.request },
        run.names[talk.from],
        run.names[talk.to]
    );
    // The words stand near the sender, where nobody else's arrow begins at that instant.
    let anchor = if way > 0.0 { "start" } else { "end" };
    let onclick = {
        let pick = pick.clone();
        move |_: MouseEvent| pick.emit(at)
    };
    let onkeydown = {
        let pick = pick.clone();
        move |e: KeyboardEvent| {
            if matches!(e.key().as_str(), "Enter" | " ") {
                e.prevent_default();
                pick.emit(at);
            }
        }
    };
    let class = classes!(
        "talk",
        talk.response.then_some("response"),
        (!talk.error.is_ok()).then_some("failed"),
        (!talk.news).then_some("faint"),
        chosen.then_some("chosen"),
    );
    html! {
        <g key={at} {class} role="button" tabindex="0" aria-label={title.clone()} {onclick} {onkeydown}>
            <title>{ title }</title>
            <line class="hit" x1={px(x1)} y1={px(y1)} x2={px(x2)} y2={px(y2)} />
            <line class="shaft" x1={px(x1)} y1={px(y1)} x2={px(x2)} y2={px(y2)} />
            <path d={head} />
            <text x={px(x1 + 12.0 * way)} y={px(y1 + 3.5)} text-anchor={anchor}>{ words }</text>
        </g>
    }
}
