//! Time: back, another future, a reload, a link.

use super::stage::{FAST, SOON, Stage};
use crate::page::Page;
use crate::webdriver::Result;

/// Going back shows the past; acting there makes another future, and the first one stays.
pub fn fork(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    let start = stage.clock_ms()?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    stage.until("eight seconds have passed", || {
        Ok(stage.clock_ms()? > start + 8_000)
    })?;
    stage.pause()?;
    let end = stage.clock_ms()?;
    scrub(page, start.saturating_sub(500))?;
    stage.wait("broker-2", "data-state", "Running")?;
    stage.until("the clock is back", || Ok(stage.clock_ms()? < start))?;
    page.click("broker-3-crash")?;
    stage.wait("broker-3", "data-state", "Crashed")?;
    stage.until("there are two futures", || {
        Ok(stage.names("[data-test^=branch-]")?.len() == 2)
    })?;
    stage.wait("broker-2", "data-state", "Running")?;
    let first = stage
        .names("[data-test^=branch-][aria-pressed=false]")?
        .concat();
    page.click(&first)?;
    stage.wait(&first, "aria-pressed", "true")?;
    scrub(page, end)?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    stage.wait("broker-3", "data-state", "Running")
}

/// Undo begins a future without the last command, redo returns; two futures lie side by side, and have names.
pub fn compare(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.run("document.activeElement.blur()")?;
    page.press("Ctrl+z")?;
    stage.wait("broker-2", "data-state", "Running")?;
    page.press("Ctrl+Shift+Z")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.press("Ctrl+z")?;
    stage.wait("broker-2", "data-state", "Running")?;
    let undone = stage.clock_ms()?;
    stage.until("time goes on without the crash", || {
        Ok(stage.clock_ms()? > undone + 8_000)
    })?;
    stage.wait("broker-2", "data-state", "Running")?;
    page.wait_text("branch-1", "without broker crash 2")?;
    page.click("compare")?;
    slide(page, "compare-at", undone + 8_000)?;
    page.wait_text("differences", "crashed")?;
    page.wait_text("differences", "ISR")?;
    page.type_into("future-name-1", "calm\n")?;
    page.wait_text("differences", "calm")?;
    page.click("dialog-close")?;
    page.wait_text("branch-1", "calm")
}

/// A named moment is a flag on the timeline, and survives a reload.
pub fn bookmarks(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.pause()?;
    let moment = stage.clock_ms()?;
    page.run("document.activeElement.blur()")?;
    page.press("b")?;
    page.test("bookmark-name")?;
    page.press_text("all is well")?;
    page.press("Enter")?;
    page.test("flag-0")?;
    page.click("broker-2-crash")?;
    stage.play(FAST)?;
    stage.until("time has passed", || Ok(stage.clock_ms()? > moment + 4_000))?;
    stage.pause()?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    page.reload()?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.click("bookmark")?;
    page.wait_text("bookmark-dialog", "all is well")?;
    page.click("bookmark-go-0")?;
    stage.until("the clock is at the moment", || {
        Ok(stage.clock_ms()? == moment)
    })?;
    stage.wait("broker-2", "data-state", "Running")?;
    page.click("bookmark")?;
    page.click("bookmark-forget-0")?;
    stage.until("the flag is gone", || Ok(!page.has("flag-0")?))
}

/// Moves the timeline's slider, as a drag does, once the timeline reaches that far: another future's end is shown only
/// when it is drawn, and a slider takes no value past its end.
fn scrub(page: &Page, to_ms: u64) -> Result<()> {
    page.wait_until(
        &format!(
            "document.querySelector('[data-test=timeline]').dataset.end / 1000 > {to_ms} - 100"
        ),
        SOON,
    )?;
    slide(page, "scrub", to_ms)
}

fn slide(page: &Page, test: &str, to_ms: u64) -> Result<()> {
    page.wait_until(
        &format!("document.querySelector('[data-test={test}]')?.max > {to_ms} - 100"),
        SOON,
    )?;
    let script = format!(
        "const slider = document.querySelector('[data-test={test}]');
         Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, {to_ms});
         slider.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));"
    );
    page.run(&script).map(|_| ())
}

/// After a reload, the broker that was down is still down.
pub fn reload(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    let before = stage.clock_ms()?;
    std::thread::sleep(std::time::Duration::from_secs(2));
    page.reload()?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    stage.until("the clock is not before the crash", || {
        Ok(stage.clock_ms()? >= before)
    })
}

