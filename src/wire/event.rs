//! Events as plain data, in both directions (RULES.md sections 1 and 4). What does not parse is `bad_event`, with its field.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::fields::Fields;
use super::format::{Wire, Written};
use crate::contract::{events, records};
use crate::event::format::{
    Buyer, City, Count, Item, Member, Merchant, Offer, Optional, Order, Pack, Purchase, Redemption, Referrer, Role,
    Rules, Terms, Trade,
};
use crate::event::{Entry, Event, Identity, Kind, OrderPlaced, Refusal};
use crate::identity::{Day, Region, is_rfc3339};
use crate::limits::CLOSING_MOST;
use crate::market::Side;
use crate::quantity::{Money, Points, Price, ShareValue};
use crate::ruleset::Channel;
use crate::tree::Tree;

/// Reads one event of the journal.
///
/// # Errors
/// [`Refusal`] with `bad_event` and the field.
pub fn read(tree: &Tree) -> Result<Entry, Refusal> {
    let Tree::Table(entries) = tree else {
        return Err(Refusal::bad_event("", format!("an event is a table, not {}", tree.kind())));
    };
    let mut fields = Fields::new(entries);
    let kind = fields.text("type")?;
    let id = fields.optional("id", Fields::id)?;
    fields.optional("at", |fields, name| {
        fields.parsed(name, "a moment of RFC 3339", |text| is_rfc3339(text).then_some(()))
    })?;
    fields.optional("reference", Fields::id)?;
    let kind = Kind::parse(kind).ok_or_else(|| Refusal::bad_event("type", "is no type of event"))?;
    let event = read_fields(kind, &mut fields)?;
    fields.finish()?;
    let identity = id.map(|id| Identity { id, content: tree.canonical().into() });
    Ok(Entry { event, identity })
}

macro_rules! declare {
    ($(
        #[doc = $title:literal]
        $variant:ident $name:literal $(($record:ident: $whole:ident))? $({ $($field:ident: $format:ty),* })? [$($command:tt)*]
    )*) => {
        fn read_fields(kind: Kind, fields: &mut Fields<'_>) -> Result<Event, Refusal> {
            Ok(match kind {$(
                Kind::$variant => Event::$variant
                    $((<$whole as Wire>::read(fields, "")?))?
                    $({ $($field: <$format as Wire>::read(fields, stringify!($field))?),* })?,
            )*})
        }

        fn write_fields(event: &Event, written: &mut Written) {
            match event {$(
                Event::$variant $(($record))? $({ $($field),* })? => {
                    $(<$whole as Wire>::write($record, "", written);)?
                    $($(<$format as Wire>::write($field, stringify!($field), written);)*)?
                }
            )*}
        }
    };
}

macro_rules! declare_records {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $format:ty,)* })*) => {$(
        impl Wire for $name {
            fn read(fields: &mut Fields<'_>, _: &'static str) -> Result<Self, Refusal> {
                Ok(Self { $($field: <$format as Wire>::read(fields, stringify!($field))?),* })
            }

            fn write(value: &Self, _: &'static str, written: &mut Written) {
                $(<$format as Wire>::write(&value.$field, stringify!($field), written);)*
            }
        }
    )*};
}

events!(declare);
records!(declare_records);

/// An event as plain data: what [`read`] reads.
#[must_use]
pub fn write(event: &Event) -> Tree {
    let mut fields = vec![("type", Tree::from(event.kind().as_str()))];
    write_fields(event, &mut fields);
    Tree::Table(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(&Tree::deserialize(deserializer)?).map(|entry| entry.event).map_err(D::Error::custom)
    }
}
