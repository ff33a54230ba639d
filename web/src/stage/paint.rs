//! Drawing messages: one canvas, the display's rate, positions from when a message left and when it will arrive.
//!
//! A filled shape carries records, a hollow one does not; a ring round it is an error; a lost message falls out of its
//! curve and fades.

use super::geometry::{Curve, Geometry, at};
use super::kinds::Kind;
use super::words::part_index;
use rebalance_core::id::{Name, NodeId};
use rebalance_core::protocol::{ApiKey, ErrorCode};
use rebalance_core::time::SimTime;
use rebalance_core::view::FlightView;
use web_sys::{CanvasRenderingContext2d, Path2d};

/// Half the size of a shape, in CSS pixels.
const HALF: f64 = 5.0;
/// Part of the way after which a lost message falls.
const FALL_AT: f64 = 0.55;

/// Colours as the theme has them now.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Colours {
    /// One a partition colour.
    pub parts: Vec<String>,
    /// Messages about no partition.
    pub ink: String,
    /// Errors and losses.
    pub bad: String,
    /// Behind the shapes.
    pub paper: String,
}

/// What the painter knows beside the messages themselves.
pub struct Scene {
    /// Where things are.
    pub geometry: Geometry,
    /// Colours.
    pub colours: Colours,
    /// Kinds that are not drawn.
    pub hidden: Vec<Kind>,
    /// The reader wants no motion: shapes stand in the middle of their way.
    pub still: bool,
    /// What the reader calls the clients.
    pub names: Vec<(NodeId, Name)>,
    drawn: Vec<Drawn>,
    shapes: Vec<Path2d>,
}

impl Scene {
    /// Nothing measured yet.
    pub fn new() -> Self {
        let shapes = Kind::ALL
            .iter()
            .filter_map(|k| Path2d::new_with_path_string(k.shape()).ok())
            .collect();
        Self {
            geometry: Geometry::default(),
            colours: Colours::default(),
            hidden: Vec::new(),
            still: false,
            names: Vec::new(),
            drawn: Vec::new(),
            shapes,
        }
    }

    /// Draws every message that is on its way at this instant.
    pub fn paint(
        &mut self,
        ctx: &CanvasRenderingContext2d,
        ratio: f64,
        now: SimTime,
        flights: &[FlightView],
    ) {
        let (left, top, right, bottom) = self.geometry.clip;
        let _ = ctx.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        self.drawn.clear();
        ctx.save();
        ctx.begin_path();
        ctx.rect(left, top, right - left, bottom - top);
        ctx.clip();
        for flight in flights {
            self.flight(ctx, ratio, now, flight);
        }
        ctx.restore();
    }

    fn flight(&mut self, ctx: &CanvasRenderingContext2d, ratio: f64, now: SimTime, f: &FlightView) {
        let kind = Kind::of(f);
        if now < f.sent || now > f.due || self.hidden.contains(&kind) {
            return;
        }
        let tp = f
            .partitions
            .first()
            .copied()
            .filter(|_| f.partitions.len() == 1);
        let (Some(a), Some(b)) = (self.geometry.spot(f.from, tp), self.geometry.spot(f.to, tp))
        else {
            return;
        };
        let curve = self.geometry.curve(a, b);
        let span = f.due.since(f.sent).0.max(1) as f64;
        let part = if self.still {
            0.5
        } else {
            now.since(f.sent).0 as f64 / span
        };
        let fallen = if f.lost {
            ((part - FALL_AT) / (1.0 - FALL_AT)).max(0.0)
        } else {
            0.0
        };
        let (x, y) = at(&curve, part.min(if f.lost { FALL_AT } else { 1.0 }));
        let y = y + fallen * fallen * 70.0;
        let bad = f.lost || !f.error.is_ok();
        let colour = match (bad && f.lost, f.partitions.first()) {
            (true, _) => &self.colours.bad,
            (_, Some(tp)) => self
                .colours
                .parts
                .get(part_index(*tp))
                .unwrap_or(&self.colours.ink),
            _ => &self.colours.ink,
        };
        self.trail(ctx, &curve, part, colour, fallen);
        ctx.set_global_alpha(1.0 - fallen);
        self.shape(ctx, ratio, kind, (x, y), colour, carries(f), bad);
        self.drawn.push(Drawn::new(x, y, f));
    }

