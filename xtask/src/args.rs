//! The command line, read by hand: a command, flags, `--name value` options and plain words.

use crate::step::Fail;

/// The arguments after `cargo xtask`.
pub struct Args(Vec<String>);

impl Args {
    pub fn from_env() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// The first word, or nothing.
    pub fn command(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// Everything, as given.
    pub fn all(&self) -> &[String] {
        &self.0
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0.iter().any(|a| a == name)
    }

    /// Every value given to an option that may be repeated.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.0
            .windows(2)
            .filter(|w| w[0] == name)
            .map(|w| w[1].as_str())
            .collect()
    }

    /// A number option, a clear message when it is not a number.
    pub fn number(&self, name: &str) -> Result<Option<u16>, Fail> {
        let Some(text) = self.values(name).first().copied() else {
            return Ok(None);
        };
        let bad = |_| {
            Fail::new(
                format!("{name} {text} is not a number"),
                format!("give {name} a number below 65536"),
            )
        };
        text.parse().map(Some).map_err(bad)
    }

    /// The words after the command that are no options.
    pub fn words(&self) -> Vec<&str> {
        self.0
            .iter()
            .skip(1)
            .filter(|a| !a.starts_with("--"))
            .map(String::as_str)
            .collect()
    }
}
