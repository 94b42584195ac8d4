//! Why an amount is what it is: a tag and its numbers. Words are made of it where it is shown.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::identity::Id;
use crate::quantity::{Index, Money, Points, Price, Rate, ShareValue, Units, fmt_places};

/// A value of a reason, as text in both directions.
trait Value: Sized {
    /// Whether it is a number that a screen may group, and no id.
    const IS_NUMBER: bool = true;
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        impl Value for $name {
            #[inline(never)]
            fn write(&self) -> String {
                self.to_string()
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
    fn write(&self) -> String {
        struct Yuan(Money);
        impl fmt::Display for Yuan {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt_places(self.0.raw(), Money::PLACES, 2, f)
            }
        }
        Yuan(*self).to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::from_balance(text).ok()
    }
}

impl Value for Id {
    const IS_NUMBER: bool = false;

    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

macro_rules! reasons {
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
            /// Every tag, with the names of its fields.
            pub const TAGS: &'static [(&'static str, &'static [&'static str])] =
                &[$(($tag, &[$(stringify!($field)),*])),*];

            /// Its tag.
            #[must_use]
            pub const fn tag(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $tag),* }
            }

            /// Each field by its name, as text, and whether it is a number.
            fn visit(&self, see: &mut dyn FnMut(&'static str, String, bool)) {
                match self {
                    $(Self::$variant { $($field),* } => { $(see(stringify!($field), $field.write(), $type::IS_NUMBER);)* })*
                }
            }

            /// Of a tag and its fields.
            fn read(tag: &str, fields: &[(String, String)]) -> Result<Self, String> {
                Ok(match tag {
                    $($tag => Self::$variant { $($field: field(tag, fields, stringify!($field))?),* },)*
                    _ => return Err(format!("`{tag}` is no reason that this version knows")),
                })
            }
        }
    };
}

reasons! {
    /// A multiple of the order's concession.
    Concession "concession" { rate: Rate, concession: Money }
    /// A part of the share value that the buyer gets by the order.
    Consumption "consumption" { rate: Rate, consumption: ShareValue }
    /// The same, for the step between a role's rate and what the roles below were paid.
    ConsumptionStep "consumption_step" { rate: Rate, paid: Rate, consumption: ShareValue }
    /// A part of the order's points.
    OrderPoints "order_points" { rate: Rate, points: Points }
    /// The same, for the step between a role's rate and what the roles below were paid.
    OrderPointsStep "order_points_step" { rate: Rate, paid: Rate, points: Points }
    /// A multiple of a pack's price.
    Pack "pack" { rate: Rate, price: Money }
    /// The points that a concession is worth at the price of the day.
    AtPrice "at_price" { concession: Money, price: Price }
    /// What of an order's points no reward takes.
    Rest "rest" { points: Points, rewards: Points }
    /// What so many units earned since they were last settled: until `acc` points per unit.
    Release "release" { units: Units, acc: Index }
    /// The day's release, into the pool.
    DayRelease "day_release" {}
    /// The gift for signing up.
    SignUpGift "sign_up_gift" {}
    /// The first pack unlocks what was locked.
    Activation "activation" {}
    /// A recommended member bought its first pack.
    ReferredActivation "referred_activation" { member: Id }
    /// The platform sold or gave points of its own.
    Grant "grant" {}
    /// From member to member.
    Transfer "transfer" {}
    /// Redeemed.
    Redemption "redemption" {}
    /// A redemption was cancelled.
    RedemptionCancelled "redemption_cancelled" { redemption: Id }
    /// The platform takes back points of its own.
    Reclaim "reclaim" {}
    /// What a member had in another system.
    Opening "opening" {}
    /// What refunds leave of a reward in share value.
    ShareValueLeft "share_value_left" { share_value: ShareValue, left: Money, concession: Money }
    /// What refunds leave of a reward in points.
    PointsLeft "points_left" { points: Points, left: Money, concession: Money }
    /// An order was refunded after it vested.
    Refund "refund" { order: Id }
    /// An order was refunded before it vested.
    RefundBeforeVesting "refund_before_vesting" { order: Id }
    /// An offer's escrow.
    Offer "offer" { offer: Id }
    /// An offer was cancelled.
    OfferCancelled "offer_cancelled" { offer: Id }
    /// A trade.
    Trade "trade" { trade: Id }
    /// A trade was cancelled.
    TradeCancelled "trade_cancelled" { trade: Id }
}

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
    pub fn fill(&self, template: &str, show: impl Fn(&str, bool) -> String) -> String {
        let mut fields = Vec::new();
        self.visit(&mut |name, text, is_number| fields.push((name, show(&text, is_number))));
        gongxiang_words::fill(template, |name| {
            fields.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone()).unwrap_or_default()
        })
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Vec::new();
        self.visit(&mut |name, text, _| fields.push((name, text)));
        let mut out = serializer.serialize_map(Some(fields.len() + 1))?;
        out.serialize_entry("of", self.tag())?;
        for (name, text) in &fields {
            out.serialize_entry(name, text)?;
        }
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

    fn example(tag: &str, names: &[&str]) -> Result<Reason, String> {
        let value = |name: &str| match name {
            "member" | "order" | "offer" | "trade" | "redemption" => "a-1",
            "concession" | "left" => "100.00",
            "price" if tag == "pack" => "299.00",
            _ => "12.5",
        };
        Reason::read(tag, &names.iter().map(|name| ((*name).to_owned(), value(name).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn every_reason_comes_back_from_its_json() -> Result<(), Box<dyn std::error::Error>> {
        for (tag, names) in Reason::TAGS {
            let reason = example(tag, names)?;
            let json = serde_json::to_string(&reason)?;
            assert_eq!(serde_json::from_str::<Reason>(&json)?, reason, "{json}");
            assert_eq!(reason.tag(), *tag);
        }
        Ok(())
    }

    #[test]
    fn a_template_of_every_language_uses_just_the_fields_of_its_reason() -> Result<(), Box<dyn std::error::Error>> {
        for (tag, names) in Reason::TAGS {
            for language in gongxiang_words::Language::ALL {
                let template = gongxiang_words::reason(language, tag).ok_or(*tag)?;
                for name in *names {
                    assert!(template.contains(&format!("{{{name}}}")), "{language:?} {tag} does not show `{name}`");
                }
                assert_eq!(template.matches('{').count(), names.len(), "{language:?} {tag} shows something else");
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
