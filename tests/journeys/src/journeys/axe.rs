//! Every room of the page held to the rules of WCAG 2.2 A and AA by axe-core: no serious and no critical finding.
//!
//! axe-core runs inside the page, in the state that a visitor sees. A room is an address and what to press there; each is
//! looked at in both languages.

use super::stage::Stage;
use crate::page::Page;
use crate::webdriver::Result;
use serde_json::Value;

/// A state of the page: where, what is run in the page to get there, and what must be there then.
struct Room {
    name: &'static str,
    route: &'static str,
    script: &'static str,
    there: &'static str,
}

const fn room(
    name: &'static str,
    route: &'static str,
    script: &'static str,
    there: &'static str,
) -> Room {
    Room {
        name,
        route,
        script,
        there,
    }
}

/// Every room.
const ROOMS: &[Room] = &[
    room("stage", "#/sandbox", "", "[data-test=stage]"),
    room("delivery", "#/sandbox", "press('tab-delivery')", "#panel"),
    room("metrics", "#/sandbox", "press('tab-metrics')", "#panel"),
    room("protocol", "#/sandbox", "press('tab-protocol')", "#panel"),
    room(
        "guarantees",
        "#/sandbox",
        "press('tab-guarantees')",
        "#panel",
    ),
    room("code", "#/sandbox", "press('tab-code')", "#panel"),
    room(
        "a broker",
        "#/sandbox",
        "document.querySelector('[data-test=broker-1] h3 button, [data-test=broker-1] button').click()",
        "[data-test=broker-1]",
    ),
    room(
        "a group",
        "#/sandbox",
        "document.querySelector('[data-test=group-billing] h3 button, [data-test=group-billing] button').click()",
        "[data-test=group-billing]",
    ),
    room("help", "#/sandbox", "press('help')", "dialog[open]"),
    room("share", "#/sandbox", "press('share')", "dialog[open]"),
    room(
        "bookmarks",
        "#/sandbox",
        "press('bookmark')",
        "dialog[open]",
    ),
    room(
        "futures",
        "#/sandbox",
        "press('broker-2-crash'); await wait(500); press('undo'); await wait(1500); press('compare')",
        "[data-test=differences]",
    ),
    room(
        "a crash",
        "#/sandbox",
        "press('broker-2-crash'); await wait(2500)",
        "[data-test=broker-2][data-state=Crashed]",
    ),
    room("outline", "#/outline", "", "[data-test=outline]"),
    room("lessons", "#/lessons", "", "main h1, main h2"),
    room(
        "a lesson",
        "#/lesson/topic-and-log",
        "await wait(1500)",
        "main",
    ),
    room("assignor lab", "#/lab/assignors", "", "main h1, main h2"),
    room("key lab", "#/lab/keys", "", "main h1, main h2"),
];

/// By day.
pub fn light(page: &Page) -> Result<()> {
    rooms(page, "light")
}

/// By night.
pub fn dark(page: &Page) -> Result<()> {
    rooms(page, "dark")
}

/// On a phone, by day.
pub fn phone(page: &Page) -> Result<()> {
    rooms(page, "light")
}

fn rooms(page: &Page, theme: &str) -> Result<()> {
    page.media(theme, true)?;
    let axe = checker()?;
    let mut found = Vec::new();
    for (language, tag) in [("en", "en"), ("zh", "zh-CN")] {
        // Every room begins as on a first visit; what the last one kept is forgotten.
        page.before_load(&format!(
            "try {{ localStorage.clear(); localStorage.setItem('rebalance.lang', '{tag}') }} catch {{}}"
        ))?;
        for room in ROOMS {
            enter(page, room).map_err(|e| format!("{} ({language}): {e}", room.name))?;
            page.run(&axe)?;
            for finding in findings(page)? {
                found.push(format!("{} ({language}): {finding}", room.name));
            }
        }
    }
    found.sort();
    found.dedup_by_key(|line| line.split("): ").nth(1).map(str::to_owned));
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join("\n       "))
    }
}

/// The text of axe-core.
fn checker() -> Result<String> {
    let file = std::env::var("JOURNEYS_AXE")
        .map_err(|_| "JOURNEYS_AXE is not set; start this with `cargo xtask journeys`")?;
    std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))
}

fn enter(page: &Page, room: &Room) -> Result<()> {
    let stage = Stage(page);
    page.open(room.route)?;
    if room.route.contains("sandbox") {
        stage.wait("broker-2", "data-state", "Running")?;
    }
    page.run(&format!(
        "const wait = ms => new Promise(done => setTimeout(done, ms));
         const press = test => document.querySelector(`[data-test=\"${{test}}\"]`).click();
         {};
         await wait(400);",
        room.script
    ))?;
    page.wait_until(
        &format!("document.querySelector('{}')", room.there),
        crate::page::PATIENCE,
    )
}

/// Serious and critical findings, one line each.
fn findings(page: &Page) -> Result<Vec<String>> {
    let found = page.run(
        "const result = await axe.run(document, { resultTypes: ['violations'],
             runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
         return result.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v =>
             `${v.impact}: ${v.id} (${v.help}), ${v.nodes.length} times, such as ${v.nodes[0].target.join(' ')}: ` +
             (v.nodes[0].any[0] || v.nodes[0].all[0] || v.nodes[0].none[0] || {}).message)",
    )?;
    let lines = found.as_array().into_iter().flatten();
    Ok(lines.filter_map(Value::as_str).map(str::to_owned).collect())
}
