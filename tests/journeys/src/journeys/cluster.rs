//! Brokers: the first sight of a running cluster, and what a crash does to it.

use super::stage::{FAST, SOON, Stage};
use crate::page::{Page, Viewport};
use crate::webdriver::Result;
use std::time::{Duration, Instant};

/// A small laptop's window.
const LOW: Viewport = Viewport {
    width: 1280,
    height: 640,
};

/// The page opens on a running cluster, within ten seconds, with something to try.
pub fn first_load(page: &Page) -> Result<()> {
    let stage = Stage(page);
    let begun = Instant::now();
    stage.open()?;
    let took = begun.elapsed();
    if took > Duration::from_secs(10) {
        return Err(format!("the cluster stood only after {} s", took.as_secs()));
    }
    for partition in ["orders-0", "orders-1", "orders-2"] {
        let isr = stage.isr_of(partition)?;
        if stage.leader_of(partition)?.is_none() || isr.len() != 3 {
            return Err(format!(
                "{partition}: leader {:?}, ISR {isr:?}",
                stage.leader_of(partition)?
            ));
        }
    }
    page.test("try")?;
    stage.until("records are written", || Ok(total_end(&stage)? > 0))?;
    let before = stage.clock_ms()?;
    stage.until("the clock moves", || Ok(stage.clock_ms()? != before))?;
    // Also on a low screen what to try, and the way to the first lesson, can be seen without scrolling.
    page.viewport(LOW)?;
    page.wait_until(
        "[...document.querySelectorAll('[data-test=try] button')].filter((b) => b.offsetParent).every((b) => \
         b.getBoundingClientRect().bottom < document.querySelector('[data-test=timeline]').getBoundingClientRect().top)",
        SOON,
    )
}

fn total_end(stage: &Stage) -> Result<u64> {
    let sum = "[...document.querySelectorAll('[data-role=leader][data-end]')].reduce((n, e) => n + Number(e.dataset.end), 0)";
    Ok(stage.0.eval(sum)?.as_u64().unwrap_or(0))
}

/// Its partitions get new leaders from the ISR, which shrinks; when it is back, the ISR is whole again.
pub fn crash_broker(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    let led = stage.led_by(2)?;
    if led.is_empty() {
        return Err("broker 2 leads nothing, so its crash would show nothing".into());
    }
    stage.play(FAST)?;
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    for partition in &led {
        stage.until("another broker leads", || {
            Ok(stage
                .leader_of(partition)?
                .is_some_and(|leader| leader != 2))
        })?;
        stage.until("the ISR has shrunk", || {
            Ok(stage.isr_of(partition)? == [1, 3])
        })?;
    }
    page.wait_text("journal", &led[0])?;
    page.click("broker-2-start")?;
    stage.wait("broker-2", "data-state", "Running")?;
    for partition in &led {
        stage.until("the ISR is whole again", || {
            Ok(stage.isr_of(partition)?.len() == 3)
        })?;
    }
    Ok(())
}

/// In the protocol panel every node's name leads to its details, a client's as well as a broker's.
pub fn lifelines(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.pause()?;
    page.click("tab-protocol")?;
    for name in ["c1", "p1", "broker 1"] {
        let press = format!(
            "[...document.querySelectorAll('#panel button.ref')].find((b) => b.innerText === '{name}')"
        );
        page.wait_until(&format!("!!{press}"), SOON)?;
        page.run(&format!("{press}.click()"))?;
        let told = format!(
            "document.querySelector('[data-test=inspector]')?.innerText.replace(/\\s+/g, ' ').includes('{name}')"
        );
        page.wait_until(&told, SOON)?;
    }
    page.complaints_none()
}

/// A line does what a click does, a click writes its line, and a wrong line is told what would work.
pub fn command_line(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    stage.type_line("broker crash 3")?;
    stage.wait("broker-3", "data-state", "Crashed")?;
    page.click("broker-3-start")?;
    let screen = "document.querySelector('[data-test=terminal-screen]').innerText";
    page.wait_until(&format!("{screen}.includes('broker start 3')"), SOON)?;
    stage.type_line("broker explode 3")?;
    page.wait_until(
        &format!("/crash/.test({screen}.split('explode').pop())"),
        SOON,
    )?;
    stage.type_line("broker crash 9")?;
    page.wait_until(
        &format!("/9/.test({screen}.split('broker crash 9').pop())"),
        SOON,
    )?;
    stage.wait("broker-3", "data-state", "Running")
}

/// While a partition moves, its row on the new broker says that it comes and the one it leaves that it goes, and the inspector
/// says so too; the link that the copy needs is cut, so that there is time to look. Pictures are kept in `target/shots/`.
pub fn partition_moves(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    stage.type_line("broker add 4")?;
    stage.wait("broker-4", "data-state", "Running")?;
    stage.type_line("link cut 1 4")?;
    stage.type_line("topic reassign orders-0 replicas=1:2:4")?;
    page.wait_text("replica-orders-0-on-4", "new")?;
    page.wait_text("replica-orders-0-on-3", "goes")?;
    let others = page.eval("[...document.querySelectorAll('.replica .isr')].filter(e => !/ISR/.test(e.textContent)).map(e => e.textContent).join()")?;
    if others != "goes,new" {
        return Err(format!("rows are marked {others}"));
    }
    page.run("document.querySelector('[data-test=topic-orders] > button').click()")?;
    page.wait_text("inspector", "being moved")?;
    page.run("document.querySelector('[data-test=inspector] details.partition').open = true")?;
    page.wait_text("inspector", "Coming")?;
    page.wait_text("inspector", "Going")?;
    for theme in ["light", "dark"] {
        page.media(theme, false)?;
        page.run(
            "document.querySelector('[data-test=broker-4]').scrollIntoView({ block: 'end' })",
        )?;
        // Colours take a moment to change.
        std::thread::sleep(Duration::from_millis(600));
        let name = format!("partition-moves-{theme}.png");
        page.screenshot(&crate::suite::target("shots").join(name), false)?;
    }
    page.click("link-1-4-heal")?;
    page.wait_until(
        "!document.querySelector('[data-test=replica-orders-0-on-3]')",
        SOON,
    )?;
    stage.wait("replica-orders-0-on-4", "data-isr", "true")?;
    page.wait_until(
        "!document.querySelector('[data-test=inspector]').textContent.includes('being moved')",
        SOON,
    )
}
