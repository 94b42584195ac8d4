//! What must hold for whatever bytes arrive at a border, one function for each border. Each panics where it does not hold.
//!
//! `fuzz/` calls them with inputs that it makes up, `tests/seeds.rs` with those that are kept in `fuzz/seeds`. Bytes that are
//! no text are read as far as a person would: what cannot be decoded is another character.

#![allow(clippy::missing_panics_doc, reason = "a panic is how each of them says that something does not hold")]

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

use std::sync::LazyLock;

use gongxiang::event::Refusal;
use gongxiang::preset;
use gongxiang::ruleset::RuleSet;
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

/// JSON as plain data, if it is JSON within the limits. Its canonical text is read as the same value, as far as its numbers are
/// whole: of any other one `serde_json` keeps the nearest double or its neighbour.
fn json(data: &[u8]) -> Option<Tree> {
    let tree: Tree = serde_json::from_slice(data).ok()?;
    let canonical = tree.canonical();
    let again: Tree = serde_json::from_str(&canonical).expect("the canonical text is JSON");
    assert!(again.canonical() == canonical || !is_whole(&tree), "the canonical text is a fixed point: {canonical}");
    Some(tree)
}

/// Whether all its numbers are kept exactly.
fn is_whole(tree: &Tree) -> bool {
    match tree {
        Tree::OtherNumber(_) => false,
        Tree::List(items) => items.iter().all(is_whole),
        Tree::Table(entries) => entries.iter().all(|(_, value)| is_whole(value)),
        Tree::Null | Tree::Bool(_) | Tree::Whole(_) | Tree::Text(_) => true,
    }
}

/// The rules under which most checks run. Reading them takes longer than many an input does.
fn seed() -> &'static RuleSet {
    static SEED: LazyLock<RuleSet> = LazyLock::new(|| preset::seed().expect("the preset is sound"));
    &SEED
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
