//! Events as plain data, in both directions (RULES.md sections 1 and 4). What does not parse is `bad_event`, with its field.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::fields::Fields;
use crate::event::{Entry, Event, Identity, Kind, OrderPlaced, Refusal, ReturnTerms};
use crate::identity::{Day, Region, is_rfc3339};
use crate::limits::{CLOSING_MOST, RETURN_DAYS_MAX};
use crate::market::Side;
use crate::quantity::{Money, Price, ShareValue};
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

fn read_fields(kind: Kind, fields: &mut Fields<'_>) -> Result<Event, Refusal> {
    Ok(match kind {
        Kind::MemberRegistered => {
            Event::MemberRegistered { member: fields.id("member")?, referrer: fields.optional("referrer", Fields::id)? }
        }
        Kind::PackPurchased => Event::PackPurchased {
            member: fields.id("member")?,
            pack: fields.id("pack")?,
            terms: return_terms(fields)?,
        },
        Kind::PackRefunded => Event::PackRefunded { purchase: fields.id("purchase")? },
        Kind::MerchantOpened => {
            Event::MerchantOpened { member: fields.id("member")?, region: fields.region("region")? }
        }
        Kind::MerchantClosed => Event::MerchantClosed { member: fields.id("member")? },
        Kind::MemberFrozen => Event::MemberFrozen { member: fields.id("member")? },
        Kind::MemberUnfrozen => Event::MemberUnfrozen { member: fields.id("member")? },
        Kind::RoleAssigned => Event::RoleAssigned { member: fields.id("member")?, role: fields.id("role")? },
        Kind::RoleWithdrawn => Event::RoleWithdrawn { member: fields.id("member")? },
        Kind::PartnerAppointed => Event::PartnerAppointed {
            member: fields.id("member")?,
            city: fields.parsed("region", "a city: six digits, the last two `00`, and no province", |text| {
                Region::parse(text).filter(|region| region.is_city())
            })?,
        },
        Kind::PartnerWithdrawn => Event::PartnerWithdrawn { member: fields.id("member")? },
        Kind::TreasuryGranted => {
            Event::TreasuryGranted { member: fields.id("member")?, points: fields.points("points")? }
        }
        Kind::TreasuryReclaimed => {
            Event::TreasuryReclaimed { member: fields.id("member")?, points: fields.points("points")? }
        }
        Kind::BalanceOpened => Event::BalanceOpened {
            member: fields.id("member")?,
            share_value: fields.optional("share_value", |fields, name| fields.decimal(name, ShareValue::parse))?,
            points: fields.optional("points", Fields::points)?,
        },
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
        Kind::OrderRefunded => Event::OrderRefunded {
            order: fields.id("order")?,
            concession: fields.optional("concession", |fields, name| fields.decimal(name, Money::parse))?,
        },
        Kind::PointsTransferred => Event::PointsTransferred {
            from: fields.id("from")?,
            to: fields.id("to")?,
            points: fields.points("points")?,
        },
        Kind::PointsRedeemed => Event::PointsRedeemed {
            member: fields.id("member")?,
            points: fields.points("points")?,
            item: fields.optional("item", Fields::id)?,
            redemption: fields.optional("redemption", Fields::id)?,
        },
        Kind::RedemptionCancelled => Event::RedemptionCancelled { redemption: fields.id("redemption")? },
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
        Kind::DayClosing => Event::DayClosing {
            day: day(fields)?,
            most: usize::try_from(fields.whole_in("most", 1..=CLOSING_MOST)?).unwrap_or(usize::MAX),
        },
        Kind::DayClosed => Event::DayClosed { day: day(fields)? },
    })
}

fn day(fields: &mut Fields<'_>) -> Result<Day, Refusal> {
    fields.parsed("day", "a day such as `2026-01-31`", Day::parse)
}

/// `purchase` and `return_days`: both or none.
fn return_terms(fields: &mut Fields<'_>) -> Result<Option<ReturnTerms>, Refusal> {
    let purchase = fields.optional("purchase", Fields::id)?;
    let return_days = fields.optional("return_days", |fields, name| fields.whole_in(name, 1..=RETURN_DAYS_MAX))?;
    match (purchase, return_days) {
        (Some(purchase), Some(return_days)) => Ok(Some(ReturnTerms { purchase, return_days })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Refusal::bad_event("return_days", "must be there, since `purchase` is")),
        (None, Some(_)) => Err(Refusal::bad_event("purchase", "must be there, since `return_days` is")),
    }
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
        Event::PackPurchased { member, pack, terms } => {
            put("member", member);
            put("pack", pack);
            if let Some(ReturnTerms { purchase, return_days }) = terms {
                put("purchase", purchase);
                fields.push(("return_days", whole(*return_days)));
            }
        }
        Event::PackRefunded { purchase } => put("purchase", purchase),
        Event::MerchantOpened { member, region } | Event::PartnerAppointed { member, city: region } => {
            put("member", member);
            put("region", region);
        }
        Event::RoleAssigned { member, role } => {
            put("member", member);
            put("role", role);
        }
        Event::MerchantClosed { member }
        | Event::MemberFrozen { member }
        | Event::MemberUnfrozen { member }
        | Event::RoleWithdrawn { member }
        | Event::PartnerWithdrawn { member } => put("member", member),
        Event::TreasuryGranted { member, points } | Event::TreasuryReclaimed { member, points } => {
            put("member", member);
            put("points", points);
        }
        Event::BalanceOpened { member, share_value, points } => {
            put("member", member);
            if let Some(share_value) = share_value {
                put("share_value", share_value);
            }
            if let Some(points) = points {
                put("points", points);
            }
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
        Event::OrderRefunded { order, concession } => {
            put("order", order);
            if let Some(concession) = concession {
                put("concession", concession);
            }
        }
        Event::PointsTransferred { from, to, points } => {
            put("from", from);
            put("to", to);
            put("points", points);
        }
        Event::PointsRedeemed { member, points, item, redemption } => {
            put("member", member);
            put("points", points);
            if let Some(item) = item {
                put("item", item);
            }
            if let Some(redemption) = redemption {
                put("redemption", redemption);
            }
        }
        Event::RedemptionCancelled { redemption } => put("redemption", redemption),
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
        Event::DayClosing { day, most } => {
            put("day", day);
            fields.push(("most", whole(u64::try_from(*most).unwrap_or(u64::MAX))));
        }
        Event::DayClosed { day } => put("day", day),
    }
    Tree::Table(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A whole number of an event: all of them are small.
fn whole(number: u64) -> Tree {
    Tree::Whole(i64::try_from(number).unwrap_or(i64::MAX))
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
