//! The journeys, in the order in which a newcomer would take them.

use crate::page::{DESK, Page, Viewport};
use crate::webdriver::Result;

/// One path through the page that must succeed.
#[derive(Debug)]
pub struct Journey {
    pub name: &'static str,
    pub size: Viewport,
    pub walk: fn(&Page) -> Result<()>,
}

/// Every journey.
pub const ALL: &[Journey] = &[Journey {
    name: "first load",
    size: DESK,
    walk: first_load,
}];

fn first_load(page: &Page) -> Result<()> {
    page.open("")?;
    page.by_text("Rebalance").map(|_| ())
}
