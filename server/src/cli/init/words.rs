//! The words of `gongxiang init` and `gongxiang wind-down`, from the catalogue.

use gongxiang_words::{fill, pilot};

use crate::language::Language;

/// A word; the key itself if there is none.
pub fn word(language: Language, key: &'static str) -> &'static str {
    pilot(language.catalogue(), key).unwrap_or(key)
}

/// A template, filled.
pub fn sentence(language: Language, key: &'static str, values: &[(&str, &str)]) -> String {
    let value = |name: &str| values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value).to_owned();
    fill(word(language, key), value)
}
