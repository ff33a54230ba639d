//! Everyone: both languages, the keyboard, a phone.

use super::stage::{FAST, SOON, Stage};
use crate::page::{PHONE, Page, Viewport};
use crate::webdriver::Result;

/// The page speaks the browser's language, changes it at a press, and remembers.
pub fn languages(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    speaks(page, "en")?;
    page.click("lang")?;
    speaks(page, "zh")?;
    page.reload()?;
    speaks(page, "zh")?;
    page.run("localStorage.clear()")?;
    page.language("zh")?;
    stage.open()?;
    speaks(page, "zh")?;
    page.click("lang")?;
    speaks(page, "en")
}

/// Waits until the page says it speaks this language, and does.
fn speaks(page: &Page, language: &str) -> Result<()> {
    page.wait_until(
        &format!("document.documentElement.lang.startsWith('{language}')"),
        SOON,
    )?;
    let chinese = "/[\\u4e00-\\u9fff]/.test([...document.querySelectorAll('main h2, main p')].map(e => e.innerText).join(' '))";
    let wanted = if language == "zh" {
        chinese.to_owned()
    } else {
        format!("!{chinese}")
    };
    page.wait_until(&wanted, SOON)
}

/// Everything of the first minute, without a mouse.
pub fn keyboard(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.run("document.activeElement.blur()")?;
    stage.pause_by_key()?;
    let paused = stage.clock_ms()?;
    page.press("ArrowRight")?;
    stage.until("a step moved the clock", || Ok(stage.clock_ms()? >= paused))?;
    page.press("Shift+ArrowRight")?;
    stage.until("the next interesting moment came", || {
        Ok(stage.clock_ms()? > paused)
    })?;
    tab_to(page, "broker-2-crash")?;
    focus_is_visible(page)?;
    page.press("Enter")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.run("document.activeElement.blur()")?;
    page.press("`")?;
    page.wait_until(
        "document.activeElement?.dataset.test === 'terminal-input'",
        SOON,
    )?;
    page.press_text("broker start 2")?;
    page.press("Enter")?;
    page.press("Escape")?;
    page.run("document.activeElement.blur()")?;
    page.press("Space")?;
    stage.play(FAST)?;
    stage.wait("broker-2", "data-state", "Running")
}

impl Stage<'_> {
    fn pause_by_key(&self) -> Result<()> {
        self.0.press("Space")?;
        self.until("the space bar stopped time", || Ok(!self.playing()?))
    }
}

/// Presses Tab until this element has the focus.
fn tab_to(page: &Page, test: &str) -> Result<()> {
    for _ in 0..150 {
        page.press("Tab")?;
        if page.eval("document.activeElement?.dataset.test")? == test {
            return Ok(());
        }
    }
    Err(format!("Tab never reaches {test}"))
}

/// What has the focus looks so.
fn focus_is_visible(page: &Page) -> Result<()> {
    let seen = "(() => { const s = getComputedStyle(document.activeElement);
        return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1 || s.boxShadow !== 'none'; })()";
    page.wait_until(seen, SOON)
        .map_err(|_| "the focus cannot be seen".into())
}

/// On a phone nothing is cut off or pushed aside, and a crash is a tap away.
pub fn phone(page: &Page) -> Result<()> {
    let stage = Stage(page);
    for size in [
        PHONE,
        Viewport {
            width: 360,
            height: 740,
        },
    ] {
        page.viewport(size)?;
        stage.open()?;
        let wide = page
            .eval("document.documentElement.scrollWidth - innerWidth")?
            .as_i64()
            .unwrap_or(0);
        if wide > 0 {
            return Err(format!(
                "at {} px the page is {wide} px too wide",
                size.width
            ));
        }
    }
    page.click("broker-2-crash")?;
    stage.wait("broker-2", "data-state", "Crashed")?;
    page.click("group-billing-join")?;
    stage.play(FAST)?;
    stage.until("c3 owns a partition", || {
        Ok(!stage.owned_by("c3")?.is_empty())
    })
}
