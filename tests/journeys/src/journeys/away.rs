//! Away from the page's own server: without any, inside another page, on a projector.

use super::stage::{FAST, SOON, Stage};
use crate::page::Page;
use crate::relay::Relay;
use crate::webdriver::Result;
use serde_json::json;
use std::time::Duration;

const PATIENT: Duration = Duration::from_secs(30);

/// After one visit the page works without its server; a new version is offered, not forced.
pub fn offline(page: &Page) -> Result<()> {
    let stage = Stage(page);
    let relay = Relay::start(&page.base())?;
    page.move_to(relay.base());
    page.open("?offline#/sandbox")?;
    page.wait_until("navigator.serviceWorker.controller", PATIENT)?;
    let kept = page.eval("(await caches.keys()).length")?;
    if kept != 1 {
        return Err(format!("there are {kept} caches, not one"));
    }
    // What the script in index.html does when a new version waits.
    page.run("globalThis.rebalanceUpdate = () => { window.taken = true }; dispatchEvent(new Event('rebalance-update'))")?;
    page.click("new-version")?;
    page.wait_until("window.taken", SOON)?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    std::thread::sleep(Duration::from_secs(2));
    page.complaints_none()?;
    relay.stop();
    page.reload()?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.open("?offline#/lab/keys")?;
    page.css("main h1, main h2")?;
    // The browser looks for a newer service worker now and then, in vain, and says so.
    let _ = page.complaints()?;
    Ok(())
}

/// A newer version at the same address is offered, not forced; taken, it is there, with all that the learner had.
pub fn newer_version(page: &Page) -> Result<()> {
    let stage = Stage(page);
    let relay = Relay::start(&page.base())?;
    page.move_to(relay.base());
    page.open("?offline#/sandbox")?;
    page.wait_until("navigator.serviceWorker.controller", PATIENT)?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    std::thread::sleep(Duration::from_secs(2));
    relay.renew();
    page.open("?offline&again#/sandbox")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    // The browser takes its time to look for a newer service worker, and that one has the whole page to fetch.
    let offered = "document.querySelector('[data-test=new-version]')";
    page.wait_until(offered, Duration::from_secs(90))?;
    page.wait_until("document.title.startsWith('Rebalance')", SOON)?;
    page.click("new-version")?;
    page.wait_until("document.title.startsWith('Rebalanc2')", PATIENT)?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.wait_until("!document.querySelector('[data-test=new-version]')", SOON)?;
    let kept = page.eval("(await caches.keys()).length")?;
    if kept != 1 {
        return Err(format!("there are {kept} caches, not one"));
    }
    relay.stop();
    page.reload()?;
    page.wait_until("document.title.startsWith('Rebalanc2')", SOON)?;
    let _ = page.complaints()?;
    Ok(())
}

/// What the stage does not need comes after it: while that cannot be fetched the stage works, the page says what is missing,
/// and one press brings it to every place that waits for it.
pub fn without_parts(page: &Page) -> Result<()> {
    let stage = Stage(page);
    page.before_load(
        "const real = fetch; window.missing = /desk|restore/; window.fetch = (what, ...more) => \
         missing && missing.test(what) ? Promise.reject(new Error('no network')) : real(what, ...more)",
    )?;
    stage.open()?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.wait_text("not-fetched", "could not be fetched")?;
    page.run("missing = null")?;
    page.click("fetch-again")?;
    page.test("terminal-input")?;
    page.wait_text("journal", "Broker 2 crashed")?;
    page.wait_until("!document.querySelector('[data-test=not-fetched]')", SOON)?;
    // What was kept on this device is brought back only when what reads it is there; until then nothing takes its place.
    std::thread::sleep(Duration::from_secs(3));
    page.reload()?;
    page.css(".opening [data-test=not-fetched]")?;
    std::thread::sleep(Duration::from_secs(3));
    let kept = page.eval("localStorage['rebalance.kept'].includes('broker crash 2')")?;
    if kept != true {
        return Err("what was kept was lost while it could not be read".into());
    }
    page.run("missing = null")?;
    let again = page.css(".opening [data-test=fetch-again]")?;
    page.click_on(&again)?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.wait_until("!document.querySelector('.opening')", SOON)
}

/// The share dialog's lines work in a page of another origin: the stage and two buttons.
pub fn embed(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.click("share")?;
    page.test("embed-fold")?;
    page.run("document.querySelector('[data-test=embed-fold]').open = true")?;
    let snippet = page.text("embed-snippet")?;
    page.test("qr-fold")?;
    page.run("document.querySelector('[data-test=qr-fold]').open = true")?;
    page.test("qr")?;
    page.complaints_none()?;
    // Another port is another origin; a file that is no page stands for a page of somebody else's.
    let elsewhere = Relay::start(&page.base())?;
    page.visit(&format!("{}sw.js", elsewhere.base()))?;
    let _ = page.complaints()?;
    page.run(&format!("document.body.innerHTML = {}", json!(snippet)))?;
    page.into_frame()?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    let seen = "[...document.querySelectorAll('header button, header select')].filter(e => e.offsetParent).length";
    page.wait_until(&format!("{seen} === 2"), SOON)?;
    page.wait_until("!document.querySelector('[data-test=journal]')", SOON)?;
    let before = stage.clock_ms()?;
    stage.play(FAST).or_else(|_| page.click("play"))?;
    stage.until(
        "time passes in the frame",
        || Ok(stage.clock_ms()? > before),
    )?;
    // What is not a page has no icon either, and the browser asks for one all the same.
    let mut complaints = page.complaints()?.into_iter();
    match complaints.find(|c| !c.contains("favicon.ico")) {
        None => Ok(()),
        Some(complaint) => Err(format!("the browser complains: {complaint}")),
    }
}

/// The outline: everything as tables, every action by keyboard, and back to the stage.
pub fn outline(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.run("document.activeElement.blur()")?;
    page.press("o")?;
    page.test("outline")?;
    page.run("document.querySelector('[data-test=\"outline broker crash 2\"]').focus()")?;
    page.press("Enter")?;
    page.wait_text("outline-1", "crashed")?;
    page.run("document.querySelector('[data-test=\"outline look c1\"]').focus()")?;
    page.press("Enter")?;
    page.test("inspector")?;
    page.press("Escape")?;
    page.run("document.activeElement.blur()")?;
    page.press("m")?;
    page.test("inspector")?;
    page.press("Escape")?;
    page.press("?")?;
    page.wait_text("help-dialog", "outline")?;
    page.press("Escape")?;
    page.run("document.activeElement.blur()")?;
    page.press("o")?;
    stage.wait("broker-2", "data-state", "Crashed")
}
