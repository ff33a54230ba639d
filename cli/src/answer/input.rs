//! Reading a file of vectors: gzip or plain, and errors with line and column.

use crate::Failure;
use crate::partition::bytes_of_hex;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::Value;
use std::borrow::Cow;
use std::io::Read;

/// Where answers go.
pub(super) type Emit<'a> = &'a mut dyn FnMut(Value) -> Result<(), Failure>;

/// The text of a file of vectors.
#[derive(Debug)]
pub(super) struct Vectors<'a> {
    pub(super) kind: &'static str,
    source: &'a str,
    text: Cow<'a, [u8]>,
}

#[derive(Deserialize)]
struct File<C> {
    cases: Vec<C>,
}

#[derive(Deserialize)]
struct Described<M> {
    #[serde(default = "Option::default")]
    meta: Option<M>,
}

impl<'a> Vectors<'a> {
    /// Unpacks the bytes.
    pub(super) fn read(
        kind: &'static str,
        source: &'a str,
        bytes: &'a [u8],
    ) -> Result<Self, Failure> {
        let text = if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut text = Vec::new();
            let mut unpacked = flate2::read::MultiGzDecoder::new(bytes);
            unpacked.read_to_end(&mut text).map_err(|error| {
                let message =
                    format!("{source}: broken gzip data ({error}); a plain JSON file works, too");
                Failure::bad_input(message)
            })?;
            Cow::Owned(text)
        } else {
            Cow::Borrowed(bytes)
        };
        Ok(Self { kind, source, text })
    }

    /// Answers every case.
    pub(super) fn each<C: DeserializeOwned>(
        &self,
        emit: Emit<'_>,
        answer: impl Fn(C) -> Value,
    ) -> Result<(), Failure> {
        let file: File<C> = self.parse()?;
        file.cases
            .into_iter()
            .try_for_each(|case| emit(answer(case)))
    }

    /// The description at the head of the file, if it has one.
    pub(super) fn meta<M: DeserializeOwned>(&self) -> Result<Option<M>, Failure> {
        let file: Described<M> = self.parse()?;
        Ok(file.meta)
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.text).map_err(|error| self.malformed(&error))
    }

    fn malformed(&self, error: &serde_json::Error) -> Failure {
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or(&text);
        Failure::bad_input(format!(
            "{}:{}:{}: {what}; expected a {} file: {{\"cases\":[{{\"id\":…, …}}, …]}}, plain or gzipped",
            self.source,
            error.line(),
            error.column(),
            self.kind
        ))
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    bytes_of_hex(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Bytes in hexadecimal digits, or null.
pub(super) fn optional_hex<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|it| bytes_of_hex(&it))
        .transpose()
        .map_err(D::Error::custom)
}

/// A count that has to be positive.
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    match i32::deserialize(deserializer)? {
        count if count > 0 => Ok(count),
        count => Err(D::Error::custom(format!(
            "{count} is not a positive number"
        ))),
    }
}
