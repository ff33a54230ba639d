//! The assignor lab's set-up as an address, and back.
//!
//! `orders:6,payments:3/c1,c2~0,c3@s1*2/+c4,-c2,orders:8,c1~01/3:12` is: two topics with their partitions; members, one of which
//! subscribes to topic 0 only, one of which is static and weighs 2; what happens, in order: a join, a leave, more partitions, another
//! subscription; the assignor looked at, and how many of its decisions are carried out. Whatever cannot be read is left out,
//! and the page says so.

use rebalance_core::assignor::whatif::{Algorithm, Change, Group, Outcome, Seat, Topic};

/// What the page can show and nobody would call small.
pub const MOST_TOPICS: usize = 6;
pub const MOST_PARTITIONS: u32 = 24;
pub const MOST_MEMBERS: usize = 10;
pub const MOST_CHANGES: usize = 12;
const MOST_WEIGHT: u32 = 3;
/// The assignor looked at first: `cooperative-sticky`.
const FIRST: usize = 3;

/// What is compared, and what is looked at.
#[derive(Clone)]
pub struct Setup {
    /// The group at the beginning.
    pub start: Group,
    /// What happens to it; the last is the change that is shown.
    pub changes: Vec<Change>,
    /// The assignor looked at, as a place in [`Algorithm::ALL`].
    pub chosen: usize,
    /// How many of its decisions are carried out; none: all of them.
    pub step: Option<usize>,
    /// Something in the address could not be read.
    pub damaged: bool,
}

/// A name as Kafka allows for topics, short enough to be shown.
pub fn name_of(text: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let named = (1..=16).contains(&text.len())
        && text.chars().all(allowed)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    named.then(|| text.to_owned())
}

impl Setup {
    /// Three members and nine partitions; a fourth joins.
    fn first() -> Self {
        Self::read("orders:6,payments:3/c1,c2,c3/+c4")
    }

    /// Reads an address; an empty one is the first set-up.
    pub fn parse(path: &str) -> Self {
        let setup = Self::read(path);
        if !setup.start.topics.is_empty() && !setup.start.seats.is_empty() {
            return setup;
        }
        Self {
            damaged: !path.is_empty(),
            ..Self::first()
        }
    }

    fn read(path: &str) -> Self {
        let mut parts = path.split('/').chain(std::iter::repeat(""));
        let mut setup = Self {
            start: Group::default(),
            changes: Vec::new(),
            chosen: FIRST,
            step: None,
            damaged: false,
        };
        let mut part = || {
            parts
                .next()
                .unwrap_or("")
                .split(',')
                .filter(|it| !it.is_empty())
        };
        for text in part() {
            let topic = topic(text).filter(|it| setup.has_room_for(&it.name));
            setup.damaged |= topic.is_none();
            setup.start.topics.extend(topic);
        }
        let all = setup.all_topics();
        for text in part() {
            let seat = seat(text, all).filter(|it| {
                setup.start.seats.len() < MOST_MEMBERS && setup.start.seat_of(&it.id).is_none()
            });
            setup.damaged |= seat.is_none();
            setup.start.seats.extend(seat);
        }
        setup.changes = part().filter_map(|it| setup.change(it)).collect();
        setup.forget_senseless();
        let look = parts.next().unwrap_or("");
        let (chosen, step) = look.split_once(':').unwrap_or((look, ""));
        setup.chosen = match chosen.parse() {
            Ok(it) if it < Algorithm::ALL.len() => it,
            _ => FIRST,
        };
        setup.step = step.parse().ok();
        setup
    }

    fn has_room_for(&self, name: &str) -> bool {
        self.start.topics.len() < MOST_TOPICS && self.topic(name).is_none()
    }

    fn topic(&self, name: &str) -> Option<u32> {
        let at = self.start.topics.iter().position(|it| it.name == name);
        at.map(|it| it as u32)
    }

    /// Every topic there is, as a set.
    pub fn all_topics(&self) -> u32 {
        (1 << self.start.topics.len()) - 1
    }

