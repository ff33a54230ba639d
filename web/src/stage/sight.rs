//! What of a large stage is drawn anew: what is in sight, a little in each frame, and one card after the other of the rest.
//!
//! Hundreds of cards cannot be drawn several times a second, and nobody sees more than a few. While time passes on a large
//! cluster, a card out of sight keeps what it showed last until it comes into sight or has its turn. What a publication
//! changes is drawn over several frames: first everything but the cards, then brokers, then groups, as many cards at a time as
//! the frame's ration allows. A cluster that stands still is shown whole, and so is always a small one.

use rebalance_core::id::NodeId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::Callback;

/// Pixels above and below the window within which a card still counts as in sight.
pub const MARGIN: f64 = 240.0;
/// What may be drawn in a frame, by the cards' weights; more where a publication came before all of the last was drawn.
const RATION: usize = 2;
/// What cards weigh.
pub const BROKER: usize = 2;
pub const CONSUMER: usize = 1;

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
    /// What a drawing of this publication may draw, and what is left of that.
    ration: Cell<usize>,
    left: Cell<usize>,
    /// Something of the publication has not been drawn yet.
    waiting: Cell<bool>,
    /// Draws the stage anew.
    again: RefCell<Option<Callback<()>>>,
}

impl PartialEq for Sight {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Sight {
    /// The stage is being drawn, whole or only what is in sight. Gives the number of the drawing (0: whole).
    pub fn draw(&self, version: u64, whole: bool, again: Callback<()>) -> usize {
        let it = &*self.0;
        *it.again.borrow_mut() = Some(again);
        it.turn.set(if whole { 0 } else { it.turn.get() + 1 });
        let first = it.version.replace(version) != version;
        let late = it.waiting.replace(first && !whole);
        if first {
            it.round.set(it.round.get() + 1);
            it.ration
                .set(if late { it.ration.get() * 2 } else { RATION });
        }
        // Much of the page is drawn with a publication, but no cards yet.
        it.left.set(if first { 0 } else { it.ration.get() });
        it.turn.get()
    }

    /// Whether this drawing has something left for other cards; if not, they wait.
    pub fn has_room(&self) -> bool {
        let room = self.0.turn.get() == 0 || self.0.left.get() > 0;
        self.0.waiting.set(self.0.waiting.get() || !room);
        room
    }

