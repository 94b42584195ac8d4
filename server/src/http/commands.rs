//! What can be done over HTTP beside whole journals: each command is one event of the rules with some fields from the
//! address, some from the body, some the server's own. The routes, the checks and the `OpenAPI` document are made from this
//! one table.

use gongxiang::limits::{CLOSING_MOST, RETURN_DAYS_MAX};

use crate::ledger::group::Ownership;

/// Who may give a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The operator.
    Operator,
    /// The operator or its payment system.
    Payment,
    /// The member named in this field, which is the member's own if it is left out, or the operator.
    Own(&'static str),
    /// The merchant whose shop it is, or the operator.
    Merchant,
    /// Whoever owns what is named; looked at when it is settled ([`crate::ledger::group::Guard`]).
    Owner(Ownership),
}

/// A field of the body.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub format: Format,
    /// Whether it has to be there.
    pub required: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An id.
    Id,
    /// Yuan with 2 places.
    Money,
    /// A decimal with 8 places.
    Decimal,
    /// Six digits.
    Region,
    /// A whole number between two, ends included.
    Whole(u64, u64),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A table.
    Table,
    /// A list of codes of red flags: what is accepted with the command, no field of its event.
    Flags,
}

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Its address; a name in braces is a field of the event.
    pub path: &'static str,
    /// The event's type.
    pub kind: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Who may.
    pub who: Who,
    /// The id that the server makes, and how it begins. Only the operator may say one.
    pub made: Option<(&'static str, &'static str)>,
    /// The body.
    pub fields: &'static [Field],
}

impl Command {
    /// The names in braces.
    pub fn in_path(&self) -> impl Iterator<Item = &'static str> {
        in_braces(self.path)
    }

    /// Whether its body may have this field.
    #[must_use]
    pub fn has_in_body(&self, field: &str) -> bool {
        self.made.is_some_and(|(made, _)| made == field) || self.fields.iter().any(|known| known.name == field)
    }

    /// Whether its event has this field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.has_in_body(field) || self.in_path().any(|name| name == field)
    }
}

