//! The metrics as small multiples: one row for the cluster, one for each group, all over the same stretch of time.
//!
//! Pointing at an instant shows what every curve said then; a click goes there. What comes after now (one has gone back) is
//! veiled; thin lines are the timeline's marks, so that a bend stands beside its reason. Samples come from the session twice
//! a second; here they are put together to at most [`COLUMNS`] columns: the highest of a gauge, the mean of a rate.

use crate::dom::number::px;
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::i18n::metrics::{self as words, say};
use crate::session::{MarkKind, Metrics, Quantity, use_dispatch, use_snapshot};
use crate::state::use_prefs;
use rebalance_core::time::{Duration, SimTime};
use std::fmt::Write;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// Columns of a curve, at most.
const COLUMNS: usize = 150;

/// Longer histories show this much around now.
const SPAN: Duration = Duration::secs(300);

/// Height of a curve in its own units.
const HEIGHT: u32 = 40;

/// The panel.
#[component]
pub fn MetricsPanel() -> Html {
    let lang = use_prefs().lang;
    let (s, dispatch) = (use_snapshot(), use_dispatch());
    let pointed = use_state(|| None::<SimTime>);
    let window = Window::around(s.view.now, s.end, dispatch.with(|s| s.start()));
    let metrics = dispatch.with(|s| Metrics::read(s, window.from, window.to, COLUMNS));
    let Some(metrics) = metrics else {
        return html! { <div class="metrics"><p class="quiet">{ say(lang, words::NOTHING) }</p></div> };
    };
    let at = pointed.unwrap_or(s.view.now).min(s.end);
    let marks = s.marks.iter().filter(|m| m.kind >= MarkKind::Group);
    let marks: Rc<str> = marks
        .filter_map(|m| window.place(m.at))
        .fold(String::new(), |mut d, x| {
            let _ = write!(d, "M{} 0V{HEIGHT}", px(x));
            d
        })
        .into();
    let room = Room {
        lang,
        window,
        at,
        now: s.view.now,
        marks,
    };
    let place = move |e: &MouseEvent| {
        let chart = e
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())?;
        let area = chart.get_bounding_client_rect();
        Some(window.instant((f64::from(e.client_x()) - area.left()) / area.width().max(1.0)))
    };
    let follow = {
        let pointed = pointed.clone();
        Callback::from(move |e: MouseEvent| pointed.set(place(&e)))
    };
    let go = {
        let end = s.end;
        Callback::from(move |e: MouseEvent| {
            if let Some(at) = place(&e) {
                dispatch.seek(at.min(end))
            }
        })
    };
    let left = move |_: MouseEvent| pointed.set(None);
    let row = |title: Html, test: &str, curves: &[(Quantity, Vec<Option<f64>>)]| {
        html! {
            <section class="gauges" data-test={format!("metrics-{test}")}>
                <h3>{ title }</h3>
                <div class="curves">{ for curves.iter().map(|(what, values)| room.curve(test, *what, values, &follow, &go)) }</div>
            </section>
        }
    };
    html! {
        <div class="metrics" tabindex="0" onmouseleave={left}>
            { row(html! { <>{ say(lang, words::CLUSTER) }<time data-test="metrics-at">{ at.to_string() }</time></> }, "cluster", &metrics.cluster) }
            { for metrics.groups.iter().map(|(name, curves)| row(html! { <code>{ name.to_string() }</code> }, name, curves)) }
        </div>
    }
}

/// The stretch of time that all curves show.
#[derive(Clone, Copy)]
struct Window {
    from: SimTime,
    to: SimTime,
}

impl Window {
    fn around(now: SimTime, end: SimTime, start: SimTime) -> Self {
        let half = Duration(SPAN.0 / 2);
        let to = end.min(now + half).max(start + SPAN).min(end);
        let from = if to.since(start) > SPAN {
            to - SPAN
        } else {
            start
        };
        Self { from, to }
    }

