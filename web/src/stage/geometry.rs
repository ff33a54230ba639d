//! Where things are on the screen, and the curves messages fly along.
//!
//! Every card and row that can send or receive carries `data-anchor`; places are measured after each redraw, scroll and
//! resize, never in between: at the beginning of the next frame, when the browser has laid everything out anyway.

use super::sight::MARGIN;
use rebalance_core::id::{BrokerId, ClientId, NodeId, TopicId, TopicPartition};
use std::collections::HashMap;
use wasm_bindgen::JsCast;

/// A place on the screen, in CSS pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Spot {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Middle.
    pub y: f64,
}

/// A node, or a partition's copy on a broker.
pub type Key = (NodeId, Option<TopicPartition>);

/// Every place that messages come from or go to.
#[derive(Debug, Default)]
pub struct Geometry {
    spots: HashMap<Key, Spot>,
    /// The stage's rectangle: left, top, right, bottom. Nothing is drawn outside.
    pub clip: (f64, f64, f64, f64),
    /// The lanes stand below each other.
    pub stacked: bool,
    /// How much larger everything is drawn on a very large screen.
    pub zoom: f64,
    /// Cards out of sight.
    pub away: Vec<NodeId>,
}

/// A cubic curve.
pub type Curve = [(f64, f64); 4];

impl Geometry {
    /// Measures the page.
    pub fn measure() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let stage = document.get_element_by_id("stage")?;
        let rect = stage.get_bounding_client_rect();
        let found = stage.query_selector_all("[data-anchor]").ok()?;
        let (mut spots, mut away) = (HashMap::new(), Vec::new());
        let below = stage.owner_document()?.document_element()?.client_height();
        let below = f64::from(below) + MARGIN;
        for i in 0..found.length() {
            let Some(element) = found
                .item(i)
                .and_then(|n| n.dyn_into::<web_sys::Element>().ok())
            else {
                continue;
            };
            let Some(key) = element.get_attribute("data-anchor").and_then(|a| parse(&a)) else {
                continue;
            };
            let rect = element.get_bounding_client_rect();
            // Not drawn, as in the first lesson: messages to it fly nowhere.
            if rect.width() == 0.0 {
                continue;
            }
            if key.1.is_none() && (rect.bottom() < -MARGIN || rect.top() > below) {
                away.push(key.0);
            }
            spots.insert(key, spot(&rect, key));
        }
        let clip = (
            rect.left(),
            rect.top().max(0.0),
            rect.right(),
            rect.bottom(),
        );
        Some(Self {
            spots,
            clip,
            stacked: rect.width() <= 760.0,
            zoom: zoom(&stage),
            away,
        })
    }

    /// Where a message about this partition leaves or enters a node: the copy's row, else the card.
    pub fn spot(&self, node: NodeId, tp: Option<TopicPartition>) -> Option<Spot> {
        self.spots
            .get(&(node, tp))
            .or_else(|| self.spots.get(&(node, None)))
            .copied()
    }

    /// The curve from one spot to another.
    pub fn curve(&self, a: Spot, b: Spot) -> Curve {
        if self.stacked {
            let (x, bulge) = (a.left.min(b.left) + 3.0, 9.0);
            return [(x, a.y), (x - bulge, a.y), (x - bulge, b.y), (x, b.y)];
        }
        if a.right <= b.left {
            let pull = ((b.left - a.right) * 0.5).max(14.0);
            [
                (a.right, a.y),
                (a.right + pull, a.y),
                (b.left - pull, b.y),
                (b.left, b.y),
            ]
        } else if b.right <= a.left {
            let pull = ((a.left - b.right) * 0.5).max(14.0);
            [
                (a.left, a.y),
                (a.left - pull, a.y),
                (b.right + pull, b.y),
                (b.right, b.y),
            ]
        } else {
            let x = a.right.max(b.right);
            let bulge = 10.0 + ((b.y - a.y).abs() * 0.05).min(18.0);
            [
                (a.right, a.y),
                (x + bulge, a.y),
                (x + bulge, b.y),
                (b.right, b.y),
            ]
        }
    }
}

/// The zoom that the styles give the page.
fn zoom(stage: &web_sys::Element) -> f64 {
    let page = stage.closest(".page").ok().flatten();
    let style = page.and_then(|p| web_sys::window()?.get_computed_style(&p).ok()?);
    let zoom = style.and_then(|s| s.get_property_value("zoom").ok());
    zoom.map(|z| js_sys::parse_float(&z))
        .filter(|z| z.is_finite())
        .unwrap_or(1.0)
}

/// A card's place is that of its heading, so that messages enter where its name is.
fn spot(rect: &web_sys::DomRect, key: Key) -> Spot {
    let tall = matches!(key, (NodeId::Broker(_) | NodeId::Client(_), None)) && rect.height() > 60.0;
    let y = if tall {
        rect.top() + 24.0
    } else {
        rect.top() + rect.height() / 2.0
    };
    Spot {
        left: rect.left(),
        right: rect.right(),
        y,
    }
}

/// Reads `b1`, `b1/2-0`, `k101`, `n3`, `admin`.
fn parse(text: &str) -> Option<Key> {
    if text == "admin" {
        return Some((NodeId::Admin, None));
    }
    let (node, tp) = text
        .split_once('/')
        .map_or((text, None), |(n, t)| (n, Some(t)));
    let number = node.get(1..)?;
    let node = match node.as_bytes().first()? {
        b'b' => NodeId::Broker(BrokerId(number.parse().ok()?)),
        b'k' => NodeId::Controller(BrokerId(number.parse().ok()?)),
        b'n' => NodeId::Client(ClientId(number.parse().ok()?)),
        _ => return None,
    };
    let tp = match tp.and_then(|t| t.split_once('-')) {
        Some((topic, partition)) => Some(TopicPartition::new(
            TopicId(topic.parse().ok()?),
            partition.parse().ok()?,
        )),
        None => None,
    };
    Some((node, tp))
}

/// The point at fraction `f` of a curve.
pub fn at(c: &Curve, f: f64) -> (f64, f64) {
    let g = 1.0 - f;
    let (a, b, d, e) = (g * g * g, 3.0 * g * g * f, 3.0 * g * f * f, f * f * f);
    let mix = |p: fn(&(f64, f64)) -> f64| a * p(&c[0]) + b * p(&c[1]) + d * p(&c[2]) + e * p(&c[3]);
    (mix(|p| p.0), mix(|p| p.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_read_back() {
        let broker = NodeId::Broker(BrokerId(12));
        assert_eq!(parse("b12"), Some((broker, None)));
        assert_eq!(
            parse("b12/3-7"),
            Some((broker, Some(TopicPartition::new(TopicId(3), 7))))
        );
        assert_eq!(
            parse(&crate::stage::anchor(NodeId::Client(ClientId(4)))),
            Some((NodeId::Client(ClientId(4)), None))
        );
        assert_eq!(parse("x1"), None);
    }

    #[test]
    fn a_curve_begins_and_ends_at_the_facing_edges() {
        let (a, b) = (
            Spot {
                left: 0.0,
                right: 10.0,
                y: 5.0,
            },
            Spot {
                left: 30.0,
                right: 50.0,
                y: 9.0,
            },
        );
        let curve = Geometry::default().curve(a, b);
        assert_eq!(at(&curve, 0.0), (10.0, 5.0));
        assert_eq!(at(&curve, 1.0), (30.0, 9.0));
        assert_eq!(Geometry::default().curve(b, a)[0], (30.0, 9.0));
    }
}
