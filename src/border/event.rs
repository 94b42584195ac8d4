//! Reads one event from plain data (RULES.md sections 1 and 4). What does not parse is `bad_event`, with its field.

use super::fields::Fields;
use crate::event::{Entry, Event, Identity, OrderPlaced, Refusal};
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