    fn change(&self, text: &str) -> Option<Change> {
        let all = self.all_topics();
        if let Some(joins) = text.strip_prefix('+') {
            return seat(joins, all).map(Change::Join);
        }
        if let Some(leaves) = text.strip_prefix('-') {
            return name_of(leaves).map(Change::Leave);
        }
        if let Some((id, topics)) = text.split_once('~') {
            return Some(Change::Subscribe(name_of(id)?, subset(topics) & all));
        }
        let topic = topic(text)?;
        Some(Change::Grow(self.topic(&topic.name)?, topic.partitions))
    }

    /// Leaves out changes that make no sense (any more).
    pub fn forget_senseless(&mut self) {
        let mut group = self.start.clone();
        let before = self.changes.len();
        self.changes.truncate(MOST_CHANGES);
        self.changes.retain(|it| group.change(it));
        self.damaged |= self.changes.len() < before;
    }

    /// The address.
    pub fn path(&self) -> String {
        let all = self.all_topics();
        let mut path = String::from("assignors/");
        let topics = self.start.topics.iter();
        push_list(&mut path, topics.map(|it| grown(&it.name, it.partitions)));
        path.push('/');
        push_list(
            &mut path,
            self.start.seats.iter().map(|it| seat_text(it, all)),
        );
        path.push('/');
        let changes = self.changes.iter().map(|change| match change {
            Change::Join(seat) => String::from("+") + &seat_text(seat, all),
            Change::Leave(id) => String::from("-") + id,
            Change::Subscribe(id, topics) => id.clone() + "~" + &digits(*topics),
            Change::Grow(topic, partitions) => {
                grown(&self.start.topics[*topic as usize].name, *partitions)
            }
        });
        push_list(&mut path, changes);
        path.push('/');
        path += &self.chosen.to_string();
        if let Some(step) = self.step {
            path.push(':');
            path += &step.to_string();
        }
        path
    }

    /// The address after an edit; what was looked at step by step begins at its end again.
    pub fn edited(&self, edit: impl FnOnce(&mut Self)) -> String {
        let mut setup = self.clone();
        setup.step = None;
        edit(&mut setup);
        setup.forget_senseless();
        setup.path()
    }

    /// One more topic; whoever subscribes to everything subscribes to it, too.
    pub fn add_topic(&mut self) {
        let (all, name) = (self.all_topics(), self.free_name("topic"));
        self.start.topics.push(Topic {
            name,
            partitions: 3,
        });
        let more = self.all_topics();
        self.topic_sets(|set| *set = if *set == all { more } else { *set });
    }

    /// One topic less; those after it move up.
    pub fn remove_topic(&mut self, at: usize) {
        self.start.topics.remove(at);
        let below = (1 << at) - 1;
        self.topic_sets(|set| *set = *set & below | *set >> 1 & !below);
        self.changes
            .retain(|it| !matches!(it, Change::Grow(topic, _) if *topic as usize == at));
        for change in &mut self.changes {
            if let Change::Grow(topic, _) = change {
                *topic -= u32::from(*topic as usize > at);
            }
        }
    }

    fn topic_sets(&mut self, mut change: impl FnMut(&mut u32)) {
        self.start
            .seats
            .iter_mut()
            .for_each(|it| change(&mut it.topics));
        for it in &mut self.changes {
            match it {
                Change::Join(seat) => change(&mut seat.topics),
                Change::Subscribe(_, topics) => change(topics),
                Change::Leave(_) | Change::Grow(..) => {}
            }
        }
    }

    /// Another name for a topic of the beginning.
    pub fn rename_topic(&mut self, at: usize, name: &str) -> bool {
        let name = name_of(name).filter(|it| self.topic(it).is_none());
        if let (Some(topic), Some(name)) = (self.start.topics.get_mut(at), name) {
            topic.name = name;
            return true;
        }
        false
    }

    /// Another id for a member of the beginning, in what happens to it as well.
    pub fn rename_member(&mut self, at: usize, id: &str) -> bool {
        let (_, after) = self.groups();
        let id = name_of(id).filter(|it| after.seat_of(it).is_none());
        let (Some(seat), Some(id)) = (self.start.seats.get_mut(at), id) else {
            return false;
        };
        let old = std::mem::replace(&mut seat.id, id.clone());
        if let Some(instance) = &mut seat.instance {
            instance.clone_from(&id);
        }
        for change in &mut self.changes {
            match change {
                Change::Join(Seat { id: named, .. })
                | Change::Leave(named)
                | Change::Subscribe(named, _)
                    if *named == old =>
                {
                    named.clone_from(&id);
                }
                _ => {}
            }
        }
        true
    }

