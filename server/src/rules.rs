//! Rule sets from files and presets.

use std::fs;

use anyhow::{Context as _, Result, bail};
use gongxiang::preset;
use gongxiang::review::{self, Declared};
use gongxiang::ruleset::{RuleSet, RuleSetError};
use gongxiang::tree::Tree;

/// A file, or a preset's name, as a rule set; the outer error says that there is none to read.
fn read(source: &str) -> Result<Result<RuleSet, RuleSetError>> {
    if let Some(preset) = preset::by_name(source) {
        return Ok(preset);
    }
    let text = fs::read_to_string(source).with_context(|| format!("cannot read the rule set {source}"))?;
    if text.trim_start().starts_with('{') {
        let tree = serde_json::from_str::<Tree>(&text)
            .map_err(|error| RuleSetError { key: String::new(), message: format!("is not JSON: {error}") });
        return Ok(tree.and_then(|tree| RuleSet::from_tree(&tree)));
    }
    Ok(preset::from_toml(&text))
}

/// A sound rule set.
///
/// # Errors
/// If it cannot be read or is not sound.
pub fn load(source: &str) -> Result<RuleSet> {
    match read(source)? {
        Ok(rules) => Ok(rules),
        Err(error) => bail!("{source}: bad_rules: {error}"),
    }
}

/// Says whether a rule set is sound, and with `accept_flags` whether every red flag it raises is among them; answers with it.
///
/// # Errors
/// If there is no such file.
pub fn check(source: &str, accept_flags: Option<&[String]>) -> Result<bool> {
    let rules = match read(source)? {
        Ok(rules) => rules,
        Err(error) => {
            eprintln!("{source}: bad_rules: {error}");
            return Ok(false);
        }
    };
    if let Some(accepted) = accept_flags {
        let accepted: Vec<_> = accepted.iter().map(String::as_str).collect();
        if let Err(refusal) = review::check_accepted(&review::review(&rules, &Declared::default())?, &accepted) {
            eprintln!("{source}: {refusal}");
            return Ok(false);
        }
    }
    println!("{source}: sound");
    Ok(true)
}
