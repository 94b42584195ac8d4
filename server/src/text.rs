//! Hashes, JSON and addresses as text: what every room writes the same way.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A hash of all that was asked for.
#[must_use]
pub fn fingerprint(content: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    Sha256::digest(content).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The JSON of a type of the rules: texts and whole numbers in tables with texts as keys, so this cannot fail.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A URL without its password, which may be among its parameters too.
#[must_use]
pub fn redacted(url: &str) -> String {
    let url = if url.starts_with("postgres") { url.split('?').next().unwrap_or_default() } else { url };
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.into(),
    }
}
