//! Reads types from JSON. `serde_json` parses the text, and the `Deserializer` below reads the types from its value.
//!
//! `serde_json` has a `Deserializer` of its own, but its error texts would take a twentieth of the wallet's size
//! budget. Nobody would read them: to the wallet, every answer that cannot be read is the same fault.
//!
//! The numbers in answers are whole. A number with a fraction is an error, except in an unknown field, which is
//! skipped.

use std::{fmt, iter};

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// The value is not of the expected type.
#[derive(Debug)]
pub struct ReadError;

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what was expected")
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Parses a text.
pub fn parse(text: &str) -> Result<Value, ReadError> {
    serde_json::from_str(text).map_err(|_| ReadError)
}

/// Parses a text and reads a type from it.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    read_value(&parse(text)?)
}

/// Reads a value that is parsed already.
pub fn read_value<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T, ReadError> {
    T::deserialize(Json(value))
}

#[derive(Clone, Copy)]
struct Json<'de>(&'de Value);

impl<'de> Json<'de> {
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match (self.0.as_u64(), self.0.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (_, Some(number)) => visitor.visit_i64(number),
            _ => Err(ReadError),
        }
    }

    fn text(self) -> Result<&'de str, ReadError> {
        self.0.as_str().ok_or(ReadError)
    }

    fn fields(self) -> Result<Fields<'de>, ReadError> {
        let fields = self.0.as_object().ok_or(ReadError)?;
        let named: fn((&'de String, &'de Value)) -> (&'de str, Self) = |(name, value)| (name, Json(value));
        Ok(MapDeserializer::new(fields.iter().map(named)))
    }
}

type Fields<'de> = MapDeserializer<
    'de,
    iter::Map<serde_json::map::Iter<'de>, fn((&'de String, &'de Value)) -> (&'de str, Json<'de>)>,
    ReadError,
>;

impl<'de> IntoDeserializer<'de, ReadError> for Json<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Visits only the form that a type asks for, so that the binary has no code for other forms, such as a struct as a list.
impl<'de> Deserializer<'de> for Json<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_bool(self.0.as_bool().ok_or(ReadError)?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.number(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.number(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &str, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let items = self.0.as_array().ok_or(ReadError)?;
        visitor.visit_seq(SeqDeserializer::new(items.iter().map(Json)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_map(self.fields()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &str, _: &[&str], visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &str, _: &[&str], visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(StrDeserializer::new(name)),
            _ => visitor.visit_enum(MapAccessDeserializer::new(self.fields()?)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}

#[cfg(test)]
mod tests {
    use gongxiang::identity::Day;
    use gongxiang::order::OrderState;
    use gongxiang::tree::Tree;
    use serde::Deserialize;

    use super::read;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        place: u64,
        #[serde(default)]
        open: bool,
        after: Option<String>,
        states: Vec<OrderState>,
    }

    #[test]
    fn a_type_is_read_from_its_fields() {
        let day = Day::parse("2026-01-02").expect("a day");
        let text = r#"{"place": 18446744073709551615, "later": [1.5, {"x": -1e9}], "after": null,
            "states": ["pending", {"vested": "2026-01-02"}]}"#;
        let states = vec![OrderState::Pending, OrderState::Vested(day)];
        assert_eq!(read::<Row>(text).ok(), Some(Row { place: u64::MAX, open: false, after: None, states }));
    }

    #[test]
    fn what_is_no_such_type_is_refused() {
        for bad in [
            "[1, true, null, []]",
            r#"{"place": 1.5, "states": []}"#,
            r#"{"place": -1, "states": []}"#,
            r#"{"place": "1", "states": []}"#,
            r#"{"place": 1, "states": {}}"#,
            r#"{"place": 1, "states": ["lost"]}"#,
            r#"{"place": 1, "states": [{}]}"#,
            r#"{"place": 1, "open": 1, "states": []}"#,
            r#"{"states": []}"#,
            "null",
        ] {
            assert!(read::<Row>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tree_has_whole_numbers_and_no_others() {
        let days = Tree::Table(vec![("days".into(), Tree::List(vec![Tree::Whole(-7), Tree::Null]))]);
        assert_eq!(read::<Tree>(r#"{"days": [-7, null]}"#).ok(), Some(days));
        assert!(read::<Tree>(r#"{"days": 1.5}"#).is_err());
    }
}
