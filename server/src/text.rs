//! Hashes, JSON and URLs as text.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some content, in hex.
#[must_use]
pub fn fingerprint(content: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    Sha256::digest(content).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The JSON of a type of the rules. Their maps have string keys and their numbers are whole, so this cannot fail.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The same, appended to bytes.
pub fn append_json(value: &impl Serialize, out: &mut Vec<u8>) {
    _ = serde_json::to_writer(out, value);
}

/// A URL without its password, which may also be in its parameters.
#[must_use]
pub fn redacted(url: &str) -> String {
    let url = if url.starts_with("postgres") { url.split('?').next().unwrap_or_default() } else { url };
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.into(),
    }
}
