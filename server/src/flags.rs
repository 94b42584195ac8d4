//! The words of red flags, and two helpers for reviewing and adopting rules.

use std::sync::LazyLock;

use gongxiang::quantity::Rate;
use gongxiang::review::Finding;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use serde_json::{Value, json};

use crate::language::Language;

/// The texts of all flags and sources, in both languages. A test checks that none is missing.
static TEXTS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../src/review/flags.json")).unwrap_or_default());

/// A finding with its texts.
#[must_use]
pub fn explained(finding: &Finding, language: Language) -> Value {
    let language = language.key();
    let flag = &TEXTS["flags"][finding.code][language];
    let sources: Vec<_> = finding
        .rules
        .split(' ')
        .map(|reference| {
            let known = reference.split('(').next().unwrap_or_default();
            format!("{reference} {}", TEXTS["rules"][known][language].as_str().unwrap_or_default())
        })
        .collect();
    json!({
        "code": finding.code, "severity": finding.severity, "evidence": finding.evidence, "rules": sources,
        "title": flag["title"], "when": flag["when"], "cleaner": flag["cleaner"],
    })
}

/// Reads a rate from 0 to 1; the error is a sentence.
pub fn rate(text: &str) -> Result<Rate, String> {
    let rate = Rate::parse(text).map_err(|error| format!("{error}"))?;
    if (0..=100_000_000).contains(&rate.raw()) { Ok(rate) } else { Err("must be between 0 and 1".into()) }
}

/// The top-level keys in which two rule sets differ.
#[must_use]
pub fn changed(before: &RuleSet, after: &RuleSet) -> Vec<String> {
    let (before, Tree::Table(after)) = (before.to_tree(), after.to_tree()) else { return Vec::new() };
    let differs = |(key, value): (String, Tree)| (before.get(&key) != Some(&value)).then_some(key);
    after.into_iter().filter_map(differs).collect()
}
