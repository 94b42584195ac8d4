//! Events as plain data, in both directions (RULES.md sections 1 and 4). What does not parse is `bad_event`, with its field.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::fields::Fields;
use crate::event::{Entry, Event, Identity, Kind, OrderPlaced, Refusal};
use crate::identity::{Day, Region, is_rfc3339};
use crate::market::Side;
use crate::quantity::{Money, Price};
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
    let kind = Kind::parse(kind).ok_or_else(|| Refusal::bad_event("type", "is no type of event"))?;
    let event = read_fields(kind, &mut fields)?;
    fields.finish()?;
    let identity = id.map(|id| Identity { id, content: tree.canonical().into() });
    Ok(Entry { event, identity })
}

fn read_fields(kind: Kind, fields: &mut Fields<'_>) -> Result<Event, Refusal> {
    Ok(match kind {
        Kind::MemberRegistered => {
            Event::MemberRegistered { member: fields.id("member")?, referrer: fields.optional("referrer", Fields::id)? }
        }
        Kind::PackPurchased => Event::PackPurchased { member: fields.id("member")?, pack: fields.id("pack")? },
        Kind::MerchantOpened => {
            Event::MerchantOpened { member: fields.id("member")?, region: fields.region("region")? }
        }
        Kind::RoleAssigned => Event::RoleAssigned { member: fields.id("member")?, role: fields.id("role")? },
        Kind::PartnerAppointed => Event::PartnerAppointed {
            member: fields.id("member")?,
            city: fields.parsed("region", "a city: six digits, the last two `00`, and no province", |text| {
                Region::parse(text).filter(|region| region.is_city())
            })?,
        },
        Kind::TreasuryGranted => {
            Event::TreasuryGranted { member: fields.id("member")?, points: fields.points("points")? }
        }
        Kind::PriceSet => Event::PriceSet { price: fields.decimal("price", Price::parse)? },
        Kind::OrderPlaced => Event::OrderPlaced(OrderPlaced {
            order: fields.id("order")?,
            buyer: fields.id("buyer")?,
            merchant: fields.id("merchant")?,
            channel: fields.parsed("channel", "`online` or `offline`", Channel::parse)?,
            amount: fields.decimal("amount", Money::parse)?,
            concession: fields.decimal("concession", Money::parse)?,
            region: fields.region("region")?,
        }),
        Kind::OrderRefunded => Event::OrderRefunded { order: fields.id("order")? },
        Kind::PointsTransferred => Event::PointsTransferred {
            from: fields.id("from")?,
            to: fields.id("to")?,
            points: fields.points("points")?,
        },
        Kind::PointsRedeemed => Event::PointsRedeemed {
            member: fields.id("member")?,
            points: fields.points("points")?,
            item: fields.optional("item", Fields::id)?,
        },
        Kind::OfferPlaced => Event::OfferPlaced {
            offer: fields.id("offer")?,
            member: fields.id("member")?,
            side: fields.parsed("side", "`sell` or `buy`", Side::parse)?,
            points: fields.points("points")?,
            unit_price: fields.decimal("unit_price", Price::parse)?,
        },
        Kind::OfferTaken => Event::OfferTaken {
            offer: fields.id("offer")?,
            trade: fields.id("trade")?,
            member: fields.id("member")?,
            points: fields.points("points")?,
        },
        Kind::TradePaid => Event::TradePaid { trade: fields.id("trade")? },
        Kind::TradeConfirmed => Event::TradeConfirmed { trade: fields.id("trade")? },
        Kind::TradeCancelled => Event::TradeCancelled { trade: fields.id("trade")? },
        Kind::OfferCancelled => Event::OfferCancelled { offer: fields.id("offer")? },
        Kind::RulesAdopted => Event::RulesAdopted { rules: fields.take("rules")?.clone() },
        Kind::DayClosed => Event::DayClosed { day: fields.parsed("day", "a day such as `2026-01-31`", Day::parse)? },
    })
}

/// An event as plain data: what [`read`] reads.
#[must_use]
pub fn write(event: &Event) -> Tree {
    let mut fields = vec![("type", Tree::from(event.kind().as_str()))];
    let mut put = |name: &'static str, value: &dyn ToString| fields.push((name, Tree::Text(value.to_string())));
    match event {
        Event::MemberRegistered { member, referrer } => {
            put("member", member);
            if let Some(referrer) = referrer {
                put("referrer", referrer);
            }
        }
        Event::PackPurchased { member, pack } => {
            put("member", member);
            put("pack", pack);
        }
        Event::MerchantOpened { member, region } | Event::PartnerAppointed { member, city: region } => {
            put("member", member);
            put("region", region);
        }
        Event::RoleAssigned { member, role } => {
            put("member", member);
            put("role", role);
        }
        Event::TreasuryGranted { member, points } => {
            put("member", member);
            put("points", points);
        }
        Event::PriceSet { price } => put("price", price),
        Event::OrderPlaced(OrderPlaced { order, buyer, merchant, channel, amount, concession, region }) => {
            put("order", order);
            put("buyer", buyer);
            put("merchant", merchant);
            put("channel", &channel.as_str());
            put("amount", amount);
            put("concession", concession);
            put("region", region);
        }
        Event::OrderRefunded { order } => put("order", order),
        Event::PointsTransferred { from, to, points } => {
            put("from", from);
            put("to", to);
            put("points", points);
        }
        Event::PointsRedeemed { member, points, item } => {
            put("member", member);
            put("points", points);
            if let Some(item) = item {
                put("item", item);
            }
        }
        Event::OfferPlaced { offer, member, side, points, unit_price } => {
            put("offer", offer);
            put("member", member);
            put("side", &side.as_str());
            put("points", points);
            put("unit_price", unit_price);
        }
        Event::OfferTaken { offer, trade, member, points } => {
            put("offer", offer);
            put("trade", trade);
            put("member", member);
            put("points", points);
        }
        Event::TradePaid { trade } | Event::TradeConfirmed { trade } | Event::TradeCancelled { trade } => {
            put("trade", trade);
        }
        Event::OfferCancelled { offer } => put("offer", offer),
        Event::RulesAdopted { rules } => fields.push(("rules", rules.clone())),
        Event::DayClosed { day } => put("day", day),
    }
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