    /// The way, faint, and the stretch just flown, less faint.
    fn trail(
        &self,
        ctx: &CanvasRenderingContext2d,
        c: &Curve,
        part: f64,
        colour: &str,
        fallen: f64,
    ) {
        ctx.set_stroke_style_str(colour);
        ctx.set_line_width(1.0);
        ctx.set_global_alpha(0.16 * (1.0 - fallen));
        ctx.begin_path();
        ctx.move_to(c[0].0, c[0].1);
        ctx.bezier_curve_to(c[1].0, c[1].1, c[2].0, c[2].1, c[3].0, c[3].1);
        ctx.stroke();
        if self.still || fallen > 0.0 {
            return;
        }
        ctx.set_global_alpha(0.45);
        ctx.set_line_width(2.0);
        ctx.begin_path();
        let tail = at(c, (part - 0.10).max(0.0));
        ctx.move_to(tail.0, tail.1);
        for step in 1..=3 {
            let p = at(c, (part - 0.10 + 0.10 * f64::from(step) / 3.0).max(0.0));
            ctx.line_to(p.0, p.1);
        }
        ctx.stroke();
    }

    #[allow(clippy::too_many_arguments)]
    fn shape(
        &self,
        ctx: &CanvasRenderingContext2d,
        ratio: f64,
        kind: Kind,
        (x, y): (f64, f64),
        colour: &str,
        filled: bool,
        bad: bool,
    ) {
        let Some(path) = self.shapes.get(kind.index()) else {
            return;
        };
        let scale = HALF / 7.0 * self.geometry.zoom.max(1.0);
        let k = ratio * scale;
        let _ = ctx.set_transform(
            k,
            0.0,
            0.0,
            k,
            ratio * (x - 8.0 * scale),
            ratio * (y - 8.0 * scale),
        );
        ctx.set_line_width(if filled { 3.0 } else { 2.4 });
        ctx.set_stroke_style_str(if filled { &self.colours.paper } else { colour });
        ctx.set_fill_style_str(if filled { colour } else { &self.colours.paper });
        if filled {
            ctx.stroke_with_path(path);
            ctx.fill_with_path_2d(path);
        } else {
            ctx.fill_with_path_2d(path);
            ctx.stroke_with_path(path);
        }
        let _ = ctx.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        if bad {
            ctx.set_stroke_style_str(&self.colours.bad);
            ctx.set_line_width(1.5);
            ctx.begin_path();
            let _ = ctx.arc(x, y, HALF + 3.5, 0.0, std::f64::consts::TAU);
            ctx.stroke();
        }
        ctx.set_global_alpha(1.0);
    }

    /// The message drawn nearest to a point, if one is near: its journal entry, and what it is in Kafka's words.
    pub fn nearest(&self, x: f64, y: f64) -> Option<(u32, String)> {
        let distance = |d: &&Drawn| (d.x - x).powi(2) + (d.y - y).powi(2);
        let near = self
            .drawn
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(&near) < 180.0).then(|| (near.entry, self.describe(near)))
    }

    fn describe(&self, d: &Drawn) -> String {
        let way = if d.response { "response" } else { "request" };
        let error = if d.error.is_ok() {
            String::new()
        } else {
            format!(" · {}", d.error.name())
        };
        let lost = if d.lost { " ✕" } else { "" };
        format!(
            "{} {way}  {} → {}{error}{lost}",
            d.api.name(),
            self.name(d.from),
            self.name(d.to)
        )
    }

    fn name(&self, n: NodeId) -> String {
        match n {
            NodeId::Broker(b) => format!("broker {b}"),
            NodeId::Controller(c) => format!("controller {c}"),
            NodeId::Client(_) => self
                .names
                .iter()
                .find(|(node, _)| *node == n)
                .map_or("?".to_owned(), |(_, name)| name.to_string()),
            NodeId::Admin => "admin".to_owned(),
        }
    }
}

/// A message where it was drawn last.
#[derive(Clone, Copy)]
struct Drawn {
    x: f64,
    y: f64,
    entry: u32,
    from: NodeId,
    to: NodeId,
    api: ApiKey,
    response: bool,
    error: ErrorCode,
    lost: bool,
}

impl Drawn {
    fn new(x: f64, y: f64, f: &FlightView) -> Self {
        Self {
            x,
            y,
            entry: f.entry,
            from: f.from,
            to: f.to,
            api: f.api,
            response: f.response,
            error: f.error,
            lost: f.lost,
        }
    }
}

/// Whether a message has records in it.
fn carries(f: &FlightView) -> bool {
    let records = matches!(
        (f.api, f.response),
        (ApiKey::Produce, false) | (ApiKey::Fetch, true)
    );
    records && !f.partitions.is_empty()
}
