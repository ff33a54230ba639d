//! Reading the stage: who leads, who owns, what time it is.

use crate::page::Page;
use crate::webdriver::Result;
use serde_json::{Value, json};
use std::time::Duration;

/// Virtual seconds pass ten times as fast as real ones.
pub const FAST: &str = "10000";
/// Ten times as slow.
pub const SLOW: &str = "100";

/// Long enough for everything that the classroom's timeouts decide, at [`FAST`].
pub const SOON: Duration = Duration::from_secs(60);

/// The stage of a page.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a>(pub &'a Page<'a>);

impl Stage<'_> {
    /// Opens the sandbox and waits until the first cluster stands: brokers up, the group stable.
    pub fn open(&self) -> Result<()> {
        self.0.open("#/sandbox")?;
        self.wait("broker-3", "data-state", "Running")?;
        self.wait("group-billing", "data-state", "Stable")
    }

    /// Chooses a speed, in thousandths of real time, and makes sure that time passes.
    pub fn play(&self, speed: &str) -> Result<()> {
        self.0.click_on(
            &self
                .0
                .css(&format!("[data-test=speed] option[value=\"{speed}\"]"))?,
        )?;
        if !self.playing()? {
            self.0.click("play")?;
        }
        self.until("time goes on", || self.playing())
    }

    /// Stops time.
    pub fn pause(&self) -> Result<()> {
        if self.playing()? {
            self.0.click("play")?;
        }
        self.until("time stands still", || Ok(!self.playing()?))
    }

    /// Whether time is let go on. (Not whether the clock moved just now: on a busy machine it may pause for breath.)
    pub fn playing(&self) -> Result<bool> {
        Ok(self.attribute("transport", "data-state")? == "playing")
    }

    /// The clock, in virtual milliseconds.
    pub fn clock_ms(&self) -> Result<u64> {
        let text = self.0.text("clock")?;
        let unit = |part: &str| part.trim().parse::<f64>().ok();
        let fields: Option<Vec<f64>> = text.split(':').map(unit).collect();
        let seconds = fields.map(|f| f.iter().fold(0.0, |sum, field| sum * 60.0 + field));
        seconds
            .map(|s| (s * 1000.0).round() as u64)
            .ok_or(format!("the clock says {text:?}"))
    }

    /// An attribute of the element with this `data-test` name; empty if it is not there.
    pub fn attribute(&self, test: &str, name: &str) -> Result<String> {
        let selector = json!(format!("[data-test=\"{test}\"]"));
        let value = self.0.eval(&format!(
            "document.querySelector({selector})?.getAttribute('{name}')"
        ))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an attribute has this value.
    pub fn wait(&self, test: &str, name: &str, value: &str) -> Result<()> {
        let found = self.until("", || Ok(self.attribute(test, name)? == value));
        found.map_err(|_| {
            let now = self.attribute(test, name).unwrap_or_else(|e| e);
            format!("{name} of {test} never became {value:?}; it is {now:?}")
        })
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, mut so: impl FnMut() -> Result<bool>) -> Result<()> {
        let begun = std::time::Instant::now();
        while !so()? {
            if begun.elapsed() > SOON {
                return Err(format!("it never came about that {what}"));
            }
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(())
    }

    /// The `data-test` names of everything that a selector matches.
    pub fn names(&self, selector: &str) -> Result<Vec<String>> {
        let list = format!(
            "[...document.querySelectorAll({})].map(e => e.dataset.test)",
            json!(selector)
        );
        let names = self.0.eval(&list)?;
        let name = |n: &Value| n.as_str().map(str::to_owned);
        Ok(names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(name)
            .collect())
    }

    /// The partitions of `orders` that a broker leads.
    pub fn led_by(&self, broker: u32) -> Result<Vec<String>> {
        let rows = self.names(&format!(
            "[data-test^=\"replica-orders-\"][data-test$=\"-on-{broker}\"][data-role=leader]"
        ))?;
        let name = |row: &String| {
            row.trim_start_matches("replica-")
                .split("-on-")
                .next()
                .map(str::to_owned)
        };
        Ok(rows.iter().filter_map(name).collect())
    }

    /// The broker that leads a partition, if one does.
    pub fn leader_of(&self, partition: &str) -> Result<Option<u32>> {
        let rows = self.names(&format!(
            "[data-test^=\"replica-{partition}-on-\"][data-role=leader]"
        ))?;
        Ok(rows
            .first()
            .and_then(|row| row.rsplit('-').next()?.parse().ok()))
    }

    /// The brokers in the ISR of a partition.
    pub fn isr_of(&self, partition: &str) -> Result<Vec<u32>> {
        let rows = self.names(&format!(
            "[data-test^=\"replica-{partition}-on-\"][data-isr=true]"
        ))?;
        Ok(rows
            .iter()
            .filter_map(|row| row.rsplit('-').next()?.parse().ok())
            .collect())
    }

    /// The partitions that a consumer owns.
    pub fn owned_by(&self, consumer: &str) -> Result<Vec<String>> {
        let rows = self.names(&format!(
            "[data-test^=\"owned-\"][data-test$=\"-by-{consumer}\"]"
        ))?;
        let name = |row: &String| {
            row.trim_start_matches("owned-")
                .split("-by-")
                .next()
                .map(str::to_owned)
        };
        Ok(rows.iter().filter_map(name).collect())
    }

    /// Types a line into the terminal.
    pub fn type_line(&self, line: &str) -> Result<()> {
        self.0.type_into("terminal-input", &format!("{line}\n"))
    }
}
