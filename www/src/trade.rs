//! A trade as its two sides see it: the server's answers, what the two write to each other, and the terms that a member's
//! statement and charts show.

use std::fmt::Write as _;

use gongxiang::identity::{Day, Id};
use gongxiang::market::{Offer, Side, Trade, TradeState};
use gongxiang::quantity::{Money, Points, Price};
use gongxiang::tree::Tree;
use serde_json::Value;

use crate::api::{self, Fault, Item, field};
use crate::json::ReadError;
use crate::keep::{self, Store};

/// A trade with its offer and what the sides told each other. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeDetail {
    pub trade: Item<Trade>,
    pub offer: Item<Offer>,
    pub buyer: Id,
    pub seller: Id,
    /// In yuan.
    pub sum: Money,
    /// `None` if the trade has ended.
    pub notes: Option<TradeNotes>,
    pub dispute: Option<Dispute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeNotes {
    /// Until when the buyer has to pay; `None` for no limit but the day's close.
    pub until: Option<i64>,
    /// Where the seller is paid; empty if it has not said.
    pub payee: String,
    /// The buyer's note of the payment; empty if there is none.
    pub payment: String,
}

/// A dispute: the statements, empty as long as there is none, and why the operator decided so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub buyer: String,
    pub seller: String,
    pub reason: String,
}

/// What a member has in the market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InMarket {
    /// Its open offers.
    pub offers: Vec<Item<Offer>>,
    /// Its trades that live.
    pub trades: Vec<TradeDetail>,
}

impl InMarket {
    /// The member's points in escrow: what is left of its offers to sell, and what it sells in trades. `None` if the sum is out of range.
    pub fn escrow(&self, me: &Id) -> Option<Points> {
        let sells = self.offers.iter().map(|offer| &offer.value).filter(|offer| offer.side == Side::Sell);
        let sold = self.trades.iter().filter(|trade| trade.seller == *me).map(|trade| trade.trade.value.points);
        sells.map(|offer| offer.remaining).chain(sold).try_fold(Points::ZERO, |sum, points| sum.plus(points).ok())
    }
}

/// Limit of the pages that are fetched for [`terms_of_all`]: 1,000 trades.
const PAGES_MAX: usize = 20;

/// What a trade was about, without what its sides told each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeTerms {
    pub trade: Id,
    pub offer: Id,
    /// On which it was taken.
    pub day: Day,
    pub points: Points,
    pub unit_price: Price,
    /// In yuan.
    pub sum: Money,
    /// Whether the member is the buyer.
    pub buys: bool,
    pub state: TradeState,
}

impl TradeTerms {
    pub fn of(detail: &TradeDetail, me: &Id) -> Self {
        let TradeDetail { trade, offer, buyer, sum, .. } = detail;
        let Trade { day, points, state, .. } = trade.value;
        let unit_price = offer.value.unit_price;
        Self {
            trade: trade.id.clone(),
            offer: offer.id.clone(),
            day,
            points,
            unit_price,
            sum: *sum,
            buys: buyer == me,
            state,
        }
    }

    pub fn is_done(&self) -> bool {
        self.state == TradeState::Confirmed
    }

    /// A line, to be stored.
    fn line(&self) -> String {
        let Self { trade, offer, day, points, unit_price, sum, .. } = self;
        let side = if self.buys { "buys" } else { "sells" };
        let end = if self.is_done() { "done" } else { "cancelled" };
        format!("{trade} {offer} {day} {points} {unit_price} {sum} {side} {end}")
    }

    /// Reads a [`line`](Self::line); `None` if another version wrote it differently.
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split(' ');
        let mut next = || parts.next();
        Some(Self {
            trade: Id::parse(next()?)?,
            offer: Id::parse(next()?)?,
            day: Day::parse(next()?)?,
            points: Points::parse(next()?).ok()?,
            unit_price: Price::parse(next()?).ok()?,
            sum: Money::parse(next()?).ok()?,
            buys: next()? == "buys",
            state: if next()? == "done" { TradeState::Confirmed } else { TradeState::Cancelled },
        })
    }
}

