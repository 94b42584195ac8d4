//! A member's whole statement. Postings are fetched once and stored. The rules compute the releases of the days between them
//! ([`statement::history`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use gongxiang::book::DayRecord;
use gongxiang::identity::{Day, Id};
use gongxiang::order::{Order, OrderState};
use gongxiang::receipt::{Amount, RewardKind, Rule};
use gongxiang::statement::{self, History};
use gongxiang::wire::statement::BookedPosting;

use crate::api::{self, Fault, Item};
use crate::keep::{self, Store};
use crate::trade::{self, TradeTerms};
use crate::wallet::Wallet;

/// Limit of the pages that are fetched: 20,000 postings.
const PAGES_MAX: usize = 40;

/// A member's past, and where its orders were placed.
#[derive(Debug, PartialEq, Eq)]
pub struct Past {
    /// Newest first.
    pub history: History,
    /// The shops of orders, by place and line of the posting that rewards the buyer.
    pub shops: BTreeMap<(i64, i64), Id>,
    /// The terms of its trades, newest first.
    pub trades: Vec<TradeTerms>,
}

/// Fetches the postings that are not stored yet, and computes the days.
pub async fn open(wallet: &Wallet, days: &[DayRecord]) -> Result<Arc<Past>, Fault> {
    let postings = postings(&wallet.member).await?;
    // Without them, entries name no shop.
    let orders = api::bought(&wallet.member, None).await.map(|page| page.rows).unwrap_or_default();
    let shops = shops(&wallet.member, &orders, &postings);
    // Who never had anything in the market is not asked about.
    let in_market = postings.iter().any(|booked| matches!(booked.posting.rule, Rule::Offer | Rule::Trade));
    let trades = if in_market { trade::terms_of_all(&wallet.member).await } else { Vec::new() };
    Ok(Arc::new(Past { history: computed(wallet, &postings, days)?, shops, trades }))
}

/// The past alone, for a screen that names no shops.
pub async fn alone(wallet: &Wallet, days: &[DayRecord]) -> Result<Arc<History>, Fault> {
    let postings = postings(&wallet.member).await?;
    computed(wallet, &postings, days).map(Arc::new)
}

/// The past of an account, newest rows first.
fn computed(wallet: &Wallet, postings: &[BookedPosting], days: &[DayRecord]) -> Result<History, Fault> {
    let history = statement::history(&wallet.member, &wallet.account, postings, days);
    let mut history = history.map_err(|_| Fault::BadAnswer)?;
    history.rows.reverse();
    Ok(history)
}

/// The shop of each posting that rewards the buyer of an order. Orders vest in the order in which they were placed, so those of a day
/// stand in the order of the postings of that day. `orders` are the newest ones, newest first; older postings stay without a shop.
fn shops(me: &Id, orders: &[Item<Order>], postings: &[BookedPosting]) -> BTreeMap<(i64, i64), Id> {
    let is_reward =
        |booked: &&BookedPosting| booked.posting.rule == Rule::Reward(RewardKind::Consumption) && booked.is_gain(me);
    let mut rewards = postings.iter().rev().filter(is_reward).peekable();
    let mut shops = BTreeMap::new();
    // The newest order that vested last comes first.
    let mut vested: Vec<_> = orders.iter().filter_map(|order| vested_on(&order.value)).collect();
    vested.sort_by_key(|vested| std::cmp::Reverse((vested.day, vested.order.sequence)));
    for Vested { day, order, amount } in vested {
        // A posting of a later day belongs to no known order.
        while rewards.next_if(|booked| booked.day > day).is_some() {}
        if let Some(booked) = rewards.next_if(|booked| booked.day == day && booked.posting.amount == amount) {
            shops.insert((booked.place, booked.line), order.merchant.clone());
        }
    }
    shops
}

/// An order whose buyer was rewarded.
struct Vested<'a> {
    day: Day,
    order: &'a Order,
    /// What the buyer got.
    amount: Amount,
}

fn vested_on(order: &Order) -> Option<Vested<'_>> {
    let (reward, _) = order.rewards.iter().find(|(reward, _)| reward.kind == RewardKind::Consumption)?;
    let day = match order.state {
        OrderState::Pending => None,
        OrderState::Vested(day) => Some(day),
        // What was refunded after its vesting was rewarded before.
        OrderState::Refunded => order.due.filter(|_| order.left_at_vesting.is_positive()),
    };
    let amount = order.reward_value_left(reward, order.left_at_vesting).ok()?;
    Some(Vested { day: day?, order, amount: Amount::ShareValue(amount) })
}

/// All postings, oldest first.
async fn postings(me: &Id) -> Result<Vec<BookedPosting>, Fault> {
    let key = format!("statement {me}");
    let mut known = keep::read(Store::Answers, &key).await.map(|text| read_kept(&text)).unwrap_or_default();
    let last = known.last().map(|booked| (booked.place, booked.line));
    let mut fresh = Vec::new();
    let mut before = None;
    for _ in 0..PAGES_MAX {
        let page = match api::statement(me, before.as_deref()).await {
            Ok(page) => page,
            Err(Fault::Unreachable) if last.is_some() => return Ok(known),
            Err(fault) => return Err(fault),
        };
        let asked = page.postings.len();
        fresh.extend(page.postings.into_iter().take_while(|booked| Some((booked.place, booked.line)) > last));
        let reached_known = fresh.len() < asked;
        before = page.next.filter(|_| !reached_known);
        if before.is_none() {
            break;
        }
    }
    if !fresh.is_empty() {
        known.extend(fresh.into_iter().rev());
        if let Ok(text) = serde_json::to_string(&known) {
            keep::write(Store::Answers, &key, &text).await;
        }
    }
    Ok(known)
}

/// The stored postings; none if another version stored them in another format. Then all are fetched again.
fn read_kept(text: &str) -> Vec<BookedPosting> {
    api::read(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_version_kept_is_dropped_and_not_misread() {
        let place = r#""place":7,"line":0,"day":"2026-01-02","giver":"pool","receiver":"member ann""#;
        let amount = r#""asset":"points","amount":"1.5","rule":"release""#;
        let kept = |reason: &str| read_kept(&format!("[{{{place},{amount},{reason}}}]"));
        let now = kept(r#""why":{"of":"release","units":"12.5","acc":"0.12"}"#);
        assert_eq!(now.len(), 1);
        assert_eq!(serde_json::to_string(&now).map(|text| read_kept(&text)).ok(), Some(now));
        for other in [
            r#""reason":"12.5 units, released until 0.12 points per unit""#,
            r#""why":"12.5 units, released until 0.12 points per unit""#,
            r#""why":{"of":"release","units":"12.5"}"#,
            r#""why":{"of":"something_newer"}"#,
        ] {
            assert_eq!(kept(other), [], "{other}");
        }
    }
}
