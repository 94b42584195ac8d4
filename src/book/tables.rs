//! The book itself: its tables, the queues of what waits for a day, and questions to them. What changes a book is above, in
//! `book/settling.rs`.

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

/// The first outcome of an `id`.
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
    /// The last `acc` of every era that has ended.
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
    /// Orders that have not vested, by the day on which they are due and the order of placing.
    pub(super) due: BTreeMap<(Day, u64), Id>,
    /// Trades that are `taken`, by the day and in the order of taking.
    pub(super) taken: BTreeMap<(Day, u64), Id>,
    /// Packs that may come back, by the day on which they are due and the order of buying.
    pub(super) returnable: BTreeMap<(Day, u64), Id>,
    pub(super) remembered: IdMap<FirstOutcome>,
}

impl Book {
    /// An empty book on the genesis day; the treasury holds what `supply.treasury` says.
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

    /// A part of a book with nobody in it yet, in the middle of a day of which only this is known.
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

    /// Takes in an account of the same moment.
    pub(crate) fn hold(&mut self, id: Id, account: Account) {
        self.accounts.insert(id, account);
    }

    /// Takes in who is the partner of a city.
    pub(crate) fn appoint(&mut self, city: Region, partner: Id) {
        self.partners.insert(city, partner);
    }

    /// The rules that hold now.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The numbers that hold now.
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

    /// A redemption that can be cancelled.
    #[must_use]
    pub fn redemption(&self, id: &Id) -> Option<&RedemptionRecord> {
        self.redemptions.get(id.as_str())
    }

    /// All accounts as they were last settled, by id.
    pub fn accounts(&self) -> impl Iterator<Item = (&Id, &Account)> {
        self.accounts.iter()
    }

    /// The accounts whose ids come after `id`, by id; all of them after the empty text.
    pub fn accounts_after(&self, id: &str) -> impl Iterator<Item = (&Id, &Account)> {
        self.accounts.after(id)
    }

    /// The turnovers of the days that were closed, newest first, back to the first day that had one.
    pub(super) fn recorded_turnovers(&self) -> impl Iterator<Item = Money> {
        self.days.iter().rev().map_while(|record| record.turnover)
    }
}

/// The key under which an order waits for its day, while it does.
pub(super) fn waits_under(order: &Order) -> Option<(Day, u64)> {
    (order.state == OrderState::Pending).then_some((order.due?, order.sequence))
}

/// The key under which a pack that may come back waits for its day, while it does.
pub(super) fn returnable_under(purchase: &Purchase) -> Option<(Day, u64)> {
    (purchase.state == PurchaseState::Pending).then_some((purchase.due?, purchase.sequence))
}

/// The key under which a trade waits to be paid, while it does.
pub(super) fn unpaid_under(trade: &Trade) -> Option<(Day, u64)> {
    (trade.state == TradeState::Taken).then_some((trade.day, trade.sequence))
}
