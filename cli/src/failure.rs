//! How a command fails.

use std::fmt;

/// Why a command stopped: the message for standard error and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, where, and what would work.
    pub message: String,
    /// The exit code: 1 for an expectation that was not met, 2 for bad input.
    pub code: u8,
}

impl Failure {
    /// Bad input: exit code 2.
    #[must_use]
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self {
            message: format!("cannot read or write: {error}"),
            code: 2,
        }
    }
}
