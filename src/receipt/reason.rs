//! Why an amount is what it is: a tag and its numbers. Words are made of it where it is shown.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::contract::reasons;
use crate::identity::Id;
use crate::quantity::{Index, Money, Points, Price, Rate, ShareValue, Units, fmt_places};

/// A value of a reason, as text in both directions.
trait Value: Sized {
    /// Whether it is a number that a screen may group, and no id.
    const IS_NUMBER: bool = true;
    fn text(&self) -> impl fmt::Display;
    fn read(text: &str) -> Option<Self>;
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        impl Value for $name {
            fn text(&self) -> impl fmt::Display {
                *self
            }
            fn read(text: &str) -> Option<Self> {
                Self::from_balance(text).ok()
            }
        }
    )*};
}

numbers! { Rate ShareValue Points Price Units Index }

impl Value for Money {
    /// With its two places: `100.00`.
    fn text(&self) -> impl fmt::Display {
        struct Yuan(Money);
        impl fmt::Display for Yuan {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt_places(self.0.raw(), Money::PLACES, 2, f)
            }
        }
        Yuan(*self)
    }

    fn read(text: &str) -> Option<Self> {
        Self::from_balance(text).ok()
    }
}

impl Value for Id {
    const IS_NUMBER: bool = false;

    fn text(&self) -> impl fmt::Display {
        self
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

macro_rules! declare {
    ($($(#[$doc:meta])* $variant:ident $tag:literal { $($field:ident: $type:ident),* })*) => {
        /// Why an amount is what it is.
        ///
        /// As JSON it is a table: its tag in `of`, and each number or id as a text. Its words are the template of that tag
        /// in the catalogue of a language.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "a field is named after what it holds, and the variant says how it is used")]
        pub enum Reason {
            $($(#[$doc])* $variant { $($field: $type),* },)*
        }

        impl Reason {
            /// Every tag, with its fields: the name of each, and of its type.
            pub const TAGS: &'static [(&'static str, &'static [(&'static str, &'static str)])] =
                &[$(($tag, &[$((stringify!($field), stringify!($type))),*])),*];

            /// Its tag.
            #[must_use]
            pub const fn tag(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $tag),* }
            }

            /// Each field by its name, as what writes its text, and whether it is a number.
            fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn fmt::Display, bool)) {
                match self {
                    $(Self::$variant { $($field),* } => { $(see(stringify!($field), &$field.text(), $type::IS_NUMBER);)* })*
                }
            }

            /// Of a tag and its fields.
            ///
            /// # Errors
            /// A sentence that says what is missing or unknown.
            pub(crate) fn read(tag: &str, fields: &[(String, String)]) -> Result<Self, String> {
                Ok(match tag {
                    $($tag => Self::$variant { $($field: field(tag, fields, stringify!($field))?),* },)*
                    _ => return Err(format!("`{tag}` is no reason that this version knows")),
                })
            }
        }
    };
}

reasons!(declare);

// Never inlined: each reason reads its fields by it.
#[inline(never)]
fn field<T: Value>(tag: &str, fields: &[(String, String)], name: &str) -> Result<T, String> {
    let text = fields.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str());
    let text = text.ok_or_else(|| format!("the reason `{tag}` has no `{name}`"))?;
    T::read(text).ok_or_else(|| format!("`{text}` cannot be the `{name}` of the reason `{tag}`"))
}

impl Reason {
    /// Fills a template of the words with its fields: `show` gets each as text, and whether it is a number.
    #[must_use]
    pub fn fill(&self, template: &str, show: impl Fn(String, bool) -> String) -> String {
        gongxiang_words::fill(template, |name| {
            let mut shown = String::new();
            self.visit(&mut |field, text, is_number| {
                if field == name {
                    shown = show(text.to_string(), is_number);
                }
            });
            shown
        })
    }
}

/// A field as it is written.
struct FieldText<'a>(&'a dyn fmt::Display);

impl Serialize for FieldText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("of", self.tag())?;
        let mut fields = Ok(());
        self.visit(&mut |name, text, _| {
            if fields.is_ok() {
                fields = out.serialize_entry(name, &FieldText(text));
            }
        });
        fields?;
        out.end()
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Reason;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reason: its tag in `of`, and its fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reason, A::Error> {
                let (mut tag, mut fields) = (None, Vec::new());
                while let Some((name, text)) = map.next_entry::<Cow<'de, str>, String>()? {
                    if name == "of" { tag = Some(text) } else { fields.push((name.into_owned(), text)) }
                }
                let tag = tag.ok_or_else(|| A::Error::missing_field("of"))?;
                Reason::read(&tag, &fields).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(tag: &str, fields: &[(&str, &str)]) -> Result<Reason, String> {
        let value = |kind: &str| match kind {
            "Id" => "a-1",
            "Money" => "100.00",
            _ => "12.5",
        };
        Reason::read(tag, &fields.iter().map(|(name, kind)| ((*name).into(), value(kind).into())).collect::<Vec<_>>())
    }

    #[test]
    fn every_reason_comes_back_from_its_json() -> Result<(), Box<dyn std::error::Error>> {
        for (tag, fields) in Reason::TAGS {
            let reason = example(tag, fields)?;
            let json = serde_json::to_string(&reason)?;
            assert_eq!(serde_json::from_str::<Reason>(&json)?, reason, "{json}");
            assert_eq!(reason.tag(), *tag);
        }
        Ok(())
    }

    #[test]
    fn a_template_of_every_language_uses_just_the_fields_of_its_reason() -> Result<(), Box<dyn std::error::Error>> {
        for (tag, fields) in Reason::TAGS {
            for language in gongxiang_words::Language::ALL {
                let template = gongxiang_words::reason(language, tag).ok_or(*tag)?;
                for (name, _) in *fields {
                    assert!(template.contains(&format!("{{{name}}}")), "{language:?} {tag} does not show `{name}`");
                }
                assert_eq!(template.matches('{').count(), fields.len(), "{language:?} {tag} shows something else");
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_no_reason_is_named() {
        for (json, named) in [
            (r#"{"of":"luck"}"#, "`luck` is no reason that this version knows"),
            (r#"{"of":"refund"}"#, "the reason `refund` has no `order`"),
            (r#"{"of":"rest","points":"1","rewards":"-1"}"#, "`-1` cannot be the `rewards` of the reason `rest`"),
            (r#"{"rate":"1"}"#, "missing field `of`"),
            (r#""transferred""#, "a reason: its tag in `of`, and its fields"),
        ] {
            let error = serde_json::from_str::<Reason>(json).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|error| error.contains(named)), "{json}: {error:?}");
        }
    }
}
