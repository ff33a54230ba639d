//! When the program breaks: a card with a way back and a report, never a white page.
//!
//! A panic ends the program, so the card is plain DOM whose buttons need none of it: "go back one step" is a share
//! link of everything up to before the last command. For that the commands are noted here, outside the state that
//! may be broken: the script that was kept last, and the lines since.

use crate::i18n::Lang;
use crate::route::Route;
use crate::{share, storage};
use rebalance_core::time::SimTime;
use std::cell::RefCell;
use std::fmt::Write;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, Element};

/// What would bring the moment back.
#[derive(Debug, Default)]
struct Log {
    script: String,
    at: SimTime,
    since: Vec<(SimTime, String)>,
}

thread_local! {
    static LOG: RefCell<Log> = RefCell::default();
}

/// Called before a command is applied.
pub fn note(at: SimTime, line: &str) {
    LOG.with(|log| {
        if let Ok(mut log) = log.try_borrow_mut() {
            log.since.push((at, line.to_string()));
        }
    });
}

/// Called when the moment was written down as a script.
pub fn noted(at: SimTime, script: &str) {
    LOG.with(|log| {
        if let Ok(mut log) = log.try_borrow_mut() {
            *log = Log {
                script: script.to_string(),
                at,
                since: Vec::new(),
            };
        }
    });
}

impl Log {
    /// Everything that was done, as one script.
    fn whole(&self) -> String {
        let mut script = self.script.clone();
        let mut now = self.at;
        for (at, line) in &self.since {
            if *at > now {
                let _ = writeln!(script, "advance {}us", at.since(now).0);
            }
            now = *at;
            let _ = writeln!(script, "{line}");
        }
        script
    }
}

/// The script without its last command and what came after; empty when only the cluster's creation is left to drop.
fn one_step_back(script: &str) -> String {
    let mut lines: Vec<&str> = script.lines().filter(|l| !l.trim().is_empty()).collect();
    while lines.pop().is_some_and(|l| l.starts_with("advance ")) {}
    let mut back = lines.join("\n");
    if !back.is_empty() {
        back.push('\n');
    }
    back
}

/// Puts the hook in place.
///
/// What breaks without a panic (an exhausted stack or memory) reaches the window as an error. And an event of the name
/// `rebalance-panic` breaks the program on purpose: that is how the tests see the card.
pub fn install() {
    // Yew puts a hook of its own in place unless it is given one.
    yew::set_custom_panic_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        broken(&info.to_string());
    }));
    listen("error", |event| {
        let error = event.dyn_into::<web_sys::ErrorEvent>().map(|e| e.error());
        if let Some(error) = error.ok().filter(|e| e.is_instance_of::<js_sys::Error>()) {
            let text = String::from(error.unchecked_into::<js_sys::Error>().to_string());
            if text.starts_with("RuntimeError") || text.starts_with("RangeError") {
                broken(&text);
            }
        }
    });
    listen("rebalance-panic", |_| panic!("asked for by a test"));
}

/// The card of the page: with the way back to before the last command.
fn broken(message: &str) {
    let script = LOG.with(|log| log.try_borrow().map(|l| l.whole()).unwrap_or_default());
    let back = one_step_back(&script);
    let back = share::encode(&back).filter(|_| !back.is_empty());
    let again = "localStorage.removeItem('rebalance.kept');setTimeout(()=>location.reload(),0)";
    let _ = show(message, &script, back, again);
}

/// A link and a reload need nothing of this program, nor storage.
const RELOAD: &str = "setTimeout(()=>location.reload(),0)";

/// Hears an event of the window for as long as the page lives.
fn listen(name: &str, heard: fn(web_sys::Event)) {
    let heard = Closure::<dyn Fn(web_sys::Event)>::new(heard);
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    }
    heard.forget();
}

/// Words of the card.
struct Words {
    title: &'static str,
    text: &'static str,
    back: &'static str,
    again: &'static str,
    copy: &'static str,
    report: &'static str,
}

const EN: Words = Words {
    title: "Something broke inside Rebalance",
    text: "This is our mistake, not yours. What you did is written down: go back to just before your last step, or start again.",
    back: "Go back one step",
    again: "Start again",
    copy: "Copy report",
    report: "Report: the message and the commands that led here",
};
const ZH: Words = Words {
    title: "Rebalance 内部出错了",
    text: "这是我们的错，不是你的。你做过的操作都有记录：可以回到最后一步之前，或者重新开始。",
    back: "后退一步",
    again: "重新开始",
    copy: "复制报告",
    report: "报告：错误信息，以及走到这里的命令",
};