/// The terms of a member's trades, newest first. Those that ended are stored; the others are asked for each time. Without an answer, what is
/// stored.
pub async fn terms_of_all(me: &Id) -> Vec<TradeTerms> {
    let key = format!("trades {me}");
    let known = keep::read(Store::Answers, &key).await.unwrap_or_default();
    let known: Vec<_> = known.lines().filter_map(TradeTerms::parse).collect();
    let is_known = |terms: &TradeTerms| known.iter().any(|known| known.trade == terms.trade);
    let mut fresh = Vec::new();
    let mut before = None;
    for _ in 0..PAGES_MAX {
        let Ok(page) = of_member(me, before.as_deref()).await else { break };
        let terms: Vec<_> = page.trades.iter().map(|detail| TradeTerms::of(detail, me)).collect();
        // A trade that ended late stands among older ones, so a whole page must be known.
        let all_known = !terms.is_empty() && terms.iter().all(is_known);
        fresh.extend(terms.into_iter().filter(|terms| !is_known(terms)));
        before = page.next.filter(|_| !all_known);
        if before.is_none() {
            break;
        }
    }
    if fresh.is_empty() {
        return known;
    }
    let all: Vec<_> = fresh.into_iter().chain(known).collect();
    let ended = |terms: &&TradeTerms| matches!(terms.state, TradeState::Confirmed | TradeState::Cancelled);
    let text = all.iter().filter(ended).fold(String::new(), |mut text, terms| {
        let _ = writeln!(text, "{}", terms.line());
        text
    });
    keep::write(Store::Answers, &key, &text).await;
    all
}

/// A page of trades.
#[derive(Clone, Debug)]
pub struct TradesPage {
    pub trades: Vec<TradeDetail>,
    pub next: Option<String>,
}

impl TradeDetail {
    pub fn lives(&self) -> bool {
        matches!(self.trade.value.state, TradeState::Taken | TradeState::Paid)
    }

    pub fn is_paid(&self) -> bool {
        self.trade.value.state == TradeState::Paid
    }

    fn read(row: &Value) -> Result<Self, Fault> {
        let trade = Item::<Trade>::read(row)?;
        let notes = |notes: &Value| {
            Ok::<_, ReadError>(TradeNotes {
                until: field(notes, "until")?,
                payee: field(notes, "payee")?,
                payment: field(notes, "payment")?,
            })
        };
        let dispute = |dispute: &Value| {
            Ok::<_, ReadError>(Dispute {
                buyer: field(dispute, "buyer")?,
                seller: field(dispute, "seller")?,
                reason: field(dispute, "reason")?,
            })
        };
        Ok(Self {
            offer: Item { id: trade.value.offer.clone(), value: field(row, "terms")? },
            buyer: field(row, "buyer")?,
            seller: field(row, "seller")?,
            sum: field(row, "sum")?,
            notes: row.get("notes").map(notes).transpose()?,
            dispute: row.get("dispute").map(dispute).transpose()?,
            trade,
        })
    }
}

impl TradesPage {
    fn read(page: &Value) -> Result<Self, Fault> {
        let rows = page.get("trades").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
        let trades = rows.iter().map(TradeDetail::read).collect::<Result<_, _>>()?;
        Ok(Self { trades, next: field(page, "next")? })
    }
}

/// `/v1/members/ID/trades`: those that live, then those that ended, each newest first.
pub async fn of_member(id: &Id, before: Option<&str>) -> Result<TradesPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    TradesPage::read(&api::get_value(&format!("/v1/members/{id}/trades?limit=50{before}")).await?)
}

/// What a member has in the market now.
pub async fn in_market(me: Id) -> Result<InMarket, Fault> {
    let mut trades = Vec::new();
    let mut before = None;
    loop {
        // Those that live come first.
        let page = of_member(&me, before.as_deref()).await?;
        let all_live = page.trades.iter().all(TradeDetail::lives);
        trades.extend(page.trades.into_iter().filter(TradeDetail::lives));
        before = page.next.filter(|_| all_live);
        if before.is_none() {
            return Ok(InMarket { offers: api::offers_of(&me).await?, trades });
        }
    }
}

/// `/v1/disputes`: the oldest open ones.
pub async fn disputes() -> Result<TradesPage, Fault> {
    TradesPage::read(&api::get_value("/v1/disputes?limit=100").await?)
}

/// What a side writes about its trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Where the seller is paid.
    Payee,
    /// How the seller finds the payment.
    Payment,
    /// A statement in a dispute.
    Statement,
}

