//! Limits on what members and shops may have open at once, and the smallest trade or order. These are settings of the
//! server, not rules of the scheme, so they do not apply to a journal.
//!
//! The counts are in the rows of accounts and offers, so checking costs no query. Whoever opens something has locked
//! those rows, so two processes cannot both open the last one.

use std::collections::{BTreeMap, BTreeSet};

use gongxiang::book::{Book, ChangedRows, Excerpt};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Offer, Side, Trade, TradeState};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, Points};
use gongxiang::ruleset::RuleSet;

use crate::ledger::reports::Spending;

/// What may be open at once, and what is too small. A count of 0 is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quota {
    /// Offers of one member that still want something.
    pub offers: u32,
    /// The same of a member without a pack, whose account costs nothing.
    pub offers_without_pack: u32,
    /// Trades that one member took and that are not finished.
    pub trades: u32,
    /// The same of a member without a pack, whose account costs nothing; also trades of the offers by which it buys. A buyer can hold
    /// up the points of a seller.
    pub trades_without_pack: u32,
    /// Trades of one offer that are not finished, and those of all offers by which one member buys.
    pub trades_of_offer: u32,
    /// Orders of one shop that have not vested.
    pub orders: u32,
    pub smallest_offer: Points,
    pub smallest_trade: Points,
    /// The amount, not the concession.
    pub smallest_order: Money,
    /// Days from the day on which an order vests to the last one on which its shop may refund it.
    pub refund_days: u32,
    /// Trades that one member takes in a day.
    pub trades_of_day: u32,
    /// Whether members trade. `None` leaves it to the rules: a price band of 0 leaves nothing to bargain for.
    pub market: Option<bool>,
}

/// What an event would exceed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    pub what: Exceeded,
    /// The field of the event.
    pub field: &'static str,
    pub limit: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    Offers,
    Trades,
    TradesOfDay,
    /// There is no market at all.
    Market,
    Orders,
    TooSmall,
    TooLate,
}

/// How much of one member's is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Offers that want something.
    pub offers: i64,
    /// Trades that it took, `taken` or `paid`.
    pub trades: i64,
    /// The same of others who took its offers to buy.
    pub bought: i64,
    /// Pending orders of its shop.
    pub orders: i64,
    pub last_trades: LastTrades,
    /// What its shop paid.
    pub spending: Spending,
}

/// How many trades a member took on the day on which it took its last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastTrades {
    /// `None` if it has taken none.
    pub day: Option<Day>,
    pub trades: i64,
}

impl LastTrades {
    /// How many it took on this day.
    #[must_use]
    pub fn on(self, day: Day) -> i64 {
        if self.day == Some(day) { self.trades } else { 0 }
    }

    fn count(&mut self, day: Day) {
        *self = Self { day: Some(day), trades: self.on(day) + 1 };
    }
}

/// How much is open, of the members and offers that were loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenCounts {
    pub members: BTreeMap<Id, Open>,
    /// Trades of each offer, `taken` or `paid`.
    pub offers: BTreeMap<Id, i64>,
}

impl OpenCounts {
    #[must_use]
    pub fn of_member(&self, id: &Id) -> Open {
        self.members.get(id).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn of_offer(&self, id: &Id) -> i64 {
        self.offers.get(id).copied().unwrap_or_default()
    }
}

impl Quota {
    /// Whether members trade under these rules. What they have begun, they can finish.
    #[must_use]
    pub fn has_market(&self, rules: &RuleSet) -> bool {
        self.market.unwrap_or(rules.market_price_band.raw() > 0)
    }

    fn check_market(&self, rules: &RuleSet) -> Result<(), Excess> {
        let excess = || Excess { what: Exceeded::Market, field: "", limit: "0".into() };
        if self.has_market(rules) { Ok(()) } else { Err(excess()) }
    }

