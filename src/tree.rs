//! A tree of plain data: what JSON, TOML and JavaScript values have in common, not yet checked.
//!
//! Events and rule sets are read from it strictly (`wire::event`, [`crate::ruleset`]). A number is kept as a whole number, or
//! as a text that no reader accepts. So no decimal can enter the rules as a number.

use std::fmt::{self, Write as _};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::limits::{DEPTH_MAX, TEXT_LENGTH_MAX, VALUES_MAX};

/// A value of plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that every JSON reader keeps exactly (below 2^53 in size).
    Whole(i64),
    /// Any other number, as text. It is only compared.
    OtherNumber(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// A table, keys in the order given, each once.
    Table(Vec<(String, Tree)>),
}

/// `2^53 − 1`: a double keeps every whole number up to it exactly.
const WHOLE_MAX: i64 = (1 << 53) - 1;

impl Tree {
    /// The value of `key`, if this is a table that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Self::Table(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The kind of this value, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Whole(_) | Self::OtherNumber(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// A number given as text. It is a whole number if every JSON reader keeps it exactly. In JSON, `1.0` is no whole number.
    /// JavaScript has one value for `1.0` and `1`, so there both are whole numbers.
    #[must_use]
    pub fn number(text: String) -> Self {
        match text.parse() {
            Ok(whole) if (-WHOLE_MAX..=WHOLE_MAX).contains(&whole) => Self::Whole(whole),
            _ => Self::OtherNumber(text),
        }
    }

    /// The canonical text of this value: equal JSON values have the same text, whatever the order of their keys (RULES.md section
    /// 4, `id`).
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        self.write_canonical(&mut out);
        out
    }

    fn write_canonical(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            // Writing to a string does not fail.
            Self::Whole(value) => _ = write!(out, "{value}"),
            Self::OtherNumber(text) => out.push_str(text),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write_canonical(out);
                }
                out.push(']');
            }
            Self::Table(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
                out.push('{');
                for (i, (key, value)) in sorted.into_iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    quote(key, out);
                    out.push(':');
                    value.write_canonical(out);
                }
                out.push('}');
            }
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Whole(value) => serializer.serialize_i64(*value),
            Self::OtherNumber(text) | Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Table(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> de::Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = 0;
        TreeReader { depth: 0, values: &mut values }.deserialize(deserializer)
    }
}

/// Reads one value. It counts depth and values while it reads, so hostile input is refused before it takes much memory.
struct TreeReader<'a> {
    depth: usize,
    values: &'a mut usize,
}

impl TreeReader<'_> {
    fn below(&mut self) -> TreeReader<'_> {
        TreeReader { depth: self.depth + 1, values: self.values }
    }
}

impl<'de> DeserializeSeed<'de> for TreeReader<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        if self.depth > DEPTH_MAX {
            return Err(de::Error::custom("is nested too deeply"));
        }
        *self.values += 1;
        if *self.values > VALUES_MAX {
            return Err(de::Error::custom("has too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

fn text<E: de::Error>(text: &str) -> Result<String, E> {
    if text.len() > TEXT_LENGTH_MAX {
        return Err(E::custom("has a text that is too long"));
    }
    Ok(text.into())
}

impl<'de> Visitor<'de> for TreeReader<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("plain data")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Tree, E> {
        Ok(if (-WHOLE_MAX..=WHOLE_MAX).contains(&value) {
            Tree::Whole(value)
        } else {
            Tree::OtherNumber(value.to_string())
        })
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Tree, E> {
        // Kept as a text that no reader accepts: its event or rule set is refused, with the field. `1.0` has the same text as
        // `1`, so an event that is sent again with the other spelling counts as the same event.
        Ok(Tree::OtherNumber(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Tree, E> {
        text(value).map(Tree::Text)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.below())? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries: Vec<(String, Tree)> = Vec::new();
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let key = text(&key)?;
            let value = map.next_value_seed(self.below())?;
            if entries.iter().any(|(k, _)| *k == key) {
                return Err(de::Error::custom(format_args!("names the key `{key}` twice")));
            }
            entries.push((key, value));
        }
        Ok(Tree::Table(entries))
    }
}
