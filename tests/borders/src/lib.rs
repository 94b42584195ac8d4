//! What must hold for whatever bytes arrive at a border, one function for each border. Each panics where it does not hold.
//!
//! `fuzz/` calls them with inputs that it makes up, `tests/seeds.rs` with those that are kept in `fuzz/seeds`. Bytes that are
//! no text are read as far as a person would: what cannot be decoded is another character.

#[cfg(feature = "server")]
mod http;
mod journal;
mod rules;
mod snapshot;
#[cfg(feature = "server")]
mod tables;

#[cfg(feature = "server")]
pub use http::request;
pub use journal::{event, journal};
pub use rules::{rules, scenario};
pub use snapshot::snapshot;
#[cfg(feature = "server")]
pub use tables::table;

use gongxiang::event::Refusal;
use gongxiang::tree::Tree;
use serde::Serialize;

/// What must hold for some bytes.
pub type Check = fn(&[u8]);

/// Every check by its name, which is also that of the fuzzing target and of the directory of its seeds.
pub const CHECKS: &[(&str, Check)] = &[
    ("event", event),
    ("journal", journal),
    ("rules", rules),
    ("scenario", scenario),
    ("snapshot", snapshot),
    #[cfg(feature = "server")]
    ("request", request),
    #[cfg(feature = "server")]
    ("table", table),
];

/// JSON as plain data, if it is JSON within the limits. Its canonical text is read as the same value.
fn json(data: &[u8]) -> Option<Tree> {
    let tree: Tree = serde_json::from_slice(data).ok()?;
    let canonical = tree.canonical();
    let again: Tree = serde_json::from_str(&canonical).expect("the canonical text is JSON");
    assert_eq!(again.canonical(), canonical, "the canonical text is a fixed point");
    Some(tree)
}

/// What was written, as plain data.
fn tree_of(value: &impl Serialize) -> Tree {
    let text = serde_json::to_string(value).expect("it can be written");
    serde_json::from_str(&text).expect("it is plain data")
}

/// Every refusal says something, in one line.
fn speaks(refusal: &Refusal) {
    assert!(!refusal.message.is_empty(), "{refusal:?}");
    assert!(!refusal.code.as_str().is_empty(), "{refusal:?}");
}
