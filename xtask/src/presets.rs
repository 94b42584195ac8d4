//! presets/*.toml → pkg/dist/presets.js: the package has no reader of TOML, and every JavaScript engine has objects.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};

use crate::place;

/// Writes the module that exports every preset under its name.
pub fn write() -> Result<()> {
    let mut presets = BTreeMap::new();
    for file in fs::read_dir(place::at("presets")).context("presets is missing")? {
        let path = file.context("cannot read presets")?.path();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", place::shown(&path)))?;
        let rules: serde_json::Value =
            toml::from_str(&text).with_context(|| format!("{} is not TOML", place::shown(&path)))?;
        let name = path.file_stem().context("a preset has a name")?.to_string_lossy().into_owned();
        presets.insert(name, rules);
    }
    let module = format!("// From presets/*.toml.\nexport default {};\n", serde_json::to_string(&presets)?);
    let into = place::at("pkg/dist/presets.js");
    fs::write(&into, module).with_context(|| format!("cannot write {}", place::shown(&into)))
}
