//! What of a large stage is drawn anew: what is in sight, and one card after the other of the rest.
//!
//! Hundreds of cards cannot be drawn several times a second, and nobody sees more than a few. While time passes on a large
//! cluster, a card out of sight keeps what it showed last until it comes into sight or has its turn, and groups are
//! drawn in the frame after brokers. A cluster that stands still is shown whole, and so is always a small one.

use rebalance_core::id::NodeId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::Callback;

/// Pixels above and below the window within which a card still counts as in sight.
pub const MARGIN: f64 = 240.0;

/// Which cards are in sight; everything that draws cards has it.
#[derive(Clone, Default)]
pub struct Sight(Rc<Seen>);

#[derive(Default)]
struct Seen {
    /// Cards out of sight. One that was never measured is not among them.
    away: RefCell<Vec<NodeId>>,
    /// Counts what was drawn while not everything was; 0 while everything is.
    turn: Cell<usize>,
    /// The publication that was drawn last, and how many were before it.
    version: Cell<u64>,
    round: Cell<usize>,
    /// Its groups have not been drawn yet.
    groups_wait: Cell<bool>,
    /// Draws the stage anew.
    again: RefCell<Option<Callback<()>>>,
}

impl PartialEq for Sight {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Sight {
    /// The stage is being drawn, whole or only what is in sight: the number of the drawing (0: whole), and whether groups
    /// are drawn too.
    pub fn draw(&self, version: u64, whole: bool, again: Callback<()>) -> (usize, bool) {
        *self.0.again.borrow_mut() = Some(again);
        let turn = if whole { 0 } else { self.0.turn.get() + 1 };
        self.0.turn.set(turn);
        let first = self.0.version.replace(version) != version;
        self.0.round.set(self.0.round.get() + usize::from(first));
        self.0.groups_wait.set(first && !whole);
        (turn, !first || whole)
    }

    /// What was put off is drawn; false if nothing was, and the page can be measured.
    pub fn go_on(&self) -> bool {
        let wait = self.0.groups_wait.get();
        if wait {
            self.again();
        }
        wait
    }

    fn again(&self) {
        let again = self.0.again.borrow().clone();
        again.into_iter().for_each(|it| it.emit(()));
    }

    /// These cards are out of sight, as measured. What has come into sight is drawn; true if there was something.
    pub fn measured(&self, away: Vec<NodeId>) -> bool {
        let came = |node: &NodeId| !away.contains(node);
        let came = self.0.away.borrow().iter().any(came);
        *self.0.away.borrow_mut() = away;
        let draw = self.0.turn.get() > 0 && came;
        if draw {
            self.again();
        }
        draw
    }

    /// What each card is to show: its newest state, or what it showed last.
    pub fn pick<T: Clone>(&self, mut newest: Vec<(NodeId, T)>, shown: &mut Vec<(NodeId, T)>) {
        let turn = self.0.round.get() % newest.len().max(1);
        for (at, new) in newest.iter_mut().enumerate() {
            let waits = at != turn && self.waits(new.0);
            if let Some(old) = shown.iter().find(|it| waits && it.0 == new.0) {
                new.1 = old.1.clone();
            }
        }
        *shown = newest;
    }

    /// A card that nobody sees while not everything is drawn.
    fn waits(&self, card: NodeId) -> bool {
        self.0.turn.get() > 0 && self.0.away.borrow().contains(&card)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::id::BrokerId;

    fn broker(id: i32) -> NodeId {
        NodeId::Broker(BrokerId(id))
    }

    /// Four cards, of which two and three are out of sight, after as many drawings of news.
    fn shown(whole: bool, drawings: usize) -> Vec<usize> {
        let (sight, mut shown) = (Sight::default(), Vec::new());
        sight.measured(vec![broker(2), broker(3)]);
        for news in 0..=drawings {
            sight.draw(news as u64 + 1, whole || news == 0, Callback::noop());
            let newest = (0..4).map(|id| (broker(id), news)).collect();
            sight.pick(newest, &mut shown);
        }
        shown.into_iter().map(|(_, news)| news).collect()
    }

    #[test]
    fn what_is_out_of_sight_waits_for_its_turn() {
        assert_eq!(shown(false, 1), [1, 1, 1, 0]);
        assert_eq!(shown(false, 2), [2, 2, 1, 2]);
        assert_eq!(shown(false, 3), [3, 3, 1, 2]);
        assert_eq!(shown(false, 6), [6, 6, 5, 6]);
    }

    #[test]
    fn a_cluster_that_stands_still_is_shown_whole() {
        assert_eq!(shown(true, 1), [1, 1, 1, 1]);
    }

    #[test]
    fn what_comes_into_sight_has_the_stage_drawn_again() {
        let (sight, drawn) = (Sight::default(), Rc::new(Cell::new(0)));
        let again = || {
            let drawn = drawn.clone();
            Callback::from(move |()| drawn.set(drawn.get() + 1))
        };
        sight.measured(vec![broker(2), broker(3)]);
        sight.draw(1, false, again());
        sight.draw(1, false, again());
        sight.measured(vec![broker(1), broker(2), broker(3)]);
        assert_eq!(drawn.get(), 0, "what went out of sight changes nothing");
        sight.measured(vec![broker(1), broker(3)]);
        assert_eq!(drawn.get(), 1);
        sight.draw(1, true, again());
        sight.measured(vec![]);
        assert_eq!(drawn.get(), 1, "everything is drawn already");
    }

    #[test]
    fn groups_are_drawn_a_frame_after_brokers() {
        let (sight, drawn) = (Sight::default(), Rc::new(Cell::new(0)));
        let again = || {
            let drawn = drawn.clone();
            Callback::from(move |()| drawn.set(drawn.get() + 1))
        };
        assert_eq!(sight.draw(7, false, again()), (1, false));
        assert!(sight.go_on());
        assert_eq!(drawn.get(), 1);
        assert_eq!(sight.draw(7, false, again()), (2, true));
        assert!(!sight.go_on(), "nothing waits any more");
        assert_eq!(sight.draw(8, true, again()), (0, true), "whole is at once");
    }
}
