//! The labs: a group under every assignor, a key on its way to its partition.

use super::stage::{SOON, Stage};
use crate::page::{PHONE, Page, Viewport};
use crate::webdriver::Result;

/// What the rows of the assignors say.
struct Rows<'a>(&'a Page<'a>);

impl Rows<'_> {
    fn read(&self, row: usize, what: &str) -> Result<String> {
        Stage(self.0).attribute(&format!("row-{row}"), &format!("data-{what}"))
    }

    fn expect(&self, row: usize, what: &str, wanted: &str) -> Result<()> {
        Stage(self.0).wait(&format!("row-{row}"), &format!("data-{what}"), wanted)
    }
}

/// A fourth member joins: the eager assignors stop everything, the others only what moves. Then another change, back, steps, a
/// reload, a rename, and the way to the cluster and back.
pub fn assignors(page: &Page) -> Result<()> {
    let rows = Rows(page);
    let stage = Stage(page);
    page.open("#/lab/assignors")?;
    rows.expect(0, "stopped", "9")?;
    rows.expect(3, "rebalances", "2")?;
    if rows.read(3, "moved")? != rows.read(3, "stopped")? {
        return Err("a cooperative group stops what does not move".into());
    }
    page.wait_text("badge", "Kafka 4.0")?;
    page.click("leave-c2")?;
    page.wait_text("shown-change", "c2 leaves")?;
    rows.expect(3, "rebalances", "1")?;
    page.run("history.back()")?;
    page.wait_text("shown-change", "c4 joins")?;
    rows.expect(3, "rebalances", "2")?;
    walk_through(page)?;
    page.click("pick-6")?;
    stage.wait("lab-one", "data-algorithm", "weighted-roundrobin")?;
    page.wait_text("badge", "not part of Kafka")?;
    page.run("const i = document.querySelector('[data-test=m0]'); i.value = 'a<b'; i.dispatchEvent(new Event('change', { bubbles: true }))")?;
    page.wait_until(
        "document.querySelector('[data-test=m0]').value === 'c1'",
        SOON,
    )?;
    page.run("const i = document.querySelector('[data-test=m0]'); i.value = 'zoe'; i.dispatchEvent(new Event('change', { bubbles: true }))")?;
    page.wait_text("grid", "zoe")?;
    page.click("room-cluster")?;
    stage.wait("broker-1", "data-state", "Running")?;
    page.click("labs")?;
    page.wait_text("grid", "c4")
}

/// Through the decisions by mouse and keyboard; a reload keeps the place.
fn walk_through(page: &Page) -> Result<()> {
    page.click("step-first")?;
    page.wait_text("step-count", "decision 0 of")?;
    page.click("step-next")?;
    page.wait_text(
        "sentence",
        "9 partitions for 4 members: 2 each, and 1 may have one more.",
    )?;
    page.press("ArrowRight")?;
    page.wait_text("step-count", "decision 2 of")?;
    page.wait_text(
        "sentence",
        "c3 had orders-2, orders-5, payments-2 and keeps that",
    )?;
    page.reload()?;
    page.wait_text("step-count", "decision 2 of")?;
    page.click("step-play")?;
    page.wait_text("step-count", "decision 4 of")?;
    page.click("step-play")?;
    page.click("step-last")?;
    page.wait_text("step-count", "rebalance 2 of 2")
}

/// From bytes to partition; a set of keys; more partitions; and the address keeps all of it.
pub fn keys(page: &Page) -> Result<()> {
    page.open("#/lab/keys")?;
    page.wait_text("partition", "4")?;
    page.wait_text("bytes", "75")?;
    page.run("const i = document.querySelector('[data-test=key]'); i.focus(); i.select()")?;
    page.press_text("abc")?;
    page.wait_text("murmur2", "479470107")?;
    page.click("n-more")?;
    page.wait_text("n", "7")?;
    let partition = 479_470_107 % 7;
    page.wait_text("partition", &partition.to_string())?;
    page.wait_text("spread-says", "60 keys on 7 partitions")?;
    page.wait_text("remapped", "of 60 keys")?;
    page.reload()?;
    page.wait_text("murmur2", "479470107")?;
    page.wait_text("n", "7")?;
    page.click("from-fewer")?;
    page.wait_text("n", "6")?;
    page.click("lang")?;
    page.wait_text("remapped", "60 个键中有")?;
    page.click("room-cluster")?;
    page.wait_text("labs", "实验室")
}

/// The labs are fetched when one is opened; when that fails the page says so, and tries again when asked.
pub fn fetched_late(page: &Page) -> Result<()> {
    page.open("#/sandbox")?;
    page.run(
        "window.kept = rebalanceParts.labs.files; rebalanceParts.labs.files = ['./index.html']",
    )?;
    page.click("labs")?;
    page.wait_text("not-fetched", "could not be fetched")?;
    page.run("rebalanceParts.labs.files = window.kept")?;
    page.click("fetch-again")?;
    page.wait_text("grid", "c4")?;
    // A link to a lab begins no cluster.
    page.reload()?;
    page.wait_text("grid", "c4")?;
    page.wait_until("!document.getElementById('stage')", SOON)
}

/// Both labs on phones: nothing is cut off, and every control can be pressed.
pub fn phone(page: &Page) -> Result<()> {
    let narrow = Viewport {
        width: 360,
        height: 740,
    };
    for size in [PHONE, narrow] {
        page.viewport(size)?;
        for route in ["#/lab/assignors", "#/lab/keys"] {
            page.open(route)?;
            let wide = page.eval("document.documentElement.scrollWidth - innerWidth")?;
            if wide.as_i64().unwrap_or(0) > 0 {
                return Err(format!(
                    "{route} at {} px is {wide} px too wide",
                    size.width
                ));
            }
        }
    }
    page.open("#/lab/assignors")?;
    page.click("grow-orders")?;
    page.wait_text("shown-change", "orders grows to 7 partitions")?;
    page.click("pick-0")?;
    page.click("step-first")?;
    page.click("step-next")?;
    page.wait_text("sentence", "gets")
}