/// Every future survives a reload, with its name and the moment at which one looked away.
pub fn futures_kept(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.run("document.activeElement.blur()")?;
    page.press("Ctrl+z")?;
    stage.wait("broker-2", "data-state", "Running")?;
    page.click("broker-3-crash")?;
    stage.wait("broker-3", "data-state", "Crashed")?;
    page.click("compare")?;
    page.type_into("future-name-1", "calm\n")?;
    page.click("dialog-close")?;
    page.wait_text("branch-1", "calm")?;
    stage.pause()?;
    let moment = stage.clock_ms()?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    page.reload()?;
    page.wait_text("branch-1", "calm")?;
    stage.wait("branch-1", "aria-pressed", "true")?;
    stage.wait("broker-3", "data-state", "Crashed")?;
    stage.wait("broker-2", "data-state", "Running")?;
    stage.until("the clock stands where it stood", || {
        Ok(stage.clock_ms()? == moment)
    })?;
    page.click("branch-0")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    stage.wait("broker-3", "data-state", "Running")
}

/// What was kept and cannot be brought back is said so, and can be saved as a file.
pub fn kept_damaged(page: &Page) -> Result<()> {
    page.before_load(
        "if (location.protocol === 'http:') localStorage.setItem('rebalance.kept', '# rebalance 1 paused 1000\\ncluster create brokers=3\\nbroker krash 2\\n');",
    )?;
    let stage = Stage(page);
    stage.open()?;
    page.wait_text("notice", "ine 2")?;
    page.wait_text("notice", "Nothing is lost")?;
    page.wait_until(
        "decodeURIComponent(document.querySelector('[data-test=kept-save]')?.href ?? '').includes('broker krash 2')",
        SOON,
    )
}

/// A link made here shows the same moment in a browser that has never been here.
pub fn share(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    stage.type_line("topic create refunds partitions=2 replication=2")?;
    page.click("broker-2-crash")?;
    stage.until("the group is stable again", || {
        Ok(stage.leader_of("orders-1")?.is_some_and(|l| l != 2))
    })?;
    stage.pause()?;
    // The slider knows tenths of a second; time stopped between two of them.
    let moment = stage.clock_ms()? / 100 * 100;
    scrub(page, moment)?;
    stage.until(
        "the slider was followed",
        || Ok(stage.clock_ms()? == moment),
    )?;
    let shown = picture(page)?;
    page.click("share")?;
    page.test("share-link")?;
    let link = page.eval("document.querySelector('[data-test=share-link]').value")?;
    let route = link
        .as_str()
        .and_then(|l| l.split_once('#'))
        .map(|(_, r)| format!("#{r}"));
    let route = route.ok_or(format!("the link is {link}"))?;
    page.run("localStorage.clear()")?;
    page.open(&route)?;
    stage.until("the clock shows the shared moment", || {
        Ok(stage.clock_ms()? >= moment)
    })?;
    page.test("topic-refunds")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    stage.pause()?;
    scrub(page, moment)?;
    stage.until(
        "the stage is the shared one",
        || Ok(picture(page)? == shown),
    )
}

/// The stage as a file: an SVG that has its words in it, and a PNG that the browser could draw of it.
pub fn saved_picture(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.pause()?;
    page.run(
        "URL.createObjectURL = (blob) => { (window.saved ??= []).push(blob); return 'data:,'; };",
    )?;
    page.click("share")?;
    page.click("picture-fold")?;
    page.click("picture-svg")?;
    page.wait_until("window.saved?.[0]?.type === 'image/svg+xml'", SOON)?;
    page.run("saved[0].text().then((text) => (window.drawing = text))")?;
    page.wait_until("window.drawing?.includes('orders-0')", SOON)?;
    let asks_others = page.eval("/(src|href)=\"(?!data:|#)/.test(drawing)")?;
    if asks_others.as_bool() != Some(false) {
        return Err("the picture asks for other files".into());
    }
    page.click("picture-png")?;
    page.wait_until(
        "window.saved?.[1]?.type === 'image/png' && saved[1].size > 20000",
        SOON,
    )?;
    page.complaints_none()
}

/// What the stage says of every replica and member.
fn picture(page: &Page) -> Result<String> {
    let facts = "[...document.querySelectorAll('[data-test^=replica-], [data-test^=owned-], [data-test^=broker-][data-state]')]
        .map(e => [e.dataset.test, e.dataset.role, e.dataset.isr, e.dataset.end, e.dataset.hw, e.dataset.state].join(' ')).sort().join('\\n')";
    Ok(page.eval(facts)?.as_str().unwrap_or_default().to_owned())
}

/// A link that was cut or changed on its way is refused in words, and the page works.
pub fn broken_link(page: &Page) -> Result<()> {
    let stage = Stage(page);
    for route in [
        "#/s/",
        "#/s/not-a-link",
        "#/s/AAAAAAAAAAAAAAAA",
        "#/s/%00%ff<script>",
    ] {
        page.open(route)?;
        page.wait_until(
            "document.querySelector('[data-test=notice]')?.innerText.length > 10",
            SOON,
        )
        .map_err(|e| format!("{route}: {e}"))?;
        stage.wait("broker-3", "data-state", "Running")?;
    }
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")
}
