//! Turns each catalogue into a lookup, so that a program carries the words that it uses and nothing else.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

/// The sections of a catalogue. A catalogue with another one, or without one of these, does not build.
#[rustfmt::skip]
const SECTIONS: [&str; 17] = [
    "assets", "classes", "codes", "events", "failures", "notice_kinds", "notices", "parties", "pilots", "reasons", "reports",
    "roles", "rule_choices", "rule_hints", "rule_keys", "rules", "units",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = String::new();
    for language in ["en", "zh"] {
        let file = format!("{language}.json");
        println!("cargo:rerun-if-changed={file}");
        let catalogue: Map<String, Value> = serde_json::from_str(&fs::read_to_string(&file)?)?;
        let sections: Vec<&str> = catalogue.keys().map(String::as_str).collect();
        if sections != SECTIONS {
            return Err(format!("{file} has the sections {sections:?}, not {SECTIONS:?}").into());
        }
        writeln!(out, "pub(crate) mod {language} {{")?;
        for (section, words) in &catalogue {
            let words = words.as_object().ok_or_else(|| format!("{file}: {section} is no object"))?;
            write!(out, "pub(crate) const {}: &[&str] = &[", section.to_uppercase())?;
            for key in words.keys() {
                write!(out, "{key:?},")?;
            }
            writeln!(out, "];\npub(crate) fn {section}(key: &str) -> Option<&'static str> {{ Some(match key {{")?;
            for (key, word) in words {
                let word = word.as_str().ok_or_else(|| format!("{file}: {section}.{key} is no text"))?;
                writeln!(out, "{key:?} => {word:?},")?;
            }
            writeln!(out, "_ => return None }}) }}")?;
        }
        writeln!(out, "}}")?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalogues.rs"), out)?;
    Ok(())
}
