//! The journeys, in the order in which a newcomer would take them.

mod away;
mod axe;
mod cluster;
mod everyone;
mod groups;
mod hostile;
mod labs;
mod large;
mod learn;
mod metrics;
mod stage;
mod time;
mod tools;

use crate::page::{DESK, PHONE, Page, Viewport};
use crate::webdriver::Result;

/// One path through the page that must succeed.
#[derive(Debug)]
pub struct Journey {
    pub name: &'static str,
    pub size: Viewport,
    pub walk: fn(&Page) -> Result<()>,
}

const fn at_a_desk(name: &'static str, walk: fn(&Page) -> Result<()>) -> Journey {
    Journey {
        name,
        size: DESK,
        walk,
    }
}

/// Every journey.
pub const ALL: &[Journey] = &[
    at_a_desk("first load", cluster::first_load),
    at_a_desk("crash broker 2", cluster::crash_broker),
    at_a_desk("a third consumer", groups::third_consumer),
    at_a_desk("generations and epochs", groups::epochs),
    at_a_desk("no coordinator", groups::no_coordinator),
    at_a_desk("a consumer crashes", groups::consumer_crash),
    at_a_desk("every kind of consumer", groups::kinds),
    at_a_desk("two protocols side by side", groups::twins),
    at_a_desk("the delivery ledger", groups::ledger),
    at_a_desk("the metrics", metrics::curves),
    at_a_desk("back in time, and a fork", time::fork),
    at_a_desk("undo, and futures compared", time::compare),
    at_a_desk("bookmarks", time::bookmarks),
    at_a_desk("a reload keeps the moment", time::reload),
    at_a_desk("a reload keeps every future", time::futures_kept),
    at_a_desk("what was kept is damaged", time::kept_damaged),
    at_a_desk("share and restore", time::share),
    at_a_desk("a picture of the stage", time::saved_picture),
    at_a_desk("a broken link", time::broken_link),
    at_a_desk("both languages", everyone::languages),
    at_a_desk("keyboard only", everyone::keyboard),
    at_a_desk("the assignor lab", labs::assignors),
    at_a_desk("the key lab", labs::keys),
    at_a_desk("labs are fetched late", labs::fetched_late),
    at_a_desk("a lesson", learn::lesson),
    at_a_desk("lessons: the sandbox waits", learn::sandbox_waits),
    at_a_desk("lessons: links", learn::links),
    at_a_desk("lessons: progress", learn::progress),
    at_a_desk("lessons: nothing kept", learn::nothing_kept),
    at_a_desk("lessons: keys and help", learn::keys),
    at_a_desk("lessons: nothing misleading", learn::veiled),
    at_a_desk("lessons: futures stay", learn::futures_stay),
    at_a_desk("lessons: contents", learn::contents),
    at_a_desk("lessons: in Chinese", learn::chinese),
    at_a_desk("lessons: a panel opens", learn::panel),
    at_a_desk("lessons: the clock waits", learn::clock_waits),
    at_a_desk("lessons: the projector", learn::presenter),
    at_a_desk("lessons: shown to the end", learn::shown),
    at_a_desk("a partition moves", cluster::partition_moves),
    at_a_desk("the command line", cluster::command_line),
    at_a_desk("lifelines lead to details", cluster::lifelines),
    at_a_desk("kafka tools in the terminal", tools::terminal),
    at_a_desk("the set-up as code", tools::code),
    at_a_desk("a model of one's own cluster", tools::import),
    at_a_desk("hostile texts", hostile::texts),
    at_a_desk("the security policy", hostile::policy),
    at_a_desk("the outline", away::outline),
    at_a_desk("a large cluster", large::out_of_sight),
    at_a_desk("without the server", away::offline),
    at_a_desk("without what comes later", away::without_parts),
    at_a_desk("a newer version", away::newer_version),
    at_a_desk("inside another page", away::embed),
    at_a_desk("accessible, light", axe::light),
    at_a_desk("accessible, dark", axe::dark),
    Journey {
        name: "accessible, on a phone",
        size: PHONE,
        walk: axe::phone,
    },
    Journey {
        name: "a phone",
        size: PHONE,
        walk: everyone::phone,
    },
    Journey {
        name: "lessons: on a phone",
        size: PHONE,
        walk: learn::phone,
    },
    Journey {
        name: "the labs on a phone",
        size: PHONE,
        walk: labs::phone,
    },
];
