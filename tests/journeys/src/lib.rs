//! # journeys: the built page in a real browser
//!
//! Started by `cargo xtask`, which builds the page, serves it under a sub-path and says where (`JOURNEYS_URL`).
//!
//! - `webdriver` speaks the WebDriver protocol to chromedriver: plain HTTP and JSON, nothing to install.
//! - `page` is what a journey uses: find, click, type, press, wait, and see what the browser complained about.
//! - `shots` takes photographs for people to look at.
//! - `suite` runs the journeys; each is a function in `journeys/`.
//!
//! A journey fails when what it waits for does not come, when the page writes an error to the console, and when it asks
//! for anything outside itself or for something that is not there.

pub mod frames;
pub mod journeys;
pub mod page;
pub mod relay;
pub mod shots;
pub mod suite;
pub mod webdriver;