    /// Draws more of what waits; false if nothing does, and the page can be measured.
    pub fn go_on(&self) -> bool {
        let waiting = self.0.waiting.get();
        if waiting {
            self.again();
        }
        waiting
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

    /// What each card is to show: its newest state, or what it showed last. A card of this weight that shows something
    /// else than the `same` takes as much of the drawing's ration; 0: it is drawn at once.
    pub fn pick<T: Clone>(
        &self,
        weight: usize,
        same: fn(&T, &T) -> bool,
        mut newest: Vec<(NodeId, T)>,
        shown: &mut Vec<(NodeId, T)>,
    ) {
        let turn = self.0.round.get() % newest.len().max(1);
        for (at, new) in newest.iter_mut().enumerate() {
            let known = |it: &&(NodeId, T)| self.0.turn.get() > 0 && it.0 == new.0;
            let Some(old) = shown.iter().find(known) else {
                continue;
            };
            let away = at != turn && self.0.away.borrow().contains(&new.0);
            if away || !same(&old.1, &new.1) && !self.takes(weight) {
                new.1 = old.1.clone();
            }
        }
        *shown = newest;
    }

    /// Takes this much of the ration; false if nothing is left, and the card has to wait.
    fn takes(&self, weight: usize) -> bool {
        let takes = weight == 0 || self.has_room();
        if takes {
            self.0.left.set(self.0.left.get().saturating_sub(weight));
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::id::BrokerId;

    fn broker(id: i32) -> NodeId {
        NodeId::Broker(BrokerId(id))
    }

    /// A stage of four cards, of which two and three are out of sight.
    #[derive(Default)]
    struct Stage {
        sight: Sight,
        cards: Vec<(NodeId, usize)>,
        again: Rc<Cell<usize>>,
    }

    impl Stage {
        fn new() -> Self {
            let stage = Self::default();
            stage.sight.measured(vec![broker(2), broker(3)]);
            stage
        }

        fn draw(&mut self, news: usize, whole: bool, weight: usize) -> Vec<usize> {
            let again = self.again.clone();
            let again = Callback::from(move |()| again.set(again.get() + 1));
            self.sight.draw(news as u64 + 1, whole, again);
            let newest = (0..4).map(|id| (broker(id), news)).collect();
            self.sight
                .pick(weight, PartialEq::eq, newest, &mut self.cards);
            self.cards.iter().map(|card| card.1).collect()
        }
    }

    #[test]
    fn what_is_out_of_sight_waits_for_its_turn() {
        let mut stage = Stage::new();
        let mut shown = |news| stage.draw(news, news == 0, 0);
        assert_eq!(shown(0), [0, 0, 0, 0]);
        assert_eq!(shown(1), [1, 1, 1, 0]);
        assert_eq!(shown(2), [2, 2, 1, 2]);
        assert_eq!(shown(3), [3, 3, 1, 2]);
        assert_eq!(shown(4), [4, 4, 1, 2]);
        assert_eq!(shown(5), [5, 5, 5, 2]);
    }

    #[test]
    fn a_cluster_that_stands_still_is_shown_whole() {
        let mut stage = Stage::new();
        assert_eq!(stage.draw(0, true, RATION), [0, 0, 0, 0]);
        assert_eq!(stage.draw(1, true, RATION), [1, 1, 1, 1]);
        assert!(stage.sight.has_room() && !stage.sight.go_on());
        stage.draw(2, false, RATION);
        assert_eq!(stage.draw(2, true, RATION), [2, 2, 2, 2]);
        assert!(!stage.sight.go_on(), "nothing waits any more");
    }

    #[test]
    fn a_publication_is_drawn_card_by_card() {
        let mut stage = Stage::new();
        stage.draw(0, true, RATION);
        assert_eq!(stage.draw(1, false, RATION), [0, 0, 0, 0], "the rest first");
        assert!(stage.sight.go_on());
        assert_eq!(stage.draw(1, false, RATION), [1, 0, 0, 0]);
        assert!(stage.sight.go_on());
        assert_eq!(stage.draw(1, false, RATION), [1, 1, 0, 0]);
        assert!(stage.sight.go_on());
        assert_eq!(stage.draw(1, false, RATION), [1, 1, 1, 0], "its turn");
        assert!(!stage.sight.go_on(), "all brokers are drawn");
        assert!(!stage.sight.has_room(), "groups have to wait");
        assert!(stage.sight.go_on());
        assert_eq!(stage.draw(1, false, RATION), [1, 1, 1, 0]);
        assert!(stage.sight.has_room() && !stage.sight.go_on());
        assert_eq!(stage.again.get(), 4);
    }

    #[test]
    fn on_a_slow_machine_frames_draw_more() {
        let mut stage = Stage::new();
        stage.draw(0, true, RATION);
        stage.draw(1, false, RATION);
        assert_eq!(stage.draw(1, false, RATION), [1, 0, 0, 0]);
        // The next publication is there already.
        assert_eq!(stage.draw(2, false, RATION), [1, 0, 0, 0]);
        assert_eq!(stage.draw(2, false, RATION), [2, 2, 0, 0]);
        assert_eq!(stage.draw(2, false, RATION), [2, 2, 0, 2]);
        stage.draw(2, false, RATION);
        // All of it was drawn: back to a little at a time.
        stage.draw(3, false, RATION);
        assert_eq!(stage.draw(3, false, RATION), [3, 2, 0, 2]);
    }

    #[test]
    fn what_comes_into_sight_has_the_stage_drawn_again() {
        let mut stage = Stage::new();
        stage.draw(1, false, 0);
        stage.sight.measured(vec![broker(1), broker(2), broker(3)]);
        assert_eq!(
            stage.again.get(),
            0,
            "what went out of sight changes nothing"
        );
        stage.sight.measured(vec![broker(1), broker(3)]);
        assert_eq!(stage.again.get(), 1);
        stage.draw(1, true, 0);
        stage.sight.measured(vec![]);
        assert_eq!(stage.again.get(), 1, "everything is drawn already");
    }
}
