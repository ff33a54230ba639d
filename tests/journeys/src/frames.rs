//! How much script a frame takes, in a real browser, with a large cluster on the stage.
//!
//! The page's animation callbacks, timers and microtasks are wrapped before the page loads, and what they take is summed
//! up from one frame to the next. Layout and painting, which script does not wait for, are not in it. Every message
//! drawn fills one shape, and these are counted.
//!
//! The same cluster, left to play, shows how the memory of the page grows with what it can go back to.

use crate::page::{DESK, Page};
use crate::suite;
use crate::webdriver::{Driver, Result};
use serde_json::Value;
use std::time::Duration;

const WRAP: &str = r"
    window.frames_ms = []; window.script_ms = 0;
    const timed = f => typeof f !== 'function' ? f : function (...args) {
        const begun = performance.now();
        try { return f.apply(this, args); } finally { window.script_ms += performance.now() - begun; }
    };
    const frame = window.requestAnimationFrame.bind(window);
    for (const name of ['requestAnimationFrame', 'setTimeout', 'setInterval', 'queueMicrotask']) {
        const own = window[name].bind(window);
        window[name] = (f, ...rest) => own(timed(f), ...rest);
    }
    window.drawn = 0;
    const fill = CanvasRenderingContext2D.prototype.fill;
    CanvasRenderingContext2D.prototype.fill = function (...args) { window.drawn++; return fill.apply(this, args); };
    frame(function tick() { window.frames_ms.push(window.script_ms); window.script_ms = 0; frame(tick); });
";

/// Keeps the program's memory where it can be asked for its size.
const MEMORY: &str = r"
    const asked = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...args) => {
        const made = await asked.apply(WebAssembly, args);
        window.program_memory ??= made.instance.exports.memory;
        return made;
    };
";
/// How often memory is read, and how many times.
const EVERY: Duration = Duration::from_secs(20);
const READINGS: usize = 9;

/// Opens the page with the cluster of a script file, lets it play, and prints what a frame takes.
pub fn run(args: &[String]) -> Result<()> {
    let driver = Driver::start()?;
    let page = playing(&driver, args, WRAP)?;
    std::thread::sleep(Duration::from_secs(3));
    page.run("window.frames_ms.length = 0; window.drawn = 0")?;
    std::thread::sleep(Duration::from_secs(10));
    let drawn = page.eval("Math.round(window.drawn / window.frames_ms.length)")?;
    println!("messages drawn a frame: {drawn}");
    let frames = page.eval("window.frames_ms")?;
    print(
        frames
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect(),
    );
    Ok(())
}

/// Opens the page with the cluster of a script file, lets it play for minutes, and prints how much memory it has taken.
pub fn memory(args: &[String]) -> Result<()> {
    let driver = Driver::start()?;
    let page = playing(&driver, args, MEMORY)?;
    println!("      clock     program MB     script heap MB");
    for _ in 0..READINGS {
        std::thread::sleep(EVERY);
        let clock = page.text("clock")?;
        let program = page.eval("window.program_memory.buffer.byteLength")?;
        let heap = page.eval("performance.memory.usedJSHeapSize")?;
        let [program, heap] = [program, heap].map(|it| it.as_f64().unwrap_or(0.0));
        println!("{clock:>11} {:14.1} {:18.1}", program / 1e6, heap / 1e6);
    }
    Ok(())
}

/// The page with the cluster of a script file at play, after `before` has been run in it.
fn playing<'a>(driver: &'a Driver, args: &[String], before: &str) -> Result<Page<'a>> {
    let file = args
        .iter()
        .find(|a| !a.starts_with("--"))
        .ok_or("this measurement needs the name of a script")?;
    let script = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let page = Page::new(driver.session()?, &suite::base()?);
    page.viewport(DESK)?;
    page.before_load(before)?;
    page.kept(&script)?;
    page.open("#/sandbox")?;
    let stable = "document.querySelector('[data-test=group-g3][data-state=Stable]') != null";
    page.wait_until(stable, Duration::from_secs(120))?;
    Ok(page)
}

fn print(mut frames: Vec<f64>) {
    frames.sort_by(f64::total_cmp);
    let count = frames.len();
    let at = |per_cent: usize| {
        frames
            .get((count * per_cent / 100).min(count.saturating_sub(1)))
            .copied()
            .unwrap_or(0.0)
    };
    println!("frames in 10 s: {count}");
    println!(
        "script a frame: median {:.1} ms, 95th percentile {:.1} ms, most {:.1} ms",
        at(50),
        at(95),
        at(100)
    );
}
