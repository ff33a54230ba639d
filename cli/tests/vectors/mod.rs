//! Reading the golden vectors, for all tests that look at them.

use serde_json::Value;
use std::io::Read;

fn path(kind: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    format!("{root}/../tests/golden/{kind}.json.gz")
}

/// Whether there is a file of this name in `tests/golden`.
#[allow(dead_code)]
pub fn exists(kind: &str) -> bool {
    std::path::Path::new(&path(kind)).exists()
}

/// The file of a kind in `tests/golden`.
pub fn read(kind: &str) -> Value {
    let path = path(kind);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut text = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(bytes.as_slice());
    unpacked.read_to_string(&mut text).expect("gzip");
    serde_json::from_str(&text).expect("JSON")
}
