//! Rule sets by name, and rule sets written as TOML (RULES.md section 3).

use crate::ruleset::{RuleSet, RuleSetError};
use crate::tree::Tree;

/// Name and text of every preset.
pub const PRESETS: [(&str, &str); 2] =
    [("seed", include_str!("../presets/seed.toml")), ("single-level", include_str!("../presets/single-level.toml"))];

/// The preset of this name, if there is one.
///
/// # Errors
/// [`RuleSetError`] never, for the presets of this crate: a test reads each.
#[must_use]
pub fn by_name(name: &str) -> Option<Result<RuleSet, RuleSetError>> {
    PRESETS.iter().find(|(preset, _)| *preset == name).map(|(_, text)| from_toml(text))
}

/// The preset `seed`: the numbers of the scheme's own description.
///
/// # Errors
/// [`RuleSetError`] never: a test reads it.
pub fn seed() -> Result<RuleSet, RuleSetError> {
    from_toml(PRESETS[0].1)
}

/// Reads a rule set written as TOML.
///
/// # Errors
/// [`RuleSetError`] (`bad_rules`) if the text is not TOML or breaks a rule of section 3.
pub fn from_toml(text: &str) -> Result<RuleSet, RuleSetError> {
    let tree: Tree = toml::from_str(text).map_err(|error| RuleSetError {
        key: String::new(),
        message: format!("is not TOML: {}", error.to_string().trim_end()),
    })?;
    RuleSet::from_tree(&tree)
}
