//! JSON → typed values, for the server's answers and for what the browser keeps. They have texts and whole numbers, so no
//! float is read here; and an error says no more than that there is one. What `serde_json` does beyond that, a phone would have to
//! load: its tables for floats alone are larger than all of this.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Deepest nesting; a text that nests deeper is no answer of a server.
const DEPTH_MAX: usize = 32;

/// How `Raw` asks for the text of a value.
const RAW: &str = "raw";

/// It is not JSON, or not what was asked for.
#[derive(Debug)]
pub struct Nonsense;

/// Reads a text.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Nonsense> {
    let mut reader = Reader { rest: text, depth: 0 };
    let value = T::deserialize(&mut reader)?;
    if reader.next().is_none() { Ok(value) } else { Err(Nonsense) }
}

/// The text of a value, to be read later.
#[derive(Deserialize)]
#[serde(rename = "raw")]
pub struct Raw(pub String);

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what was asked for")
    }
}

impl std::error::Error for Nonsense {}

impl de::Error for Nonsense {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// What is left to read.
struct Reader<'de> {
    rest: &'de str,
    depth: usize,
}

impl<'de> Reader<'de> {
    /// The character that comes next, after spaces.
    fn next(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        self.rest.bytes().next()
    }

    fn take(&mut self, token: &str) -> bool {
        self.next();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), Nonsense> {
        if self.take(token) { Ok(()) } else { Err(Nonsense) }
    }

    /// Takes what comes before the place `end`.
    fn split(&mut self, end: usize) -> Result<&'de str, Nonsense> {
        let (taken, rest) = self.rest.split_at_checked(end).ok_or(Nonsense)?;
        self.rest = rest;
        Ok(taken)
    }

    fn text(&mut self) -> Result<Cow<'de, str>, Nonsense> {
        self.expect("\"")?;
        let mut text = Cow::Borrowed("");
        loop {
            let special = |b| b == b'"' || b == b'\\' || b < b' ';
            let end = self.rest.bytes().position(special).ok_or(Nonsense)?;
            text += self.split(end)?;
            match self.split(1)? {
                "\"" => return Ok(text),
                "\\" => text.to_mut().push(self.escaped()?),
                _ => return Err(Nonsense),
            }
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Result<char, Nonsense> {
        Ok(match self.split(1)? {
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => {
                let first = self.code_unit()?;
                let units = if (0xd800..0xdc00).contains(&first) {
                    self.split(2).ok().filter(|text| *text == "\\u").ok_or(Nonsense)?;
                    vec![first, self.code_unit()?]
                } else {
                    vec![first]
                };
                char::decode_utf16(units).next().and_then(Result::ok).ok_or(Nonsense)?
            }
            plain => plain.chars().next().filter(|c| matches!(c, '"' | '\\' | '/')).ok_or(Nonsense)?,
        })
    }

    fn code_unit(&mut self) -> Result<u16, Nonsense> {
        let digits = self.split(4)?;
        if digits.starts_with('+') {
            return Err(Nonsense);
        }
        u16::from_str_radix(digits, 16).map_err(|_| Nonsense)
    }

    /// A number as it is written.
    fn number(&mut self) -> Result<&'de str, Nonsense> {
        let in_number = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
        let end = self.rest.bytes().position(|b| !in_number(b)).unwrap_or(self.rest.len());
        self.split(end)
    }

    fn whole(&mut self) -> Result<i64, Nonsense> {
        self.next();
        let number = self.number()?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        if digits.starts_with('+') || digits.len() > 1 && digits.starts_with('0') {
            return Err(Nonsense);
        }
        number.parse().map_err(|_| Nonsense)
    }

    /// Enters a table or a list.
    fn below(&mut self, start: &str, end: &'static str) -> Result<Several<'_, 'de>, Nonsense> {
        self.expect(start)?;
        let depth = self.depth + 1;
        if depth > DEPTH_MAX { Err(Nonsense) } else { Ok(Several { reader: self, depth, end, is_first: true }) }
    }

    /// Passes a value that nobody asked for.
    fn skip(&mut self) -> Result<(), Nonsense> {
        match self.next() {
            Some(b'"') => self.text().map(|_| ()),
            Some(b'{') => {
                let mut entries = self.below("{", "}")?;
                while entries.another()? {
                    entries.reader.text()?;
                    entries.reader.expect(":")?;
                    entries.reader.skip()?;
                }
                Ok(())
            }
            Some(b'[') => {
                let mut items = self.below("[", "]")?;
                while items.another()? {
                    items.reader.skip()?;
                }
                Ok(())
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(|_| ()),
            _ if self.take("true") || self.take("false") => Ok(()),
            _ => self.expect("null"),
        }
    }
}

/// The entries of a table, or the items of a list.
struct Several<'a, 'de> {
    reader: &'a mut Reader<'de>,
    depth: usize,
    end: &'static str,
    is_first: bool,
}

