//! Drawing messages: one canvas, the display's rate, positions from when a message left and when it will arrive.
//!
//! A filled shape carries records, a hollow one does not; a ring round it is an error; a lost message falls out of its
//! curve and fades.

use super::geometry::{Curve, Geometry, at};
use super::kinds::Kind;
use super::words::part_index;
use rebalance_core::id::{Name, NodeId, TopicPartition};
use rebalance_core::protocol::{ApiKey, ErrorCode};
use rebalance_core::time::SimTime;
use rebalance_core::view::FlightView;
use web_sys::{CanvasRenderingContext2d, Path2d};

/// Half the size of a shape, in CSS pixels.
const HALF: f64 = 5.0;
/// Part of the way after which a lost message falls.
const FALL_AT: f64 = 0.55;
/// How far it falls, in CSS pixels.
const FALL: f64 = 70.0;

/// The colours: eight for partitions, then these.
const INK: usize = 8;
const BAD: usize = 9;
const COLOURS: usize = 10;

/// A message on its way.
struct Flying {
    curve: Curve,
    /// Part of the way flown.
    part: f64,
    /// Part of its fall, if it is lost.
    fallen: f64,
    at: (f64, f64),
    kind: Kind,
    colour: usize,
    /// It carries records.
    filled: bool,
    /// An error, or lost.
    bad: bool,
}

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
    /// Something moved: the page has to be measured before anything is drawn.
    pub moved: bool,
    /// By scrolling or resizing: that has to be at once.
    pub scrolled: bool,
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
            moved: true,
            scrolled: true,
            drawn: Vec::new(),
            shapes,
        }
    }

    /// Draws every message that is on its way at this instant and in sight: first all ways, then all shapes, those of one
    /// colour together, because telling the canvas a colour takes longer than drawing with it.
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
        let mut flying = Vec::with_capacity(flights.len());
        for flight in flights {
            flying.extend(self.flight(now, flight));
        }
        for colour in 0..COLOURS {
            self.trails(ctx, colour, &flying);
        }
        for colour in 0..COLOURS {
            for filled in [true, false] {
                self.shapes(ctx, ratio, (colour, filled), &flying);
            }
        }
        ctx.restore();
    }

    /// Where a message is, if it is in sight.
    fn flight(&mut self, now: SimTime, f: &FlightView) -> Option<Flying> {
        let kind = Kind::of(f);
        if now < f.sent || now > f.due || self.hidden.contains(&kind) {
            return None;
        }
        let only = |_: &TopicPartition| f.partitions.len() == 1;
        let tp = f.partitions.first().copied().filter(only);
        let (a, b) = (
            self.geometry.spot(f.from, tp)?,
            self.geometry.spot(f.to, tp)?,
        );
        let (_, top, _, bottom) = self.geometry.clip;
        if a.y.max(b.y) < top - FALL || a.y.min(b.y) > bottom + HALF * 2.0 {
            return None;
        }
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
        let y = y + fallen * fallen * FALL;
        let colour = match f.partitions.first() {
            _ if f.lost => BAD,
            Some(tp) => part_index(*tp),
            None => INK,
        };
        self.drawn.push(Drawn::new(x, y, f));
        Some(Flying {
            curve,
            part,
            fallen,
            at: (x, y),
            kind,
            colour,
            filled: carries(f),
            bad: f.lost || !f.error.is_ok(),
        })
    }

    fn colour(&self, colour: usize) -> &str {
        match colour {
            BAD => &self.colours.bad,
            INK => &self.colours.ink,
            part => self.colours.parts.get(part).unwrap_or(&self.colours.ink),
        }
    }

    /// The ways in one colour, faint, and the stretches just flown, less faint.
    fn trails(&self, ctx: &CanvasRenderingContext2d, colour: usize, flying: &[Flying]) {
        let ours = || flying.iter().filter(|f| f.colour == colour);
        if ours().next().is_none() {
            return;
        }
        let way = |c: &Curve| {
            ctx.move_to(c[0].0, c[0].1);
            ctx.bezier_curve_to(c[1].0, c[1].1, c[2].0, c[2].1, c[3].0, c[3].1);
        };
        ctx.set_stroke_style_str(self.colour(colour));
        ctx.set_line_width(1.0);
        ctx.set_global_alpha(0.16);
        ctx.begin_path();
        let steady = || ours().filter(|f| f.fallen == 0.0);
        steady().for_each(|f| way(&f.curve));
        ctx.stroke();
        for f in ours().filter(|f| f.fallen > 0.0) {
            ctx.set_global_alpha(0.16 * (1.0 - f.fallen));
            ctx.begin_path();
            way(&f.curve);
            ctx.stroke();
        }
        if self.still {
            return;
        }
        ctx.set_global_alpha(0.45);
        ctx.set_line_width(2.0);
        ctx.begin_path();
        for f in steady() {
            let before = |part: f64| at(&f.curve, (f.part - part).max(0.0));
            let tail = before(0.10);
            ctx.move_to(tail.0, tail.1);
            for step in 1..=3 {
                let p = before(0.10 - 0.10 * f64::from(step) / 3.0);
                ctx.line_to(p.0, p.1);
            }
        }
        ctx.stroke();
    }

    /// The shapes in one colour, filled or hollow.
    fn shapes(
        &self,
        ctx: &CanvasRenderingContext2d,
        ratio: f64,
        look: (usize, bool),
        flying: &[Flying],
    ) {
        let mut ours = flying
            .iter()
            .filter(|f| (f.colour, f.filled) == look)
            .peekable();
        if ours.peek().is_none() {
            return;
        }
        let (colour, filled) = (self.colour(look.0), look.1);
        let scale = HALF / 7.0 * self.geometry.zoom.max(1.0);
        let k = ratio * scale;
        let dress = || {
            ctx.set_global_alpha(1.0);
            ctx.set_line_width(if filled { 3.0 } else { 2.4 });
            ctx.set_stroke_style_str(if filled { &self.colours.paper } else { colour });
            ctx.set_fill_style_str(if filled { colour } else { &self.colours.paper });
        };
        dress();
        for f in ours {
            let Some(path) = self.shapes.get(f.kind.index()) else {
                continue;
            };
            let (x, y) = (f.at.0 - 8.0 * scale, f.at.1 - 8.0 * scale);
            let _ = ctx.set_transform(k, 0.0, 0.0, k, ratio * x, ratio * y);
            if f.fallen > 0.0 {
                ctx.set_global_alpha(1.0 - f.fallen);
            }
            if filled {
                ctx.stroke_with_path(path);
                ctx.fill_with_path_2d(path);
            } else {
                ctx.fill_with_path_2d(path);
                ctx.stroke_with_path(path);
            }
            if f.bad {
                self.ring(ctx, ratio, f.at);
                dress();
            }
        }
        let _ = ctx.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        ctx.set_global_alpha(1.0);
    }

    /// Round an error or a loss.
    fn ring(&self, ctx: &CanvasRenderingContext2d, ratio: f64, (x, y): (f64, f64)) {
        let _ = ctx.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        ctx.set_stroke_style_str(&self.colours.bad);
        ctx.set_line_width(1.5);
        ctx.begin_path();
        let _ = ctx.arc(x, y, HALF + 3.5, 0.0, std::f64::consts::TAU);
        ctx.stroke();
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
