//! The page as a journey sees it.
//!
//! Things are found by their `data-test` name, by CSS, by role and accessible name, or by text. Every search waits a few
//! seconds, since the page draws when the browser lets it. Clicks and keys are real ones: a button that is covered by
//! something cannot be clicked here either.

use crate::webdriver::{Result, Session};
use base64::Engine;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a search waits by default.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The size of the window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewport {
    pub width: u32,
    pub height: u32,
}

/// The window of a laptop.
pub const DESK: Viewport = Viewport {
    width: 1440,
    height: 900,
};
/// The window of a phone.
pub const PHONE: Viewport = Viewport {
    width: 390,
    height: 844,
};

/// A browser window with the page in it.
#[derive(Debug)]
pub struct Page<'a> {
    session: Session<'a>,
    base: RefCell<String>,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(String);

impl<'a> Page<'a> {
    pub fn new(session: Session<'a>, base: &str) -> Self {
        Self {
            session,
            base: RefCell::new(base.to_owned()),
        }
    }

    /// The same page from another server, from now on.
    pub fn move_to(&self, base: &str) {
        *self.base.borrow_mut() = base.to_owned();
    }

    /// Where the page is.
    pub fn base(&self) -> String {
        self.base.borrow().clone()
    }

    /// The window's size; a narrow one also behaves like a touch screen.
    pub fn viewport(&self, size: Viewport) -> Result<()> {
        let mobile = size.width < 600;
        let metrics = json!({ "width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": mobile });
        self.session
            .cdp("Emulation.setDeviceMetricsOverride", metrics)?;
        self.session
            .cdp(
                "Emulation.setTouchEmulationEnabled",
                json!({ "enabled": mobile }),
            )
            .map(|_| ())
    }

    /// What the reader's system prefers: `light` or `dark`; and whether motion shall be reduced.
    pub fn media(&self, theme: &str, reduced_motion: bool) -> Result<()> {
        let motion = if reduced_motion {
            "reduce"
        } else {
            "no-preference"
        };
        let scheme = json!({ "name": "prefers-color-scheme", "value": theme });
        let motion = json!({ "name": "prefers-reduced-motion", "value": motion });
        self.session
            .cdp(
                "Emulation.setEmulatedMedia",
                json!({ "features": [scheme, motion] }),
            )
            .map(|_| ())
    }

    /// Shows the page as a printer would.
    pub fn print_media(&self, on: bool) -> Result<()> {
        let media = if on { "print" } else { "" };
        self.session
            .cdp("Emulation.setEmulatedMedia", json!({ "media": media }))
            .map(|_| ())
    }

    /// The reader's language, as the browser tells it to the page: `en` or `zh`.
    pub fn language(&self, language: &str) -> Result<()> {
        let accept = if language == "zh" {
            "zh-CN,zh"
        } else {
            "en-US,en"
        };
        let agent = self.session.cdp("Browser.getVersion", json!({}))?["userAgent"].take();
        let agent = agent.as_str().unwrap_or_default().replace("Headless", "");
        let params = json!({ "userAgent": agent, "acceptLanguage": accept });
        self.session
            .cdp("Emulation.setUserAgentOverride", params)
            .map(|_| ())
    }

    /// A script that runs before the page's own, in every page opened from now on.
    pub fn before_load(&self, script: &str) -> Result<()> {
        let params = json!({ "source": script });
        self.session
            .cdp("Page.addScriptToEvaluateOnNewDocument", params)
            .map(|_| ())
    }

    /// Has the page find this script, as if the reader had left it while that cluster played.
    pub fn kept(&self, script: &str) -> Result<()> {
        let kept = json!(format!("# rebalance 1 playing 1000\n{script}"));
        self.before_load(&format!(
            "try {{ localStorage.setItem('rebalance.kept', {kept}); }} catch {{}}"
        ))
    }

