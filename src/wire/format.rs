//! How the value of each format is read and written. What does not parse is `bad_event`, with the name of its field.

use super::fields::Fields;
use crate::event::format::{
    Buyer, City, Count, FieldFormat, Item, Member, Merchant, Offer, Optional, Order, Pack, Purchase, Redemption,
    Referrer, Role, Rules, Terms, Trade,
};
use crate::event::{Refusal, ReturnTerms};
use crate::identity::{Day, Region};
use crate::limits::RETURN_DAYS_MAX;
use crate::market::Side;
use crate::quantity::{Money, Points, Price, ShareValue};
use crate::ruleset::Channel;
use crate::tree::Tree;

/// The fields of an event as they are written.
pub(super) type Written = Vec<(&'static str, Tree)>;

/// A format with its plain form.
pub(super) trait Wire: FieldFormat {
    /// Reads the field of this name; a group of fields reads its own.
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Result<Self::Value, Refusal>;

    /// Adds the field to what is written.
    fn write(value: &Self::Value, name: &'static str, written: &mut Written);
}

// Never inlined: every text of every event is written by it.
#[inline(never)]
fn put(written: &mut Written, name: &'static str, value: &dyn ToString) {
    written.push((name, Tree::Text(value.to_string())));
}

/// A whole number of an event: all of them are small.
fn whole(number: u64) -> Tree {
    Tree::Whole(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Formats whose values are written as they are displayed.
macro_rules! texts {
    ($($format:ty: |$fields:ident, $name:ident| $read:expr;)*) => {$(
        impl Wire for $format {
            fn read($fields: &mut Fields<'_>, $name: &'static str) -> Result<Self::Value, Refusal> {
                $read
            }

            fn write(value: &Self::Value, name: &'static str, written: &mut Written) {
                put(written, name, value);
            }
        }
    )*};
}

texts! {
    Member: |fields, name| fields.id(name);
    Referrer: |fields, name| fields.id(name);
    Buyer: |fields, name| fields.id(name);
    Merchant: |fields, name| fields.id(name);
    Pack: |fields, name| fields.id(name);
    Role: |fields, name| fields.id(name);
    Order: |fields, name| fields.id(name);
    Offer: |fields, name| fields.id(name);
    Trade: |fields, name| fields.id(name);
    Purchase: |fields, name| fields.id(name);
    Redemption: |fields, name| fields.id(name);
    Item: |fields, name| fields.id(name);
    Money: |fields, name| fields.decimal(name, Money::parse);
    Points: |fields, name| fields.points(name);
    ShareValue: |fields, name| fields.decimal(name, ShareValue::parse);
    Price: |fields, name| fields.decimal(name, Price::parse);
    Region: |fields, name| fields.region(name);
    City: |fields, name| fields.parsed(name, "a city: six digits, the last two `00`, and no province", |text| {
        Region::parse(text).filter(|region| region.is_city())
    });
    Day: |fields, name| fields.parsed(name, "a day such as `2026-01-31`", Day::parse);
}

impl Wire for Channel {
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Result<Self, Refusal> {
        fields.parsed(name, "`online` or `offline`", Self::parse)
    }

    fn write(value: &Self, name: &'static str, written: &mut Written) {
        put(written, name, &value.as_str());
    }
}

impl Wire for Side {
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Result<Self, Refusal> {
        fields.parsed(name, "`sell` or `buy`", Self::parse)
    }

    fn write(value: &Self, name: &'static str, written: &mut Written) {
        put(written, name, &value.as_str());
    }
}

impl<const MOST: u64> Wire for Count<MOST> {
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Result<usize, Refusal> {
        Ok(usize::try_from(fields.whole_in(name, 1..=MOST)?).unwrap_or(usize::MAX))
    }

    fn write(value: &usize, name: &'static str, written: &mut Written) {
        written.push((name, whole(u64::try_from(*value).unwrap_or(u64::MAX))));
    }
}

impl Wire for Rules {
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Result<Tree, Refusal> {
        Ok(fields.take(name)?.clone())
    }

    fn write(value: &Tree, name: &'static str, written: &mut Written) {
        written.push((name, value.clone()));
    }
}

impl<F: Wire> Wire for Optional<F> {
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Result<Self::Value, Refusal> {
        fields.optional(name, F::read)
    }

    fn write(value: &Self::Value, name: &'static str, written: &mut Written) {
        if let Some(value) = value {
            F::write(value, name, written);
        }
    }
}

impl Wire for Terms {
    fn read(fields: &mut Fields<'_>, _: &'static str) -> Result<Option<ReturnTerms>, Refusal> {
        let purchase = fields.optional("purchase", Fields::id)?;
        let return_days = fields.optional("return_days", |fields, name| fields.whole_in(name, 1..=RETURN_DAYS_MAX))?;
        match (purchase, return_days) {
            (Some(purchase), Some(return_days)) => Ok(Some(ReturnTerms { purchase, return_days })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Refusal::bad_event("return_days", "must be there, since `purchase` is")),
            (None, Some(_)) => Err(Refusal::bad_event("purchase", "must be there, since `return_days` is")),
        }
    }

    fn write(value: &Option<ReturnTerms>, _: &'static str, written: &mut Written) {
        if let Some(ReturnTerms { purchase, return_days }) = value {
            put(written, "purchase", purchase);
            written.push(("return_days", whole(*return_days)));
        }
    }
}