impl Several<'_, '_> {
    /// Goes to the next one, if there is one.
    fn another(&mut self) -> Result<bool, Nonsense> {
        self.reader.depth = self.depth;
        if self.reader.take(self.end) {
            self.reader.depth -= 1;
            return Ok(false);
        }
        if !self.is_first {
            self.reader.expect(",")?;
        }
        self.is_first = false;
        Ok(true)
    }
}

impl<'de> MapAccess<'de> for Several<'_, 'de> {
    type Error = Nonsense;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Nonsense> {
        if !self.another()? {
            return Ok(None);
        }
        let key = self.reader.text()?;
        self.reader.expect(":")?;
        seed.deserialize(StrDeserializer::new(&key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Nonsense> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> SeqAccess<'de> for Several<'_, 'de> {
    type Error = Nonsense;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Nonsense> {
        if self.another()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

macro_rules! forward {
    ($($name:ident)* => $to:ident) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
            self.$to(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Nonsense;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        match self.next() {
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.expect("null").and_then(|()| visitor.visit_unit()),
            _ => self.deserialize_i64(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        let is_true = self.take("true");
        if !is_true {
            self.expect("false")?;
        }
        visitor.visit_bool(is_true)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        visitor.visit_i64(self.whole()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        if self.take("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        visitor.visit_seq(self.below("[", "]")?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        visitor.visit_map(self.below("{", "}")?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Nonsense> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Nonsense> {
        if self.next() != Some(b'{') {
            return visitor.visit_enum(StrDeserializer::new(&self.text()?));
        }
        let mut entries = self.below("{", "}")?;
        let value = visitor.visit_enum(MapAccessDeserializer::new(&mut entries))?;
        if entries.another()? { Err(Nonsense) } else { Ok(value) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Nonsense> {
        if name != RAW {
            return visitor.visit_newtype_struct(self);
        }
        self.next();
        let all = self.rest;
        self.skip()?;
        let text = all.strip_suffix(self.rest).unwrap_or(all);
        visitor.visit_newtype_struct(StrDeserializer::new(text))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Nonsense> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        => deserialize_i64
    }
    forward! { deserialize_char deserialize_string deserialize_identifier => deserialize_str }
    serde::forward_to_deserialize_any! { f32 f64 bytes byte_buf unit unit_struct tuple tuple_struct }
}

#[cfg(test)]
mod tests {
    use gongxiang::identity::Day;
    use gongxiang::order::OrderState;
    use gongxiang::tree::Tree;

    use super::{Raw, read};

    #[test]
    fn a_text_is_what_its_escapes_say() {
        let text = r#" "共\\\"\/\b\f\n\r\t\u5171\ud83d\ude00" "#;
        assert_eq!(read::<String>(text).ok().as_deref(), Some("共\\\"/\u{8}\u{c}\n\r\t共😀"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for bad in [
            "",
            " ",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1]]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{1:1}",
            "[",
            "{",
            "{\"a\":",
            "\"a",
            "\"\n\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\ud800""#,
            r#""\ud800\n""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            "01",
            "-",
            "+1",
            "1.5",
            "1e3",
            "nul",
            "truefalse",
            "NaN",
            "9223372036854775808",
        ] {
            assert!(read::<Tree>(bad).is_err(), "{bad}");
        }
        assert!(read::<Tree>(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn what_nobody_asked_for_may_be_any_json() {
        #[derive(serde::Deserialize)]
        struct Asked {
            a: u64,
        }
        let text = r#"{"b": [{"c": -1.5e+3}, null, true, "\""], "a": 7, "d": {}}"#;
        assert_eq!(read::<Asked>(text).map(|asked| asked.a).ok(), Some(7));
        assert!(read::<Asked>(r#"{"a": 7, "b": [1,]}"#).is_err());
        assert!(read::<Asked>(r#"{"a": 7, "a": 7}"#).is_err());
    }

    #[test]
    fn a_variant_may_hold_a_value() {
        let vested = OrderState::Vested(Day::parse("1997-05-20").expect("a day"));
        assert_eq!(read(r#"[{"vested": "1997-05-20"}, "pending"]"#).ok(), Some(vec![vested, OrderState::Pending]));
        for bad in [r#"{"vested": "1997-05-20", "a": 1}"#, r#"{"vested"}"#, "{}", r#"{"paid": 1}"#, "7", r#""vested""#]
        {
            assert!(read::<OrderState>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_raw_value_is_its_text() {
        let rows = read::<Vec<Raw>>(r#"[ {"a": [1, "]"]} , 2 ]"#).expect("a list");
        assert_eq!(rows.iter().map(|row| row.0.trim()).collect::<Vec<_>>(), [r#"{"a": [1, "]"]}"#, "2"]);
    }
}