    /// Opens the page at a route such as `#/sandbox`, and waits until something is drawn.
    pub fn open(&self, route: &str) -> Result<()> {
        // Two routes differ only after `#`, which alone would not load the page anew.
        self.session.post("/url", json!({ "url": "about:blank" }))?;
        self.session
            .post("/url", json!({ "url": format!("{}{route}", self.base()) }))?;
        self.wait_until(
            "document.body && document.body.querySelector('main, [role=main]')",
            Duration::from_secs(30),
        )
    }

    /// Loads the same address again.
    pub fn reload(&self) -> Result<()> {
        self.session.post("/refresh", json!({}))?;
        self.wait_until(
            "document.body && document.body.querySelector('main, [role=main]')",
            Duration::from_secs(30),
        )
    }

    /// The address in the address bar.
    pub fn address(&self) -> Result<String> {
        let url = self.session.get("/url")?;
        Ok(url.as_str().unwrap_or_default().to_owned())
    }

    /// Runs the body of an async function in the page; returns what it returns.
    pub fn run(&self, script: &str) -> Result<Value> {
        let script = format!("return (async () => {{ {script} }})()");
        self.session
            .post("/execute/sync", json!({ "script": script, "args": [] }))
    }

    /// The value of an expression.
    pub fn eval(&self, expression: &str) -> Result<Value> {
        self.run(&format!("return ({expression})"))
    }

    /// Waits until an expression is true in the page.
    pub fn wait_until(&self, expression: &str, patience: Duration) -> Result<()> {
        let test = format!("!!({expression})");
        let seen = self.poll(patience, || Ok(self.eval(&test)?.as_bool().filter(|t| *t)));
        seen.map_err(|e| {
            format!(
                "waited {} s in vain for: {expression}{}",
                patience.as_secs(),
                because(&e)
            )
        })
        .map(|_| ())
    }

    /// Waits until the element with this `data-test` name has a text that contains `text`.
    pub fn wait_text(&self, test: &str, text: &str) -> Result<()> {
        let shown = self.poll(PATIENCE, || {
            Ok(Some(self.text(test)?).filter(|t| t.contains(text)))
        });
        shown.map(|_| ()).map_err(|_| {
            let now = self.text(test).unwrap_or_else(|e| e);
            format!("`{test}` never said {text:?}; it says {now:?}")
        })
    }