    /// Whether an event stays within it.
    ///
    /// # Errors
    /// What it would exceed.
    pub fn check(&self, event: &Event, book: &Book, open: &OpenCounts) -> Result<(), Excess> {
        match event {
            Event::OfferPlaced { member, points, .. } => {
                self.check_market(book.rules())?;
                at_least(*points, self.smallest_offer, "points")?;
                let most = if has_pack(book, member) { self.offers } else { self.offers_without_pack };
                below(open.of_member(member).offers, most, Exceeded::Offers, "member")
            }
            Event::OfferTaken { offer, member, points, .. } => {
                self.check_market(book.rules())?;
                // The rest of an offer may be smaller: otherwise nobody could take it.
                if book.offer(offer).is_none_or(|offer| offer.remaining != *points) {
                    at_least(*points, self.smallest_trade, "points")?;
                }
                let most =
                    |member: &Id, with_pack| if has_pack(book, member) { with_pack } else { self.trades_without_pack };
                let Open { trades, last_trades, .. } = open.of_member(member);
                below(trades, most(member, self.trades), Exceeded::Trades, "member")?;
                below(last_trades.on(book.head().day), self.trades_of_day, Exceeded::TradesOfDay, "member")?;
                if let Some(Offer { owner, side: Side::Buy, .. }) = book.offer(offer) {
                    let most = most(owner, self.trades_of_offer);
                    below(open.of_member(owner).bought, most, Exceeded::Trades, "offer")?;
                }
                below(open.of_offer(offer), self.trades_of_offer, Exceeded::Trades, "offer")
            }
            Event::OrderPlaced(OrderPlaced { merchant, amount, .. }) => {
                at_least(*amount, self.smallest_order, "amount")?;
                below(open.of_member(merchant).orders, self.orders, Exceeded::Orders, "merchant")
            }
            Event::OrderRefunded { order, .. } => {
                let due = book.order(order).and_then(|order| order.due);
                let last = due.and_then(|due| due.plus(self.refund_days.into()));
                let is_late = self.refund_days > 0 && last.is_some_and(|last| book.head().day > last);
                let limit = || self.refund_days.to_string();
                if is_late { Err(Excess { what: Exceeded::TooLate, field: "order", limit: limit() }) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

fn has_pack(book: &Book, member: &Id) -> bool {
    book.account(member.as_str()).is_some_and(|account| account.activated)
}

fn at_least<Q: Copy + Ord + ToString>(amount: Q, least: Q, field: &'static str) -> Result<(), Excess> {
    if amount >= least { Ok(()) } else { Err(Excess { what: Exceeded::TooSmall, field, limit: least.to_string() }) }
}

fn below(open: i64, most: u32, what: Exceeded, field: &'static str) -> Result<(), Excess> {
    let is_free = most == 0 || open < i64::from(most);
    if is_free { Ok(()) } else { Err(Excess { what, field, limit: most.to_string() }) }
}

/// The counts of a group, brought up to date with each of its events.
#[derive(Debug)]
pub struct Tally {
    pub counts: OpenCounts,
    orders: BTreeSet<Id>,
    offers: BTreeSet<Id>,
    trades: BTreeSet<Id>,
}

impl Tally {
    /// Begins with the rows and counts that were loaded.
    #[must_use]
    pub fn of(part: &Excerpt, counts: OpenCounts) -> Self {
        fn open<V>(rows: &BTreeMap<Id, V>, is_open: impl Fn(&V) -> bool) -> BTreeSet<Id> {
            rows.iter().filter(|(_, row)| is_open(row)).map(|(id, _)| id.clone()).collect()
        }
        Self {
            counts,
            orders: open(&part.orders, is_pending),
            offers: open(&part.offers, wants),
            trades: open(&part.trades, is_unfinished),
        }
    }

    /// Counts what an event opened and closed. An account or offer whose count changed is stored too, so it joins `changed`.
    pub fn follow(&mut self, changed: &mut ChangedRows, book: &Book) {
        for id in changed.orders.keys() {
            let Some(order) = book.order(id) else { continue };
            if changed.orders.get(id) == Some(&true) {
                let shop = self.counts.members.entry(order.merchant.clone()).or_default();
                shop.spending.add(order.day, order.points);
            }
            let step = step(&mut self.orders, id, is_pending(order));
            if step != 0 {
                self.counts.members.entry(order.merchant.clone()).or_default().orders += step;
                changed.accounts.entry(order.merchant.clone()).or_insert(false);
            }
        }
        for id in changed.trades.keys() {
            let Some(trade) = book.trade(id) else { continue };
            let step = step(&mut self.trades, id, is_unfinished(trade));
            if step != 0 {
                let taker = self.counts.members.entry(trade.taker.clone()).or_default();
                taker.trades += step;
                // A trade opens once: when it is taken.
                if step > 0 {
                    taker.last_trades.count(trade.day);
                }
                *self.counts.offers.entry(trade.offer.clone()).or_default() += step;
                changed.accounts.entry(trade.taker.clone()).or_insert(false);
                changed.offers.entry(trade.offer.clone()).or_insert(false);
                if let Some(Offer { owner, side: Side::Buy, .. }) = book.offer(&trade.offer) {
                    self.counts.members.entry(owner.clone()).or_default().bought += step;
                    changed.accounts.entry(owner.clone()).or_insert(false);
                }
            }
        }
        for id in changed.offers.keys() {
            let Some(offer) = book.offer(id) else { continue };
            let step = step(&mut self.offers, id, wants(offer));
            if step != 0 {
                self.counts.members.entry(offer.owner.clone()).or_default().offers += step;
                changed.accounts.entry(offer.owner.clone()).or_insert(false);
            }
        }
    }
}

/// One more, one less or the same.
fn step(open: &mut BTreeSet<Id>, id: &Id, is_open: bool) -> i64 {
    if is_open { i64::from(open.insert(id.clone())) } else { -i64::from(open.remove(id)) }
}

fn is_pending(order: &Order) -> bool {
    order.state == OrderState::Pending
}

#[must_use]
pub fn wants(offer: &Offer) -> bool {
    offer.open && offer.remaining.is_positive()
}

fn is_unfinished(trade: &Trade) -> bool {
    matches!(trade.state, TradeState::Taken | TradeState::Paid)
}