    /// The group as it is now becomes the beginning.
    pub fn begin_here(&mut self) {
        self.start = self.groups().1;
        self.start.seats.retain(|it| it.present);
        self.start.seats.iter_mut().for_each(|it| it.known = false);
        self.changes.clear();
    }

    /// The address with one more change, or the last one put right: two of a kind in a row are one.
    pub fn with(&self, change: Change) -> String {
        self.edited(|it| {
            let same = match (it.changes.last(), &change) {
                (Some(Change::Grow(a, _)), Change::Grow(b, _)) => a == b,
                (Some(Change::Subscribe(a, _)), Change::Subscribe(b, _)) => a == b,
                _ => false,
            };
            if same {
                it.changes.pop();
            }
            it.changes.push(change);
        })
    }

    /// The group before the last change, and after it.
    pub fn groups(&self) -> (Group, Group) {
        let mut before = self.start.clone();
        let mut after = before.clone();
        for change in &self.changes {
            before = after.clone();
            before.remember();
            after = before.clone();
            after.change(change);
        }
        (before, after)
    }

    /// What an assignor makes of the last change; without one, of the beginning.
    pub fn outcome(&self, algorithm: Algorithm) -> Option<Outcome> {
        let mut group = self.start.clone();
        let mut outcome = algorithm.settle(&group, &group.unowned())?;
        for change in &self.changes {
            group.remember();
            group.change(change);
            outcome = algorithm.settle(&group, outcome.after())?;
        }
        Some(outcome)
    }

    /// The first name of a kind that nobody has: `c4`, `topic2`.
    pub fn free_name(&self, prefix: &str) -> String {
        let (_, after) = self.groups();
        let taken = |name: &String| after.seat_of(name).is_some() || self.topic(name).is_some();
        let mut names = (1..).map(|it: usize| String::from(prefix) + &it.to_string());
        names.find(|it| !taken(it)).unwrap_or_default()
    }
}

fn push_list(path: &mut String, items: impl Iterator<Item = String>) {
    for (at, item) in items.enumerate() {
        if at > 0 {
            path.push(',');
        }
        path.push_str(&item);
    }
}

fn grown(name: &str, partitions: u32) -> String {
    String::from(name) + ":" + &partitions.to_string()
}

fn topic(text: &str) -> Option<Topic> {
    let (name, partitions) = text.split_once(':')?;
    let partitions = partitions.parse().ok()?;
    (1..=MOST_PARTITIONS).contains(&partitions).then_some(())?;
    Some(Topic {
        name: name_of(name)?,
        partitions,
    })
}

/// `c1`, then `~` and topics, `@` and an instance id, `*` and a weight, where they are not the usual ones.
fn seat(text: &str, all: u32) -> Option<Seat> {
    let (text, weight) = text.split_once('*').unwrap_or((text, "1"));
    let (text, instance) = text
        .split_once('@')
        .map_or((text, None), |it| (it.0, Some(it.1)));
    let (id, topics) = text
        .split_once('~')
        .map_or((text, all), |it| (it.0, subset(it.1)));
    let weight = weight.parse().ok()?;
    (1..=MOST_WEIGHT).contains(&weight).then_some(())?;
    let mut seat = Seat::new(name_of(id)?, topics & all);
    seat.weight = weight;
    if let Some(instance) = instance {
        seat.instance = Some(name_of(instance)?);
    }
    Some(seat)
}

fn seat_text(seat: &Seat, all: u32) -> String {
    let mut text = seat.id.clone();
    if seat.topics != all {
        text.push('~');
        text += &digits(seat.topics);
    }
    if let Some(instance) = &seat.instance {
        text.push('@');
        text += instance;
    }
    if seat.weight != 1 {
        text.push('*');
        text += &seat.weight.to_string();
    }
    text
}