    fn poll<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let begun = Instant::now();
        loop {
            let last = match look() {
                Ok(Some(value)) => return Ok(value),
                Ok(None) => String::new(),
                Err(e) => e,
            };
            if begun.elapsed() > patience {
                return Err(last);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn all(&self, using: &str, value: &str) -> Result<Vec<Element>> {
        let found = self
            .session
            .post("/elements", json!({ "using": using, "value": value }))?;
        let id = |e: &Value| {
            e.as_object()?
                .values()
                .next()?
                .as_str()
                .map(|s| Element(s.to_owned()))
        };
        Ok(found
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(id)
            .collect())
    }

    /// Every element that a CSS selector matches now.
    pub fn css_all(&self, selector: &str) -> Result<Vec<Element>> {
        self.all("css selector", selector)
    }

    /// The first element that a CSS selector matches.
    pub fn css(&self, selector: &str) -> Result<Element> {
        let found = self.poll(PATIENCE, || Ok(self.css_all(selector)?.into_iter().next()));
        found.map_err(|e| format!("there is no element `{selector}`{}", because(&e)))
    }

    /// The element with this `data-test` name.
    pub fn test(&self, name: &str) -> Result<Element> {
        self.css(&format!("[data-test=\"{name}\"]"))
    }

    /// Whether an element with this `data-test` name is there now.
    pub fn has(&self, name: &str) -> Result<bool> {
        Ok(!self.css_all(&format!("[data-test=\"{name}\"]"))?.is_empty())
    }

    /// The innermost element whose own text contains `text`.
    pub fn by_text(&self, text: &str) -> Result<Element> {
        let path = format!("//*[text()[contains(normalize-space(.), \"{text}\")]]");
        let found = self.poll(PATIENCE, || Ok(self.all("xpath", &path)?.pop()));
        found.map_err(|e| format!("nothing on the page says {text:?}{}", because(&e)))
    }

    /// The element with this role and an accessible name that contains `name`.
    pub fn by_role(&self, role: &str, name: &str) -> Result<Element> {
        let selector = match role {
            "button" => "button, [role=button], summary",
            "link" => "a[href], [role=link]",
            "textbox" => {
                "input:not([type]), input[type=text], textarea, [role=textbox], [role=combobox]"
            }
            "heading" => "h1, h2, h3, h4, [role=heading]",
            _ => "[role]",
        };
        let found = self.poll(PATIENCE, || {
            let candidates = self.css_all(selector)?;
            Ok(candidates.into_iter().find(|e| self.is(e, role, name)))
        });
        found.map_err(|e| format!("there is no {role} named {name:?}{}", because(&e)))
    }

    fn is(&self, element: &Element, role: &str, name: &str) -> bool {
        let read = |what: &str| self.session.get(&format!("/element/{}/{what}", element.0));
        read("computedlabel").is_ok_and(|l| l.as_str().is_some_and(|l| l.contains(name)))
            && read("computedrole").is_ok_and(|r| r.as_str() == Some(role))
    }

    /// The visible text of the element with this `data-test` name.
    pub fn text(&self, name: &str) -> Result<String> {
        let name = json!(format!("[data-test=\"{name}\"]"));
        let text = self.eval(&format!(
            "(document.querySelector({name}) || {{ innerText: '' }}).innerText"
        ))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks an element with the mouse; if the page redraws it meanwhile, looks no further.
    pub fn click_on(&self, element: &Element) -> Result<()> {
        self.session
            .post(&format!("/element/{}/click", element.0), json!({}))
            .map(|_| ())
    }

    /// Clicks the element with this `data-test` name. The page may redraw between finding and clicking: then it is found again.
    pub fn click(&self, name: &str) -> Result<()> {
        let clicked = self.poll(PATIENCE, || {
            self.to_the_middle(name)?;
            self.click_on(&self.test(name)?)?;
            Ok(Some(()))
        });
        clicked.map_err(|e| format!("`{name}` cannot be clicked{}", because(&e)))
    }

    /// Scrolls as a reader would who wants to press something: away from bars at the edges.
    fn to_the_middle(&self, name: &str) -> Result<()> {
        let selector = json!(format!("[data-test=\"{name}\"]"));
        let scroll = "scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })";
        self.run(&format!("document.querySelector({selector})?.{scroll}"))
            .map(|_| ())
    }

    /// Types text into the element with this `data-test` name; `\n` is the Enter key.
    pub fn type_into(&self, name: &str, text: &str) -> Result<()> {
        let element = self.test(name)?;
        let text = text.replace('\n', "\u{E007}");
        self.session
            .post(
                &format!("/element/{}/value", element.0),
                json!({ "text": text }),
            )
            .map(|_| ())
    }

    /// Presses keys where the focus is: `Tab`, `Enter`, `Space`, `Shift+ArrowRight`, `Ctrl+k`, `a`.
    pub fn press(&self, chord: &str) -> Result<()> {
        let keys: Vec<String> = chord.split('+').map(key).collect();
        let step = |kind: &str, k: &String| json!({ "type": kind, "value": k });
        let mut actions: Vec<Value> = keys.iter().map(|k| step("keyDown", k)).collect();
        actions.extend(keys.iter().rev().map(|k| step("keyUp", k)));
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.session.post("/actions", body).map(|_| ())
    }

    /// Types text where the focus is, one key after another.
    pub fn press_text(&self, text: &str) -> Result<()> {
        text.chars().try_for_each(|c| {
            self.press(
                if c == ' ' {
                    "Space".into()
                } else {
                    c.to_string()
                }
                .as_str(),
            )
        })
    }

    /// Writes a picture of the window, or of the whole page.
    pub fn screenshot(&self, file: &Path, whole: bool) -> Result<()> {
        let params = json!({ "format": "png", "captureBeyondViewport": whole });
        let picture = self.session.cdp("Page.captureScreenshot", params)?;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().unwrap_or_default());
        let io = |e: &dyn Display| format!("{}: {e}", file.display());
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir).map_err(|e| io(&e))?;
        }
        std::fs::write(file, bytes.map_err(|e| io(&e))?).map_err(|e| io(&e))
    }

