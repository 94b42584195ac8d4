//! From an event to its notices: whom it concerns, and what each of them is told. Reads the books and changes nothing.

use std::collections::BTreeMap;

use gongxiang::book::{Account, DayRecord, Excerpt};
use gongxiang::event::Event;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Points, ShareValue};
use gongxiang::receipt::{Amount, Party, Receipt, Rule};
use gongxiang::statement::statement;
use serde_json::{Value, json};

use super::kind::NoticeKind;
use crate::limits::PARTNER_LAPSES_DAYS;

/// A notice that is to be made, if its member wants notices of its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    pub member: Id,
    pub kind: NoticeKind,
    /// With member and kind, what makes it one of its own.
    pub subject: String,
    pub day: Day,
    /// What its member sees in the list.
    pub detail: Value,
}

/// Whether the points of a shop are below its deposit.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub shop: Id,
    pub day: Day,
    /// If they are: what the shop has, and what the deposit is at today's price.
    pub short: Option<(Points, Points)>,
}

/// The rewards that a receipt brought members, whatever they are for.
pub fn vested(receipt: &Receipt, place: i64) -> Vec<News> {
    let mut all: BTreeMap<&Id, (u64, ShareValue, Points)> = BTreeMap::new();
    for posting in &receipt.postings {
        if let (Rule::Reward(_), Party::Member(member)) = (posting.rule, &posting.to) {
            let (rewards, share_value, points) = all.entry(member).or_default();
            *rewards += 1;
            // Sums that do not fit are those of nobody.
            match posting.amount {
                Amount::ShareValue(value) | Amount::Locked(value) => {
                    *share_value = share_value.plus(value).unwrap_or(*share_value);
                }
                Amount::Points(value) => *points = points.plus(value).unwrap_or(*points),
            }
        }
    }
    let news = |(member, (rewards, share_value, points)): (&Id, _)| News {
        member: member.clone(),
        kind: NoticeKind::Vested,
        subject: place.to_string(),
        day: receipt.day,
        detail: json!({"rewards": rewards, "share_value": share_value, "points": points}),
    };
    all.into_iter().map(news).collect()
}

/// What an event says to those whom it names. `part` has the rows of [`crate::ledger::needs::Needs::of`] it.
pub fn of_event(event: &Event, day: Day, place: i64, part: &Excerpt) -> Vec<News> {
    let told = |member: &Id, kind, detail| {
        vec![News { member: member.clone(), kind, subject: place.to_string(), day, detail }]
    };
    match event {
        Event::OrderRefunded { order, .. } => part.orders.get(order).map_or_else(Vec::new, |refunded| {
            told(&refunded.buyer, NoticeKind::OrderRefunded, json!({"order": order, "left": refunded.left}))
        }),
        Event::OfferTaken { offer, trade, points, .. } => part.offers.get(offer).map_or_else(Vec::new, |taken| {
            let detail = json!({"offer": offer, "trade": trade, "points": points});
            told(&taken.owner, NoticeKind::TradeTaken, detail)
        }),
        Event::TradePaid { trade } => {
            let paid = part.trades.get(trade).and_then(|paid| Some((paid, part.offers.get(&paid.offer)?)));
            paid.map_or_else(Vec::new, |(paid, offer)| {
                told(paid.seller(offer), NoticeKind::TradePaid, json!({"trade": trade, "points": paid.points}))
            })
        }
        _ => Vec::new(),
    }
}

/// What the close of a day says to a member: what it earned, and whether its right as a partner ends soon. `days` are all closed days up to
/// this one.
pub fn of_close(member: &Id, account: &Account, days: &[DayRecord], part: &Excerpt) -> Vec<News> {
    let Some(day) = days.last().map(|record| record.day) else { return Vec::new() };
    let mut news = Vec::new();
    let mut tell =
        |kind, subject: String, detail| news.push(News { member: member.clone(), kind, subject, day, detail });
    match statement(account, days, 1).map(|lines| lines.last().map(|line| (line.earned, line.worth))) {
        Ok(Some((earned, worth))) if earned.is_positive() => {
            tell(NoticeKind::Earned, day.to_string(), json!({"points": earned, "worth": worth}));
        }
        // The account was settled again since then: its statement says what it earned.
        Err(_) if account.holding.units.is_positive() => tell(NoticeKind::Earned, day.to_string(), json!({})),
        Ok(_) | Err(_) => {}
    }
    let last = account.area_pack.filter(|_| account.city.is_some());
    let last = last.and_then(|pack| pack.plus(part.rules.area_repurchase_days));
    if let (Some(last), Some(today)) = (last, day.next())
        && today <= last
        && today.plus(PARTNER_LAPSES_DAYS).is_none_or(|soon| last <= soon)
    {
        tell(NoticeKind::PartnerLapses, last.to_string(), json!({"until": last}));
    }
    news
}

/// How a shop stands now; `None` if the member has none.
pub fn standing(shop: &Id, account: &Account, part: &Excerpt) -> Option<Standing> {
    account.shop?;
    let deposit = part.rules.merchant_deposit.points_ceil(part.head.price).ok()?;
    let points = account.state(&part.head.release, &part.ended).ok()?.points;
    let short = (points < deposit).then_some((points, deposit));
    Some(Standing { shop: shop.clone(), day: part.head.day, short })
}
