//! The vectors and their expected results, for every runner: native, WebAssembly, and the server's HTTP
//! (`server/tests/server/conformance.rs`).
//!
//! A runner takes a [`Case`] and returns one object: `refused`, `orders`, `days` and `state` in the shapes of RULES.md
//! section 9. [`Case::compare`] is the only comparison.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// A rule set, events, and the expected results.
#[derive(Debug)]
pub struct Case {
    /// The file's name.
    pub name: String,
    /// The rule set.
    pub rules: Value,
    /// The events, in order.
    pub events: Vec<Value>,
    /// The expected `refused`, `orders`, `days` and `state`. A vector may leave some out.
    pub expected: Map<String, Value>,
}

/// The expected results in the file of a vector.
const RESULTS: [&str; 4] = ["refused", "orders", "days", "state"];

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read_json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every vector of `tests/vectors`, and the CDNOW journal of `tests/data`.
///
/// # Panics
/// If a file is missing or is not a vector.
#[must_use]
pub fn cases() -> Vec<Case> {
    let folder = tests_folder().join("vectors");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.filter_map(Result::ok).map(|file| file.path()).collect();
    paths.sort();
    let mut cases: Vec<_> = paths.iter().map(|path| vector(path)).collect();
    assert!(cases.len() >= 65, "the vectors are all there");
    cases.push(cdnow());
    cases
}

fn vector(path: &Path) -> Case {
    let Value::Object(mut vector) = read_json(path) else { panic!("{}: no vector", path.display()) };
    let mut take = |key: &str| vector.remove(key).unwrap_or_else(|| panic!("{}: no `{key}`", path.display()));
    let Value::Array(events) = take("events") else { panic!("{}: no events", path.display()) };
    let expected = RESULTS.iter().map(|key| (String::from(*key), take(key))).collect();
    Case { name: path.file_stem().unwrap_or_default().to_string_lossy().into(), rules: take("rules"), events, expected }
}

/// Some 20,000 events made from a real purchase log (CDNOW, 1997).
///
/// # Panics
/// If a file is missing or unreadable.
#[must_use]
pub fn cdnow() -> Case {
    let folder = tests_folder().join("data");
    let journal = fs::read_to_string(folder.join("cdnow.jsonl")).unwrap_or_else(|error| panic!("cdnow.jsonl: {error}"));
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("cdnow.jsonl: {error}"));
    let Value::Object(expected) = read_json(&folder.join("cdnow.expected.json")) else { panic!("cdnow.expected.json") };
    Case {
        name: "cdnow".into(),
        rules: read_json(&folder.join("cdnow.rules.json")),
        events: journal.lines().map(parse).collect(),
        expected,
    }
}

impl Case {
    /// Compares the results of a runner with the expected ones, to the last digit.
    ///
    /// # Panics
    /// At the first difference. The message names the case and the place.
    pub fn compare(&self, got: &Value) {
        assert!(!self.expected.is_empty(), "{}: nothing expected", self.name);
        for (key, expected) in &self.expected {
            let got = got.get(key).unwrap_or_else(|| panic!("{}: no `{key}`", self.name));
            if let Some(difference) = difference(key, expected, got) {
                panic!("{}: {difference}", self.name);
            }
        }
    }
}

/// The first place where two values differ.
fn difference(path: &str, expected: &Value, got: &Value) -> Option<String> {
    match (expected, got) {
        (Value::Object(e), Value::Object(g)) => {
            let unexpected = g.keys().find(|key| !e.contains_key(*key)).map(|key| format!("{path}.{key}: unexpected"));
            let each = |(key, e)| match g.get(key) {
                Some(g) => difference(&format!("{path}.{key}"), e, g),
                None => Some(format!("{path}.{key}: missing")),
            };
            unexpected.or_else(|| e.iter().find_map(each))
        }
        (Value::Array(e), Value::Array(g)) => {
            let each = |(i, (e, g))| difference(&format!("{path}[{i}]"), e, g);
            let length = (e.len() != g.len()).then(|| format!("{path}: {} expected, {} got", e.len(), g.len()));
            e.iter().zip(g).enumerate().find_map(each).or(length)
        }
        _ => (expected != got).then(|| format!("{path}: {expected} expected, {got} got")),
    }
}

/// The fields of an accepted order's receipt that the vectors list: `order`, `points`, and of each reward its member, kind and
/// amounts. `None` for the receipt of another event.
#[must_use]
pub fn order_of(receipt: &Value) -> Option<Value> {
    let rewards = receipt.get("rewards")?.as_array()?.iter();
    let rewards: Vec<Value> = rewards.map(|r| only(r, &["member", "kind", "share_value", "points"]).into()).collect();
    let mut order = only(receipt, &["order", "points"]);
    order.insert("rewards".into(), rewards.into());
    Some(order.into())
}

/// The fields of a day record that RULES.md section 9 lists. The server adds others for wallets.
#[must_use]
pub fn day_of(record: &Value) -> Value {
    only(record, &["day", "price", "released", "total", "units", "nav", "acc", "era"]).into()
}

fn only(value: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter().map(|key| (String::from(*key), value[*key].clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_difference_in_the_last_digit_a_missing_and_an_extra_key_are_all_found() {
        let expected = json!({"a": [{"b": "1.00000001"}], "c": "1"});
        assert_eq!(difference("x", &expected, &expected.clone()), None);
        for got in [
            json!({"a": [{"b": "1.00000002"}], "c": "1"}),
            json!({"a": [{"b": "1.00000001"}]}),
            json!({"a": [{"b": "1.00000001"}], "c": "1", "d": "1"}),
            json!({"a": [{"b": "1.00000001"}, {}], "c": "1"}),
            json!({"a": [{"b": 1.000_000_01}], "c": "1"}),
        ] {
            assert!(difference("x", &expected, &got).is_some(), "{got}");
        }
    }
}
