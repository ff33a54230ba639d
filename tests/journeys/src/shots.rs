//! Photographs of the page, for people to look at.
//!
//! `shots` takes the whole matrix of sizes, themes and languages; `shot` takes one state, reached by a script. Both write
//! PNG files to `target/shots/` and print their names. Complaints of the browser are printed, not fatal.

use crate::page::{DESK, PHONE, Page, Viewport};
use crate::suite;
use crate::webdriver::{Driver, Result};
use std::path::PathBuf;
use std::time::Duration;

struct Shot {
    size: Viewport,
    theme: String,
    language: String,
    route: String,
    script: String,
    wait: Duration,
    whole: bool,
    out: String,
}

impl Default for Shot {
    fn default() -> Self {
        Self {
            size: DESK,
            theme: "light".into(),
            language: "en".into(),
            route: String::new(),
            script: String::new(),
            wait: Duration::from_millis(1500),
            whole: false,
            out: String::new(),
        }
    }
}

impl Shot {
    fn name(&self) -> String {
        let Viewport { width, height } = self.size;
        let route: String = self
            .route
            .chars()
            .filter(|c| c.is_ascii_alphanumeric())
            .collect();
        let place = if route.is_empty() { "home" } else { &route };
        format!(
            "{place}-{width}x{height}-{}-{}.png",
            self.theme, self.language
        )
    }

    fn take(&self, driver: &Driver) -> Result<()> {
        let page = Page::new(driver.session()?, &suite::base()?);
        page.viewport(self.size)?;
        page.media(&self.theme, false)?;
        page.language(&self.language)?;
        let ready = page
            .open(&self.route)
            .and_then(|()| page.run(&self.script).map(|_| ()));
        std::thread::sleep(self.wait);
        let name = if self.out.is_empty() {
            self.name()
        } else {
            self.out.clone()
        };
        let file = if name.contains('/') {
            PathBuf::from(name)
        } else {
            suite::target("shots").join(name)
        };
        page.screenshot(&file, self.whole)?;
        println!("{}", file.display());
        for complaint in page.complaints()? {
            println!("  {complaint}");
        }
        ready
    }
}

/// Every size, theme and language.
pub fn all() -> Result<()> {
    let driver = Driver::start()?;
    for size in [DESK, PHONE] {
        for theme in ["light", "dark"] {
            for language in ["en", "zh"] {
                let shot = Shot {
                    size,
                    theme: theme.into(),
                    language: language.into(),
                    ..Shot::default()
                };
                shot.take(&driver)?;
            }
        }
    }
    Ok(())
}

/// One picture, as the options say.
pub fn one(args: &[String]) -> Result<()> {
    let mut shot = Shot::default();
    let mut words = args.iter();
    while let Some(option) = words.next() {
        let mut value = || {
            words
                .next()
                .cloned()
                .ok_or(format!("{option} needs a value"))
        };
        match option.as_str() {
            "--size" => shot.size = size(&value()?)?,
            "--theme" => shot.theme = value()?,
            "--lang" => shot.language = value()?,
            "--path" => shot.route = value()?,
            "--js" => shot.script = value()?,
            "--wait" => {
                shot.wait = Duration::from_millis(
                    value()?.parse().map_err(|_| "--wait takes milliseconds")?,
                )
            }
            "--out" => shot.out = value()?,
            "--full" => shot.whole = true,
            "--dev" | "--no-build" => {}
            other => {
                return Err(format!(
                    "there is no option {other}; see `cargo xtask help`"
                ));
            }
        }
    }
    shot.take(&Driver::start()?)
}

fn size(text: &str) -> Result<Viewport> {
    let wrong = || format!("--size {text}: expected something like 1440x900");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let number = |t: &str| t.parse().map_err(|_| wrong());
    Ok(Viewport {
        width: number(width)?,
        height: number(height)?,
    })
}