/// A set of topics by their numbers.
fn subset(digits: &str) -> u32 {
    let numbers = digits.bytes().filter(u8::is_ascii_digit);
    numbers.fold(0, |set, it| set | 1 << (it - b'0'))
}

fn digits(topics: u32) -> String {
    let chosen = (0..MOST_TOPICS as u8).filter(|it| topics >> it & 1 == 1);
    chosen.map(|it| char::from(b'0' + it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(path: &str) -> String {
        let setup = Setup::parse(path);
        assert!(!setup.damaged, "{path}");
        setup.path()
    }

    #[test]
    fn an_address_is_the_setup() {
        let path = "orders:6,payments:3/c1,c2~0,c3@s1*2/+c4,-c2,orders:8,c1~01/3:12";
        // Subscribing to what one subscribes to already is no change.
        let setup = Setup::parse(path);
        assert_eq!((setup.changes.len(), setup.damaged), (3, true));
        assert_eq!(setup.start.seats[1].topics, 0b01);
        assert_eq!(setup.start.seats[2].weight, 2);
        assert_eq!((setup.chosen, setup.step), (3, Some(12)));
        for path in [
            "a:1/x//0",
            "orders:6,payments:3/c1,c2~0,c3@s1*2/+c4,-c2,orders:8,c1~1/6:0",
        ] {
            assert_eq!(again(path), format!("assignors/{path}"));
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_said() {
        for path in [
            "x",
            "a:0/c1",
            "a:1/c1,c1",
            "a:1,a:2/c1",
            "a:1/<b>,c2",
            "a:1/c1/-c7",
            "a:99/c1",
        ] {
            let setup = Setup::parse(path);
            assert!(setup.damaged, "{path}");
            assert!(!setup.start.seats.is_empty());
            assert_eq!(
                again(setup.path().trim_start_matches("assignors/")),
                setup.path()
            );
        }
        assert!(!Setup::parse("").damaged);
    }

    #[test]
    fn edits_are_addresses_too() {
        let setup = Setup::parse("");
        assert_eq!(setup.free_name("c"), "c5");
        let more = setup.with(Change::Grow(0, 7));
        let setup = Setup::parse(more.trim_start_matches("assignors/"));
        assert_eq!(setup.changes.len(), 2);
        let more = setup.with(Change::Grow(0, 8));
        assert_eq!(
            more,
            "assignors/orders:6,payments:3/c1,c2,c3/+c4,orders:8/3"
        );
        let fewer = setup.edited(|it| drop(it.changes.remove(0)));
        assert_eq!(fewer, "assignors/orders:6,payments:3/c1,c2,c3/orders:7/3");
    }

    #[test]
    fn topics_and_members_are_edited_with_all_that_names_them() {
        let mut setup = Setup::parse("a:1,b:2,c:3/x,y~02/+z~12,y~1,b:4,c:5,-y/0");
        assert!(setup.rename_member(1, "w") && !setup.rename_member(1, "x"));
        assert!(
            setup.rename_topic(2, "d")
                && !setup.rename_topic(2, "a")
                && !setup.rename_topic(0, "é")
        );
        assert_eq!(
            setup.path(),
            "assignors/a:1,b:2,d:3/x,w~02/+z~12,w~1,b:4,d:5,-w/0"
        );
        setup.remove_topic(1);
        assert_eq!(setup.path(), "assignors/a:1,d:3/x,w/+z~1,w~,d:5,-w/0");
        setup.add_topic();
        assert_eq!(
            setup.path(),
            "assignors/a:1,d:3,topic1:3/x,w/+z~1,w~,d:5,-w/0"
        );
        setup.begin_here();
        assert_eq!(setup.path(), "assignors/a:1,d:5,topic1:3/x,z~1//0");
    }

    #[test]
    fn every_assignor_answers_the_first_setup() {
        let setup = Setup::parse("");
        let (before, after) = setup.groups();
        assert_eq!((before.seats.len(), after.seats.len()), (3, 4));
        for algorithm in Algorithm::ALL {
            let outcome = setup.outcome(algorithm).expect("an answer");
            let summary = outcome.summary(&after, algorithm.protocol());
            assert!(summary.moved > 0 && summary.fresh == 0, "{algorithm:?}");
        }
    }
}