/// The names in braces of an address.
pub fn in_braces(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

const fn required(name: &'static str, format: Format) -> Field {
    Field { name, format, required: true }
}

const fn optional(name: &'static str, format: Format) -> Field {
    Field { name, format, required: false }
}

const CHANNEL: Format = Format::OneOf(&["online", "offline"]);

/// The body of an order, and of a quote.
pub const ORDER: &[Field] = &[
    optional("merchant", Format::Id),
    required("buyer", Format::Id),
    required("channel", CHANNEL),
    required("amount", Format::Money),
    required("concession", Format::Money),
    required("region", Format::Region),
    optional("reference", Format::Id),
];

/// The body of an adoption.
pub const RULES: &[Field] = &[required("rules", Format::Table), optional("accept_flags", Format::Flags)];

/// All commands.
pub const COMMANDS: &[Command] = &[
    Command {
        path: "/v1/members",
        kind: "member.registered",
        title: "Register a member",
        who: Who::Operator,
        made: Some(("member", "m-")),
        fields: &[optional("referrer", Format::Id)],
    },
    Command {
        path: "/v1/members/{member}/packs",
        kind: "pack.purchased",
        title: "Enter a pack that was paid for",
        who: Who::Payment,
        made: None,
        fields: &[
            required("pack", Format::Id),
            optional("purchase", Format::Id),
            optional("return_days", Format::Whole(1, RETURN_DAYS_MAX)),
        ],
    },
    Command {
        path: "/v1/purchases/{purchase}/refund",
        kind: "pack.refunded",
        title: "Refund a pack that may come back",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/members/{member}/freeze",
        kind: "member.frozen",
        title: "Freeze a member",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/members/{member}/unfreeze",
        kind: "member.unfrozen",
        title: "Unfreeze a member",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/members/{member}/opening",
        kind: "balance.opened",
        title: "Bring over what a member has in another system, before the first day is closed",
        who: Who::Operator,
        made: None,
        fields: &[optional("share_value", Format::Decimal), optional("points", Format::Decimal)],
    },
    Command {
        path: "/v1/members/{member}/role",
        kind: "role.assigned",
        title: "Give a member a service role",
        who: Who::Operator,
        made: None,
        fields: &[required("role", Format::Id)],
    },
    Command {
        path: "/v1/members/{member}/role/withdraw",
        kind: "role.withdrawn",
        title: "Take a member's service role back",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/merchants",
        kind: "merchant.opened",
        title: "Open a shop",
        who: Who::Own("member"),
        made: None,
        fields: &[optional("member", Format::Id), required("region", Format::Region)],
    },
    Command {
        path: "/v1/merchants/{member}/close",
        kind: "merchant.closed",
        title: "Close a shop",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/partners",
        kind: "partner.appointed",
        title: "Give a city to a partner",
        who: Who::Operator,
        made: None,
        fields: &[required("member", Format::Id), required("region", Format::Region)],
    },
    Command {
        path: "/v1/partners/{member}/withdraw",
        kind: "partner.withdrawn",
        title: "Take a partner's city back",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/treasury/grants",
        kind: "treasury.granted",
        title: "Give a member points of the treasury",
        who: Who::Payment,
        made: None,
        fields: &[required("member", Format::Id), required("points", Format::Decimal)],
    },
    Command {
        path: "/v1/treasury/reclaims",
        kind: "treasury.reclaimed",
        title: "Take points of a member back into the treasury",
        who: Who::Operator,
        made: None,
        fields: &[required("member", Format::Id), required("points", Format::Decimal)],
    },
    Command {
        path: "/v1/prices",
        kind: "price.set",
        title: "Set the price of the day",
        who: Who::Operator,
        made: None,
        fields: &[required("price", Format::Decimal)],
    },
    Command {
        path: "/v1/orders",
        kind: "order.placed",
        title: "Place an order",
        who: Who::Merchant,
        made: Some(("order", "o-")),
        fields: ORDER,
    },
    Command {
        path: "/v1/orders/{order}/refund",
        kind: "order.refunded",
        title: "Refund an order, or a part of it",
        who: Who::Owner(Ownership::Order),
        made: None,
        fields: &[optional("concession", Format::Money)],
    },
    Command {
        path: "/v1/transfers",
        kind: "points.transferred",
        title: "Transfer points to another member",
        who: Who::Own("from"),
        made: None,
        fields: &[optional("from", Format::Id), required("to", Format::Id), required("points", Format::Decimal)],
    },
    Command {
        path: "/v1/redemptions",
        kind: "points.redeemed",
        title: "Redeem points",
        who: Who::Own("member"),
        made: Some(("redemption", "r-")),
        fields: &[optional("member", Format::Id), required("points", Format::Decimal), optional("item", Format::Id)],
    },
    Command {
        path: "/v1/redemptions/{redemption}/cancel",
        kind: "redemption.cancelled",
        title: "Cancel a redemption; the points come back",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/offers",
        kind: "offer.placed",
        title: "Offer to sell or to buy points",
        who: Who::Own("member"),
        made: Some(("offer", "f-")),
        fields: &[
            optional("member", Format::Id),
            required("side", Format::OneOf(&["sell", "buy"])),
            required("points", Format::Decimal),
            required("unit_price", Format::Decimal),
        ],
    },
    Command {
        path: "/v1/offers/{offer}/cancel",
        kind: "offer.cancelled",
        title: "Cancel an offer",
        who: Who::Owner(Ownership::Offer),
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/offers/{offer}/trades",
        kind: "offer.taken",
        title: "Take an offer, or a part of it",
        who: Who::Own("member"),
        made: Some(("trade", "t-")),
        fields: &[optional("member", Format::Id), required("points", Format::Decimal)],
    },
    Command {
        path: "/v1/trades/{trade}/pay",
        kind: "trade.paid",
        title: "Say that the money was paid",
        who: Who::Owner(Ownership::Buyer),
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/trades/{trade}/confirm",
        kind: "trade.confirmed",
        title: "Say that the money has arrived; the points go to the buyer",
        who: Who::Owner(Ownership::Seller),
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/trades/{trade}/cancel",
        kind: "trade.cancelled",
        title: "Cancel a trade; the points go back",
        who: Who::Owner(Ownership::Canceller),
        made: None,
        fields: &[],
    },
    Command {
        path: "/v1/rules",
        kind: "rules.adopted",
        title: "Adopt rules: whole top-level keys at once",
        who: Who::Operator,
        made: None,
        fields: RULES,
    },
    Command {
        path: "/v1/days/{day}/closing",
        kind: "day.closing",
        title: "Do a part of the open day's close ahead",
        who: Who::Operator,
        made: None,
        fields: &[required("most", Format::Whole(1, CLOSING_MOST))],
    },
    Command {
        path: "/v1/days/{day}/close",
        kind: "day.closed",
        title: "Close the open day",
        who: Who::Operator,
        made: None,
        fields: &[],
    },
];

#[cfg(test)]
mod tests {
    use gongxiang::tree::Tree;
    use gongxiang::wire;

    use super::*;

    fn example(format: Format) -> Tree {
        match format {
            Format::Id => Tree::from("x"),
            Format::Money | Format::Decimal => Tree::from("1"),
            Format::Region => Tree::from("440100"),
            Format::Whole(least, _) => Tree::Whole(i64::try_from(least).unwrap_or_default()),
            Format::OneOf(values) => Tree::from(values[0]),
            Format::Table => Tree::Table(Vec::new()),
            Format::Flags => Tree::List(Vec::new()),
        }
    }

    #[test]
    fn the_fields_of_a_command_are_those_of_its_event() {
        for command in COMMANDS {
            let day = |name| Tree::from(if name == "day" { "2026-01-31" } else { "x" });
            let mut fields: Vec<(String, Tree)> = vec![("type".into(), Tree::from(command.kind))];
            fields.extend(command.in_path().map(|name| (name.to_owned(), day(name))));
            fields.extend(command.made.map(|(made, _)| (made.to_owned(), Tree::from("x"))));
            let own = command.fields.iter().filter(|field| !matches!(field.format, Format::Flags));
            fields.extend(own.map(|field| (field.name.to_owned(), example(field.format))));
            let event = wire::event::read(&Tree::Table(fields.clone()));
            assert!(event.is_ok(), "{}: {event:?}", command.kind);
            for field in command.fields.iter().filter(|field| field.required) {
                let fields = fields.iter().filter(|(name, _)| name != field.name).cloned().collect();
                let refusal = wire::event::read(&Tree::Table(fields)).err();
                let said = refusal.map(|refusal| refusal.field.to_string());
                assert_eq!(said.as_deref(), Some(field.name), "{} without `{}`", command.kind, field.name);
            }
        }
    }
}
