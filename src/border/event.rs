//! Reads one event from plain data (RULES.md sections 1 and 4). What does not parse is `bad_event`, with its field.

use crate::event::{Entry, Event, Identity, OrderPlaced, Refusal};
use crate::identity::{Day, Id, Region, is_rfc3339};
use crate::market::Side;
use crate::quantity::{DecimalError, Money, Points, Price};
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
    let mut fields = Fields { entries: entries.iter().map(|(key, value)| (key.as_str(), value)).collect() };
    let kind = fields.text("type")?;
    let id = fields.optional("id", Fields::id)?;
    fields.optional("at", |fields, name| {
        fields.parsed(name, "a moment of RFC 3339", |text| is_rfc3339(text).then_some(()))
    })?;
    let event = read_kind(kind, &mut fields)?;
    fields.finish()?;
    let identity = id.map(|id| Identity { id, content: tree.canonical().into() });
    Ok(Entry { event, identity })
}

fn read_kind(kind: &str, fields: &mut Fields<'_>) -> Result<Event, Refusal> {
    Ok(match kind {
        "member.registered" => {
            Event::MemberRegistered { member: fields.id("member")?, referrer: fields.optional("referrer", Fields::id)? }
        }
        "pack.purchased" => Event::PackPurchased { member: fields.id("member")?, pack: fields.id("pack")? },
        "merchant.opened" => Event::MerchantOpened { member: fields.id("member")?, region: fields.region("region")? },
        "role.assigned" => Event::RoleAssigned { member: fields.id("member")?, role: fields.id("role")? },
        "partner.appointed" => Event::PartnerAppointed {
            member: fields.id("member")?,
            city: fields.parsed("region", "a city: six digits, the last two `00`, and no province", |text| {
                Region::parse(text).filter(|region| region.is_city())
            })?,
        },
        "treasury.granted" => Event::TreasuryGranted { member: fields.id("member")?, points: fields.points("points")? },
        "price.set" => Event::PriceSet { price: fields.decimal("price", Price::parse)? },
        "order.placed" => Event::OrderPlaced(OrderPlaced {
            order: fields.id("order")?,
            buyer: fields.id("buyer")?,
            merchant: fields.id("merchant")?,
            channel: fields.parsed("channel", "`online` or `offline`", |text| match text {
                "online" => Some(Channel::Online),
                "offline" => Some(Channel::Offline),
                _ => None,
            })?,
            amount: fields.decimal("amount", Money::parse)?,
            concession: fields.decimal("concession", Money::parse)?,
            region: fields.region("region")?,
        }),
        "order.refunded" => Event::OrderRefunded { order: fields.id("order")? },
        "points.transferred" => Event::PointsTransferred {
            from: fields.id("from")?,
            to: fields.id("to")?,
            points: fields.points("points")?,
        },
        "points.redeemed" => Event::PointsRedeemed {
            member: fields.id("member")?,
            points: fields.points("points")?,
            item: fields.optional("item", Fields::id)?,
        },
        "offer.placed" => Event::OfferPlaced {
            offer: fields.id("offer")?,
            member: fields.id("member")?,
            side: fields.parsed("side", "`sell` or `buy`", |text| match text {
                "sell" => Some(Side::Sell),
                "buy" => Some(Side::Buy),
                _ => None,
            })?,
            points: fields.points("points")?,
            unit_price: fields.decimal("unit_price", Price::parse)?,
        },
        "offer.taken" => Event::OfferTaken {
            offer: fields.id("offer")?,
            trade: fields.id("trade")?,
            member: fields.id("member")?,
            points: fields.points("points")?,
        },
        "trade.paid" => Event::TradePaid { trade: fields.id("trade")? },
        "trade.confirmed" => Event::TradeConfirmed { trade: fields.id("trade")? },
        "trade.cancelled" => Event::TradeCancelled { trade: fields.id("trade")? },
        "offer.cancelled" => Event::OfferCancelled { offer: fields.id("offer")? },
        "rules.adopted" => Event::RulesAdopted { rules: fields.take("rules")?.clone() },
        "day.closed" => Event::DayClosed { day: fields.parsed("day", "a day such as `2026-01-31`", Day::parse)? },
        _ => return Err(Refusal::bad_event("type", "is no type of event")),
    })
}

/// The fields of an event while it is read: each must be asked for.
struct Fields<'a> {
    entries: Vec<(&'a str, &'a Tree)>,
}

impl<'a> Fields<'a> {
    fn take(&mut self, name: &'static str) -> Result<&'a Tree, Refusal> {
        let at = self.entries.iter().position(|(key, _)| *key == name);
        at.map(|at| self.entries.swap_remove(at).1).ok_or_else(|| Refusal::bad_event(name, "is missing"))
    }

    fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Self, &'static str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        let given = self.entries.iter().any(|(key, _)| *key == name);
        given.then(|| read(self, name)).transpose()
    }

    fn text(&mut self, name: &'static str) -> Result<&'a str, Refusal> {
        match self.take(name)? {
            Tree::Text(text) => Ok(text),
            other => Err(Refusal::bad_event(name, format!("must be a text, not {}", other.kind()))),
        }
    }

    fn parsed<T>(
        &mut self,
        name: &'static str,
        what: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Refusal> {
        read(self.text(name)?).ok_or_else(|| Refusal::bad_event(name, format!("must be {what}")))
    }

    fn id(&mut self, name: &'static str) -> Result<Id, Refusal> {
        self.parsed(name, "1 to 64 of A-Z a-z 0-9 _ . : -", Id::parse)
    }

    fn region(&mut self, name: &'static str) -> Result<Region, Refusal> {
        self.parsed(name, "a region of six digits", Region::parse)
    }

    fn decimal<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Result<T, DecimalError>) -> Result<T, Refusal> {
        read(self.text(name)?).map_err(|error| Refusal::bad_event(name, error.to_string()))
    }

    fn points(&mut self, name: &'static str) -> Result<Points, Refusal> {
        self.decimal(name, Points::parse)
    }

    fn finish(self) -> Result<(), Refusal> {
        match self.entries.first() {
            Some((key, _)) => Err(Refusal::bad_event(String::from(*key), "is unknown")),
            None => Ok(()),
        }
    }
}