    fn share(&self, at: SimTime) -> f64 {
        at.since(self.from).0 as f64 / self.to.since(self.from).0.max(1) as f64
    }

    /// Where an instant stands, in columns.
    fn place(&self, at: SimTime) -> Option<f64> {
        (at >= self.from && at <= self.to).then(|| self.share(at) * COLUMNS as f64)
    }

    fn instant(&self, share: f64) -> SimTime {
        let span = self.to.since(self.from).0 as f64;
        self.from + Duration((span * share.clamp(0.0, 1.0)) as u64)
    }

    fn column(&self, at: SimTime) -> usize {
        ((self.share(at) * COLUMNS as f64) as usize).min(COLUMNS - 1)
    }
}

/// What all curves share.
struct Room {
    lang: Lang,
    window: Window,
    /// The instant whose values are told.
    at: SimTime,
    now: SimTime,
    marks: Rc<str>,
}

impl Room {
    fn curve(
        &self,
        row: &str,
        what: Quantity,
        values: &[Option<f64>],
        follow: &Callback<MouseEvent>,
        go: &Callback<MouseEvent>,
    ) -> Html {
        let Self { lang, window, .. } = *self;
        let highest = values.iter().flatten().copied().fold(0.0, f64::max);
        let (line, area) = paths(values, highest.max(what.least()));
        let told = values[..=window.column(self.at)].last().copied().flatten();
        let value = told.map_or_else(|| "–".into(), |v| words::value(lang, what, v));
        let top = words::value(lang, what, highest);
        let class = classes!(
            "curve",
            what.grave().then_some("grave"),
            (what.grave() && highest > 0.0).then_some("trouble")
        );
        let veil = window.share(self.now) * COLUMNS as f64;
        let cursor = window.share(self.at) * COLUMNS as f64;
        html! {
            <figure class={class} data-test={format!("curve-{row}-{}", what.id())} data-value={told.map_or_else(String::new, px)}>
                <figcaption title={words::about(lang, what)}><span>{ words::name(lang, what) }</span><b>{ value.clone() }</b></figcaption>
                <svg viewBox={format!("0 0 {COLUMNS} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={words::summary(lang, what, &value, &top)}
                    onmousemove={follow} onclick={go}>
                    <path class="marks" d={self.marks.to_string()} />
                    <path class="area" d={area} />
                    <path class="line" d={line} />
                    <rect class="veil" x={px(veil)} y="0" width={px((COLUMNS as f64 - veil).max(0.0))} height={HEIGHT.to_string()} />
                    <path class="cursor" d={format!("M{} 0V{HEIGHT}", px(cursor))} />
                </svg>
                <small>{ words::highest(lang, &top) }</small>
            </figure>
        }
    }
}

/// The line, and the area under it. Where there is no value there is a gap.
fn paths(values: &[Option<f64>], top: f64) -> (String, String) {
    let (mut line, mut area) = (String::new(), String::new());
    let mut begun = false;
    for (i, value) in values.iter().enumerate() {
        let place = |v: f64| {
            let height = f64::from(HEIGHT);
            format!("{i}.5 {}", px(height - 1.0 - v / top * (height - 4.0)))
        };
        match value {
            Some(v) => {
                let place = place(*v);
                if !begun {
                    let _ = write!(line, "M{place}");
                    let _ = write!(area, "M{i}.5 {HEIGHT}L{place}");
                    begun = true;
                } else {
                    let _ = write!(line, "L{place}");
                    let _ = write!(area, "L{place}");
                }
            }
            None => {
                if std::mem::take(&mut begun) {
                    let _ = write!(area, "L{}.5 {HEIGHT}Z", i - 1);
                    // A single sample between two gaps is a point.
                    line.push_str("h.1");
                }
            }
        }
    }
    if begun {
        let _ = write!(area, "L{}.5 {HEIGHT}Z", values.len() - 1);
    }
    (line, area)
}
