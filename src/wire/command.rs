//! Commands over HTTP: which address takes an event, who may give it, and which of its fields the server makes.
//!
//! The server makes its routes of it, and its clients make their requests.

use crate::contract::events;
use crate::event::{Event, Kind};
use crate::tree::Tree;

use super::event;

/// Who may give a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The operator.
    Operator,
    /// The operator or its payment system.
    Payment,
    /// The operator, or the member that this field names. If a member leaves the field out, the server fills in that member's id.
    Own(&'static str),
    /// The merchant whose shop it is, or the operator.
    Merchant,
    /// Whoever owns what is named, or the operator.
    Owner(Ownership),
}

/// Who owns what an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The merchant of the order.
    Order,
    /// The member who placed the offer.
    Offer,
    /// The buyer of the trade.
    Buyer,
    /// The seller of the trade.
    Seller,
    /// Either party while the trade is `taken`, the buyer after `paid`.
    Canceller,
}

/// With which other events a server may settle one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    /// With others at once: it writes only what it names.
    Everyday,
    /// While no other writer works: it changes rules, price, weights, the treasury, or what other events read.
    Alone,
}

macro_rules! declare {
    ($(
        #[doc = $title:literal]
        $variant:ident $name:literal $(($record:ident: $whole:ident))? $({ $($fields:tt)* })?
        [POST $path:literal by $who:expr, $settling:ident $(, makes $made:ident $start:literal)?]
    )*) => {
        /// The address that settles an event of this type; a name in braces is a field of the event.
        #[must_use]
        pub const fn path(kind: Kind) -> &'static str {
            match kind { $(Kind::$variant => $path),* }
        }

        /// The id that the server makes for an event of this type: the field, and how such ids begin.
        #[must_use]
        pub const fn made(kind: Kind) -> Option<(&'static str, &'static str)> {
            match kind {
                $($(Kind::$variant => Some((stringify!($made), $start)),)?)*
                _ => None,
            }
        }

        /// What the command does, in a few words.
        #[must_use]
        pub const fn title(kind: Kind) -> &'static str {
            match kind { $(Kind::$variant => $title.trim_ascii()),* }
        }

        /// Who may give the command.
        #[must_use]
        pub const fn who(kind: Kind) -> Who {
            use Who::{Merchant, Operator, Own, Owner, Payment};
            match kind { $(Kind::$variant => $who),* }
        }

        /// With which other events a server may settle one of this type.
        #[must_use]
        pub const fn settling(kind: Kind) -> Settling {
            match kind { $(Kind::$variant => Settling::$settling),* }
        }
    };
}

events!(declare);

/// The names in braces of an address.
pub fn in_path(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// An event as a request: where it is sent, and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The address, filled in.
    pub path: String,
    /// The event's fields that neither the address nor the server says.
    pub body: Tree,
}

/// The request that settles an event. The id that the server makes is left to it.
#[must_use]
pub fn request(event: &Event) -> Request {
    let kind = event.kind();
    let mut path = path(kind).to_owned();
    let mut fields = match event::write(event) {
        Tree::Table(fields) => fields,
        _ => Vec::new(),
    };
    fields.retain(|(name, value)| {
        let Tree::Text(text) = value else { return true };
        let in_path = path.replace(&format!("{{{name}}}"), text);
        let is_in_path = in_path != path;
        path = in_path;
        !(is_in_path || name == "type" || made(kind).is_some_and(|(made, _)| made == name))
    });
    Request { path, body: Tree::Table(fields) }
}
