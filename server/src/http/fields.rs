//! Reads a table of plain data as a struct. An error names the field.
//!
//! Bodies and parameters are both read here, and both strictly: an unknown or repeated key is an error.

use std::fmt;

use gongxiang::tree::Tree;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// An error in a table, with its place.
pub struct FieldError {
    /// The field, with dots between the names of nested tables; empty if it is the table itself.
    pub field: String,
    pub message: String,
}

/// What is said of a field that is missing.
pub const MISSING: &str = "is missing";

/// Reads a table as a struct.
pub fn read<T: DeserializeOwned>(table: Vec<(String, Tree)>) -> Result<T, FieldError> {
    read_value(Tree::Table(table))
}

/// Reads any value.
pub fn read_value<T: DeserializeOwned>(value: Tree) -> Result<T, FieldError> {
    serde_path_to_error::deserialize(Value(value)).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        match error.into_inner() {
            Fault::Value(message) => FieldError { field: path, message },
            // The path ends at the key, or at the table around it.
            Fault::Key(name, message) if path.is_empty() || path.rsplit('.').next() == Some(&name) => {
                FieldError { field: if path.is_empty() { name } else { path }, message: message.into() }
            }
            Fault::Key(name, message) => FieldError { field: format!("{path}.{name}"), message: message.into() },
        }
    })
}

/// An error of serde that keeps the name of a key that is missing, unknown or there twice.
#[derive(Debug)]
enum Fault {
    Key(String, &'static str),
    Value(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name, message) => write!(f, "`{name}` {message}"),
            Self::Value(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Key(field.into(), MISSING)
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::Key(field.into(), "is unknown here")
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Key(field.into(), "is there twice")
    }
}

/// A value that is being read.
struct Value(Tree);

impl IntoDeserializer<'_, Fault> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(value),
            Tree::Whole(number) => visitor.visit_i64(number),
            // No number of ours is written like that.
            Tree::OtherNumber(_) => {
                Err(de::Error::invalid_type(Unexpected::Other("a number with a fraction or exponent"), &visitor))
            }
            Tree::Text(text) => visitor.visit_string(text),
            Tree::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Value))),
            Tree::Table(entries) => {
                visitor.visit_map(MapDeserializer::new(entries.into_iter().map(|(key, value)| (key, Value(value)))))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Tree::Text(text) => {
                IntoDeserializer::<Fault>::into_deserializer(text).deserialize_enum(name, variants, visitor)
            }
            other => Err(de::Error::custom(format_args!("must be a text, not {}", other.kind()))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "reading them is what is tested")]
    struct Outer {
        name: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "reading them is what is tested")]
    struct Inner {
        count: u8,
    }

    #[test]
    fn an_error_names_the_field_that_is_missing_unknown_doubled_or_wrong() {
        let name = || ("name".to_owned(), Tree::Text("x".into()));
        let inner = |entries: Vec<(&str, Tree)>| {
            let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            vec![name(), ("inner".to_owned(), Tree::Table(entries))]
        };
        let cases = [
            (vec![], "name", "is missing"),
            (vec![name(), name()], "name", "is there twice"),
            (vec![name(), ("other".into(), Tree::Null)], "other", "is unknown here"),
            (vec![("name".into(), Tree::Whole(1))], "name", "invalid type"),
            (inner(vec![]), "inner.count", "is missing"),
            (inner(vec![("count", Tree::Whole(1)), ("more", Tree::Null)]), "inner.more", "is unknown here"),
            (inner(vec![("count", Tree::Whole(256))]), "inner.count", "invalid value"),
            (inner(vec![("count", Tree::OtherNumber("1.5".into()))]), "inner.count", "invalid type"),
            (vec![name(), ("inner".into(), Tree::Null)], "inner", "invalid type"),
        ];
        for (table, field, message) in cases {
            let said = format!("{table:?}");
            let error = read::<Outer>(table).err();
            let error = error.map(|error| (error.field, error.message));
            let (named, text) = error.unwrap_or_default();
            assert_eq!(named, field, "{said}: {text}");
            assert!(text.contains(message), "{said}: {text}");
        }
    }
}