/// Writes it. A text has one line: the server refuses what is not shown.
pub async fn write(trade: &Id, note: Note, text: &str) -> Result<(), Fault> {
    let (what, name) = match note {
        Note::Payee => ("payee", "payee"),
        Note::Payment => ("payment-note", "note"),
        Note::Statement => ("dispute", "statement"),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = Tree::Table(vec![(name.to_owned(), Tree::Text(text))]).canonical();
    let path = format!("/v1/trades/{trade}/{what}");
    if note == Note::Statement { api::post_note(&path, body).await } else { api::put_note(&path, body).await }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trade_is_read_with_what_its_sides_told_each_other_or_without() {
        let row = r#"{"id": "t1", "offer": "f1", "taker": "bob", "points": "4.1", "day": "2026-01-01", "sequence": 7,
            "state": "paid", "terms": {"owner": "ann", "side": "sell", "remaining": "5", "unit_price": "1.05", "open": true},
            "buyer": "bob", "seller": "ann", "sum": "4.3""#;
        let notes = r#""notes": {"taken": 1, "until": null, "paid": 2, "payee": "here", "payment": ""}"#;
        let dispute =
            r#""dispute": {"opened": 3, "opener": "seller", "buyer": "", "seller": "no", "reason": "", "ended": null}"#;
        let text = format!(r#"{{"trades": [{row}, {notes}, {dispute}}}, {row}}}], "next": null}}"#);
        let page = TradesPage::read(&crate::json::parse(&text).expect("JSON")).expect("a page");
        let [one, other] = &page.trades[..] else { panic!("{page:?}") };
        assert_eq!((one.trade.id.as_str(), one.offer.id.as_str(), one.sum.to_string()), ("t1", "f1", "4.3".to_owned()));
        assert!(one.is_paid() && one.lives());
        assert_eq!(one.notes.as_ref().map(|notes| (notes.until, notes.payee.as_str())), Some((None, "here")));
        assert_eq!(one.dispute.as_ref().map(|dispute| dispute.seller.as_str()), Some("no"));
        assert!(other.notes.is_none() && other.dispute.is_none());
    }

    #[test]
    fn terms_are_stored_and_read_again() {
        let [trade, offer] = ["t-1", "f-1"].map(|text| Id::parse(text).expect("an id"));
        let terms = TradeTerms {
            trade,
            offer,
            day: Day::parse("2026-01-02").expect("a day"),
            points: Points::parse("4.1").expect("points"),
            unit_price: Price::parse("1.05").expect("a price"),
            sum: Money::parse("4.3").expect("money"),
            buys: false,
            state: TradeState::Confirmed,
        };
        assert_eq!(TradeTerms::parse(&terms.line()), Some(terms));
        for other in ["", "t-1 f-1", "t-1 f-1 2026-01-02 4.1 x 4.3 buys done"] {
            assert_eq!(TradeTerms::parse(other), None, "{other}");
        }
    }

    #[test]
    fn in_escrow_is_what_is_offered_for_sale_and_what_living_trades_sell() {
        let offer = |side, remaining| {
            let text = format!(
                r#"{{"id": "f1", "owner": "ann", "side": "{side}", "remaining": "{remaining}", "unit_price": "1", "open": true}}"#
            );
            Item::read(&crate::json::parse(&text).expect("JSON")).expect("an offer")
        };
        let trade = |seller| {
            let text = format!(
                r#"{{"id": "t1", "offer": "f1", "taker": "bob", "points": "4.1", "day": "2026-01-01", "sequence": 7, "state": "paid",
                "terms": {{"owner": "ann", "side": "sell", "remaining": "5", "unit_price": "1", "open": true}}, "buyer": "x",
                "seller": "{seller}", "sum": "4.1"}}"#
            );
            TradeDetail::read(&crate::json::parse(&text).expect("JSON")).expect("a trade")
        };
        let offers = vec![offer("sell", "5"), offer("buy", "100")];
        let in_market = InMarket { offers, trades: vec![trade("ann"), trade("bob")] };
        let escrow = in_market.escrow(&Id::parse("ann").expect("an id"));
        assert_eq!(escrow.map(|points| points.to_string()).as_deref(), Some("9.1"));
    }
}