    /// Any other address.
    pub fn visit(&self, url: &str) -> Result<()> {
        let url = json!({ "url": url });
        self.session.post("/url", url).map(|_| ())
    }

    /// From now on everything is about the page in the first frame of this one.
    pub fn into_frame(&self) -> Result<()> {
        let frame = self.css("iframe")?;
        let id = json!({ "element-6066-11e4-a52e-4f735466cecf": frame.0 });
        self.session.post("/frame", json!({ "id": id })).map(|_| ())
    }

    /// Fails if the browser has complained.
    pub fn complaints_none(&self) -> Result<()> {
        match self.complaints()? {
            none if none.is_empty() => Ok(()),
            some => Err(format!("the browser complains: {}", some.join(" | "))),
        }
    }

    /// What the browser complained about since the last call: console errors, failed requests, requests to elsewhere.
    pub fn complaints(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in self.log("browser")? {
            if entry["level"] == "SEVERE" {
                found.push(format!(
                    "console: {}",
                    entry["message"].as_str().unwrap_or_default()
                ));
            }
        }
        for entry in self.log("performance")? {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default())
                .unwrap_or_default();
            found.extend(self.request_problem(&event["message"]));
        }
        Ok(found)
    }

    fn log(&self, kind: &str) -> Result<Vec<Value>> {
        let log = self.session.post("/se/log", json!({ "type": kind }))?;
        Ok(log.as_array().cloned().unwrap_or_default())
    }

    fn request_problem(&self, event: &Value) -> Option<String> {
        let params = &event["params"];
        match event["method"].as_str()? {
            "Network.requestWillBeSent" => {
                let url = params["request"]["url"].as_str()?;
                let own = url.starts_with(&self.base())
                    || ["data:", "blob:", "about:"]
                        .iter()
                        .any(|s| url.starts_with(s));
                (!own).then(|| format!("a request to elsewhere: {url}"))
            }
            "Network.responseReceived" if params["response"]["status"].as_u64()? >= 400 => {
                Some(format!(
                    "status {}: {}",
                    params["response"]["status"], params["response"]["url"]
                ))
            }
            "Network.loadingFailed" if params["canceled"] != true => Some(format!(
                "a request failed: {} {}",
                params["errorText"], params["blockedReason"]
            )),
            _ => None,
        }
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(" ({})", reason.lines().next().unwrap_or_default())
    }
}

/// The code point by which WebDriver knows a key.
fn key(name: &str) -> String {
    let code = match name {
        "Shift" => '\u{E008}',
        "Ctrl" => '\u{E009}',
        "Alt" => '\u{E00A}',
        "Tab" => '\u{E004}',
        "Enter" => '\u{E007}',
        "Escape" => '\u{E00C}',
        "Space" => ' ',
        "Backspace" => '\u{E003}',
        "Delete" => '\u{E017}',
        "Home" => '\u{E011}',
        "End" => '\u{E010}',
        "PageUp" => '\u{E00E}',
        "PageDown" => '\u{E00F}',
        "ArrowLeft" => '\u{E012}',
        "ArrowUp" => '\u{E013}',
        "ArrowRight" => '\u{E014}',
        "ArrowDown" => '\u{E015}',
        other => return other.to_owned(),
    };
    code.to_string()
}