fn words() -> &'static Words {
    let browser = web_sys::window().and_then(|w| w.navigator().language());
    let tag = storage::get("rebalance.lang")
        .or(browser)
        .unwrap_or_default();
    match Lang::from_tag(&tag) {
        Lang::En => &EN,
        Lang::Zh => &ZH,
    }
}

/// Puts the card in the place of everything else: `back` is the data of a link, `again` what "start again" runs.
fn show(message: &str, script: &str, back: Option<String>, again: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    if document.get_element_by_id("recovery").is_some() {
        return None;
    }
    let w = words();
    let card = element(
        &document,
        "main",
        &[
            ("id", "recovery"),
            ("class", "recovery"),
            ("role", "alert"),
            ("data-test", "recovery"),
        ],
    )?;
    add(&document, &card, "h1", w.title, &[])?;
    add(&document, &card, "p", w.text, &[])?;
    let actions = element(&document, "p", &[("class", "actions")])?;
    if let Some(data) = back {
        let href = Route::Recovered(data).hash();
        add(
            &document,
            &actions,
            "a",
            w.back,
            &[
                ("href", &href),
                ("class", "btn primary"),
                ("onclick", RELOAD),
                ("data-test", "recovery-back"),
            ],
        )?;
    }
    add(
        &document,
        &actions,
        "a",
        w.again,
        &[("href", "#/sandbox"), ("class", "btn"), ("onclick", again)],
    )?;
    let copy = "const t=document.querySelector('#recovery textarea');t.select();navigator.clipboard?navigator.clipboard.writeText(t.value):document.execCommand('copy')";
    add(
        &document,
        &actions,
        "button",
        w.copy,
        &[("class", "btn"), ("type", "button"), ("onclick", copy)],
    )?;
    card.append_child(&actions).ok()?;
    let report = format!(
        "Rebalance {}\n{message}\n\n{script}",
        env!("CARGO_PKG_VERSION")
    );
    add(
        &document,
        &card,
        "label",
        w.report,
        &[("for", "recovery-report")],
    )?;
    add(
        &document,
        &card,
        "textarea",
        &report,
        &[
            ("id", "recovery-report"),
            ("readonly", ""),
            ("rows", "10"),
            ("spellcheck", "false"),
        ],
    )?;
    let body = document.body()?;
    while let Some(child) = body.last_child() {
        body.remove_child(&child).ok()?;
    }
    body.append_child(&card).ok()?;
    let first = card.query_selector("a").ok()??;
    first.dyn_into::<web_sys::HtmlElement>().ok()?.focus().ok()
}

fn element(document: &Document, tag: &str, attributes: &[(&str, &str)]) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    for (name, value) in attributes {
        element.set_attribute(name, value).ok()?;
    }
    Some(element)
}

fn add(
    document: &Document,
    to: &Element,
    tag: &str,
    text: &str,
    attributes: &[(&str, &str)],
) -> Option<()> {
    let child = element(document, tag, attributes)?;
    child.set_text_content(Some(text));
    to.append_child(&child).ok()?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_step_back_drops_the_last_command_and_what_came_after() {
        let script = "cluster create\ntopic create a\nadvance 5s\nbroker crash 2\nadvance 1s\n";
        assert_eq!(
            one_step_back(script),
            "cluster create\ntopic create a\nadvance 5s\n"
        );
        assert_eq!(one_step_back("cluster create\nadvance 5s"), "");
        assert_eq!(one_step_back(""), "");
    }

    #[test]
    fn lines_since_the_last_writing_are_part_of_the_whole() {
        let log = Log {
            script: "cluster create\nadvance 5s\n".into(),
            at: SimTime(5_000_000),
            since: vec![
                (SimTime(5_000_000), "broker crash 2".into()),
                (SimTime(5_250_007), "broker start 2".into()),
            ],
        };
        assert_eq!(
            log.whole(),
            "cluster create\nadvance 5s\nbroker crash 2\nadvance 250007us\nbroker start 2\n"
        );
    }
}
