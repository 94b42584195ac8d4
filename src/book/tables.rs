//! The book: its tables, the queues of what waits for a day, and the questions that can be asked.
//!
//! Events change a book in `book/settling.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::Account;
use super::head::{Head, Supply};
use super::id_map::IdMap;
use super::record::DayRecord;
use crate::event::Refusal;
use crate::identity::{Day, Id, Region};
use crate::market::{Offer, Trade, TradeState};
use crate::order::{Order, OrderState};
use crate::purchase::{Purchase, PurchaseState, RedemptionRecord};
use crate::quantity::{Index, Money, Price};
use crate::receipt::Receipt;
use crate::release::Release;
use crate::ruleset::RuleSet;

/// The outcome of the first event with an `id`, and what the event said.
#[derive(Clone, Debug)]
pub(super) struct FirstOutcome {
    pub(super) content: Box<str>,
    pub(super) result: Result<Arc<Receipt>, Refusal>,
}

/// All state of a scheme.
#[derive(Clone, Debug)]
pub struct Book {
    pub(super) rules: Arc<RuleSet>,
    pub(super) head: Head,
    /// The last `acc` of every era that has ended, from era 0.
    pub(super) ended: Vec<Index>,
    pub(super) days: Vec<DayRecord>,
    pub(super) accounts: IdMap<Account>,
    pub(super) orders: IdMap<Order>,
    pub(super) offers: IdMap<Offer>,
    pub(super) trades: IdMap<Trade>,
    pub(super) purchases: IdMap<Purchase>,
    pub(super) redemptions: IdMap<RedemptionRecord>,
    /// The partner of each city.
    pub(super) partners: BTreeMap<Region, Id>,
    /// Orders that have not vested, by the day on which they are due, then in the order of placing.
    pub(super) due: BTreeMap<(Day, u64), Id>,
    /// Trades in the state `taken`, by the day of taking, then in the order of taking.
    pub(super) taken: BTreeMap<(Day, u64), Id>,
    /// Packs that may come back, by the day on which they take effect, then in the order of buying.
    pub(super) returnable: BTreeMap<(Day, u64), Id>,
    pub(super) remembered: IdMap<FirstOutcome>,
}

impl Book {
    /// An empty book on the genesis day. The treasury holds `supply.treasury`.
    #[must_use]
    pub fn open(rules: RuleSet) -> Self {
        Self {
            head: Head::genesis(&rules),
            rules: Arc::new(rules),
            ended: Vec::new(),
            days: Vec::new(),
            accounts: IdMap::new(),
            orders: IdMap::new(),
            offers: IdMap::new(),
            trades: IdMap::new(),
            purchases: IdMap::new(),
            redemptions: IdMap::new(),
            partners: BTreeMap::new(),
            due: BTreeMap::new(),
            taken: BTreeMap::new(),
            returnable: BTreeMap::new(),
            remembered: IdMap::new(),
        }
    }

    /// A part of a book without members, on a day of which only these numbers are known. [`Book::hold`] and [`Book::appoint`] add
    /// the rows.
    pub(crate) fn part(
        rules: RuleSet,
        day: Day,
        price: Price,
        supply: Supply,
        release: Release,
        ended: Vec<Index>,
    ) -> Self {
        let mut book = Self::open(rules);
        book.head = Head { day, price, supply, release, ..book.head };
        book.ended = ended;
        book
    }

    /// Adds an account as it was at the moment of this book.
    pub(crate) fn hold(&mut self, id: Id, account: Account) {
        self.accounts.insert(id, account);
    }

    /// Adds the partner of a city.
    pub(crate) fn appoint(&mut self, city: Region, partner: Id) {
        self.partners.insert(city, partner);
    }

    /// The rules that hold now.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The numbers that all members share, as they are now.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The days that were closed, oldest first.
    #[must_use]
    pub fn days(&self) -> &[DayRecord] {
        &self.days
    }

    /// An account as it was last settled.
    #[must_use]
    pub fn account(&self, member: &str) -> Option<&Account> {
        self.accounts.get(member)
    }

    /// An order.
    #[must_use]
    pub fn order(&self, id: &Id) -> Option<&Order> {
        self.orders.get(id.as_str())
    }

    /// An offer.
    #[must_use]
    pub fn offer(&self, id: &Id) -> Option<&Offer> {
        self.offers.get(id.as_str())
    }

    /// A trade.
    #[must_use]
    pub fn trade(&self, id: &Id) -> Option<&Trade> {
        self.trades.get(id.as_str())
    }

    /// A purchase of a pack that may come back.
    #[must_use]
    pub fn purchase(&self, id: &Id) -> Option<&Purchase> {
        self.purchases.get(id.as_str())
    }

    /// The buyers of packs that have not taken effect, in no order; one of several packs is named several times.
    pub(crate) fn waiting_buyers(&self) -> impl Iterator<Item = &Id> {
        let waiting = |purchase: &&Purchase| purchase.state == PurchaseState::Pending;
        self.purchases.iter().map(|(_, purchase)| purchase).filter(waiting).map(|purchase| &purchase.member)
    }

    /// A redemption that can be cancelled.
    #[must_use]
    pub fn redemption(&self, id: &Id) -> Option<&RedemptionRecord> {
        self.redemptions.get(id.as_str())
    }

    /// All accounts as they were last settled, by id.
    pub fn accounts(&self) -> impl Iterator<Item = (&Id, &Account)> {
        self.accounts.iter()
    }

    /// The accounts whose ids come after `id`, by id. The empty text comes before all ids.
    pub fn accounts_after(&self, id: &str) -> impl Iterator<Item = (&Id, &Account)> {
        self.accounts.after(id)
    }

    /// The recorded turnovers of closed days, newest first.
    pub(super) fn recorded_turnovers(&self) -> impl Iterator<Item = Money> {
        self.days.iter().rev().map_while(|record| record.turnover)
    }
}

/// The key of an order in the queue `due`; `None` once it has vested or was refunded.
pub(super) fn waits_under(order: &Order) -> Option<(Day, u64)> {
    (order.state == OrderState::Pending).then_some((order.due?, order.sequence))
}

/// The key of a purchase in the queue `returnable`; `None` once it is final or came back.
pub(super) fn returnable_under(purchase: &Purchase) -> Option<(Day, u64)> {
    (purchase.state == PurchaseState::Pending).then_some((purchase.due?, purchase.sequence))
}

/// The key of a trade in the queue `taken`; `None` once it was paid, confirmed or cancelled.
pub(super) fn unpaid_under(trade: &Trade) -> Option<(Day, u64)> {
    (trade.state == TradeState::Taken).then_some((trade.day, trade.sequence))
}
