//! The formats of an event's fields: what type a value has, and what it names. How it is read and written is the wire's business.

use crate::identity::{Day, Id, Region};
use crate::limits::RETURN_DAYS_MAX;
use crate::market::Side;
use crate::quantity::{Money, Points, Price, ShareValue};
use crate::ruleset::Channel;
use crate::tree::Tree;

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referent {
    /// A member.
    Member,
    /// A member who recommends another.
    Referrer,
    /// A member who buys. Those above it may be rewarded.
    Buyer,
    /// A member whose shop sells.
    Merchant,
    /// A pack of the rules.
    Pack,
    /// A service role of the rules.
    Role,
    /// An order.
    Order,
    /// An offer.
    Offer,
    /// A trade.
    Trade,
    /// A purchase of a pack that may come back.
    Purchase,
    /// A redemption that can be cancelled.
    Redemption,
    /// What is redeemed for points, in a system of the operator's.
    Item,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An id of what is given.
    Id(Referent),
    /// Yuan, 2 places.
    Money,
    /// Points, 8 places.
    Points,
    /// Share value, 8 places.
    ShareValue,
    /// Yuan for one point, 8 places.
    Price,
    /// A region.
    Region,
    /// A region that is a city.
    City,
    /// `online` or `offline`.
    Channel,
    /// `sell` or `buy`.
    Side,
    /// A day.
    Day,
    /// A whole number from 1 to the given one.
    Count(u64),
    /// Keys of a rule set.
    Rules,
}

/// A field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub format: Format,
    /// Whether it can be left out.
    pub is_optional: bool,
}

/// What the value of a field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// What is given, by its id.
    Id(Referent, &'a Id),
    /// A region.
    Region(Region),
}

/// A format as the table of events names it.
pub trait FieldFormat {
    /// What a value is.
    type Value;

    /// Adds the field of this name; a group of fields adds its own.
    fn fields(name: &'static str, fields: &mut Vec<Field>);

    /// Calls the function with what the value names, if anything.
    fn names(_: &Self::Value, _: &mut dyn FnMut(Name<'_>)) {}
}

fn required(name: &'static str, format: Format) -> Field {
    Field { name, format, is_optional: false }
}

/// Ids, by what they name.
macro_rules! ids {
    ($($name:ident)*) => {$(
        #[doc = concat!("The id of [`Referent::", stringify!($name), "`].")]
        pub enum $name {}

        impl FieldFormat for $name {
            type Value = Id;

            fn fields(name: &'static str, fields: &mut Vec<Field>) {
                fields.push(required(name, Format::Id(Referent::$name)));
            }

            fn names(value: &Id, see: &mut dyn FnMut(Name<'_>)) {
                see(Name::Id(Referent::$name, value));
            }
        }
    )*};
}

ids! { Member Referrer Buyer Merchant Pack Role Order Offer Trade Purchase Redemption Item }

/// Values that name nothing.
macro_rules! plain {
    ($($name:ident)*) => {$(
        impl FieldFormat for $name {
            type Value = Self;

            fn fields(name: &'static str, fields: &mut Vec<Field>) {
                fields.push(required(name, Format::$name));
            }
        }
    )*};
}

plain! { Money Points ShareValue Price Channel Side Day }

impl FieldFormat for Region {
    type Value = Self;

    fn fields(name: &'static str, fields: &mut Vec<Field>) {
        fields.push(required(name, Format::Region));
    }

    fn names(value: &Self, see: &mut dyn FnMut(Name<'_>)) {
        see(Name::Region(*value));
    }
}

/// The format [`Format::City`].
pub enum City {}

impl FieldFormat for City {
    type Value = Region;

    fn fields(name: &'static str, fields: &mut Vec<Field>) {
        fields.push(required(name, Format::City));
    }

    fn names(value: &Region, see: &mut dyn FnMut(Name<'_>)) {
        see(Name::Region(*value));
    }
}

/// The format [`Format::Count`].
pub enum Count<const MOST: u64> {}

impl<const MOST: u64> FieldFormat for Count<MOST> {
    type Value = usize;

    fn fields(name: &'static str, fields: &mut Vec<Field>) {
        fields.push(required(name, Format::Count(MOST)));
    }
}

/// The format [`Format::Rules`].
pub enum Rules {}

impl FieldFormat for Rules {
    type Value = Tree;

    fn fields(name: &'static str, fields: &mut Vec<Field>) {
        fields.push(required(name, Format::Rules));
    }
}

/// A field that can be left out.
pub struct Optional<F>(F);

impl<F: FieldFormat> FieldFormat for Optional<F> {
    type Value = Option<F::Value>;

    fn fields(name: &'static str, fields: &mut Vec<Field>) {
        let first = fields.len();
        F::fields(name, fields);
        for field in &mut fields[first..] {
            field.is_optional = true;
        }
    }

    fn names(value: &Self::Value, see: &mut dyn FnMut(Name<'_>)) {
        if let Some(value) = value {
            F::names(value, see);
        }
    }
}

/// The terms of a pack that may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTerms {
    /// The id of the purchase.
    pub purchase: Id,
    /// How many days have to pass before the pack takes effect.
    pub return_days: u64,
}

/// The two fields of [`ReturnTerms`]: both or none.
pub enum Terms {}

impl FieldFormat for Terms {
    type Value = Option<ReturnTerms>;

    fn fields(_: &'static str, fields: &mut Vec<Field>) {
        Optional::<Purchase>::fields("purchase", fields);
        Optional::<Count<RETURN_DAYS_MAX>>::fields("return_days", fields);
    }

    fn names(value: &Self::Value, see: &mut dyn FnMut(Name<'_>)) {
        if let Some(terms) = value {
            Purchase::names(&terms.purchase, see);
        }
    }
}
