//! The changes of an event: new values of rows, committed to the book as a whole or dropped as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::Account;
use super::head::Head;
use super::id_map::IdMap;
use super::outcome::ChangedRows;
use super::record::DayRecord;
use super::tables::{Book, returnable_under, unpaid_under, waits_under};
use crate::identity::{Id, Region};
use crate::market::{Offer, Trade};
use crate::order::Order;
use crate::purchase::{Purchase, RedemptionRecord};
use crate::ruleset::RuleSet;

/// The changes of a draft. They are only new values, so committing them cannot fail.
pub(super) struct Changes {
    pub(super) head: Head,
    pub(super) rules: Arc<RuleSet>,
    pub(super) accounts: IdMap<Account>,
    pub(super) orders: IdMap<Order>,
    pub(super) offers: IdMap<Offer>,
    pub(super) trades: IdMap<Trade>,
    /// Rows that few events change; `None` if this event changes none of them.
    pub(super) rare: Option<Box<Rare>>,
    pub(super) closed: Option<DayRecord>,
}

/// Rows that few events change. They are kept apart so that all other events skip them with one test.
#[derive(Default)]
pub(super) struct Rare {
    pub(super) purchases: IdMap<Purchase>,
    pub(super) redemptions: IdMap<RedemptionRecord>,
    /// The partner of each city; `None` where the city lost its partner.
    pub(super) partners: BTreeMap<Region, Option<Id>>,
}

impl Changes {
    /// No change yet.
    pub(super) fn of_nothing(book: &Book) -> Self {
        Self {
            head: book.head,
            rules: Arc::clone(&book.rules),
            accounts: IdMap::new(),
            orders: IdMap::new(),
            offers: IdMap::new(),
            trades: IdMap::new(),
            rare: None,
            closed: None,
        }
    }

    /// The rows that few events change, for writing.
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// The ids of the rows whose values differ from the book's.
    pub(super) fn changed(&self, book: &Book) -> ChangedRows {
        fn rows<V: PartialEq>(changes: &IdMap<V>, book: &IdMap<V>) -> BTreeMap<Id, bool> {
            let row = |(id, value): (&Id, &V)| match book.get(id.as_str()) {
                Some(earlier) => (earlier != value).then(|| (id.clone(), false)),
                None => Some((id.clone(), true)),
            };
            changes.iter().filter_map(row).collect()
        }
        ChangedRows {
            accounts: rows(&self.accounts, &book.accounts),
            orders: rows(&self.orders, &book.orders),
            offers: rows(&self.offers, &book.offers),
            trades: rows(&self.trades, &book.trades),
            purchases: self.rare.as_ref().map_or_else(BTreeMap::new, |rare| rows(&rare.purchases, &book.purchases)),
            redemptions: self
                .rare
                .as_ref()
                .map_or_else(BTreeMap::new, |rare| rows(&rare.redemptions, &book.redemptions)),
            rules: !Arc::ptr_eq(&self.rules, &book.rules) && self.rules != book.rules,
        }
    }

    /// Writes the changes into the book.
    pub(super) fn commit(self, book: &mut Book) {
        book.head = self.head;
        book.rules = self.rules;
        book.accounts.extend(self.accounts);
        book.offers.extend(self.offers);
        if let Some(rare) = self.rare {
            rare.commit(book);
        }
        for (id, order) in self.orders {
            if let Some(key) = book.orders.get(id.as_str()).and_then(waits_under) {
                book.due.remove(&key);
            }
            if let Some(key) = waits_under(&order) {
                book.due.insert(key, id.clone());
            }
            book.orders.insert(id, order);
        }
        for (id, trade) in self.trades {
            match unpaid_under(&trade) {
                Some(key) => _ = book.taken.insert(key, id.clone()),
                None => _ = book.taken.remove(&(trade.day, trade.sequence)),
            }
            book.trades.insert(id, trade);
        }
        if let Some(record) = self.closed {
            book.ended.extend(&record.ended);
            book.days.push(record);
        }
    }
}

impl Rare {
    #[inline(never)]
    fn commit(self, book: &mut Book) {
        book.redemptions.extend(self.redemptions);
        for (city, partner) in self.partners {
            match partner {
                Some(partner) => _ = book.partners.insert(city, partner),
                None => _ = book.partners.remove(&city),
            }
        }
        for (id, purchase) in self.purchases {
            if let Some(key) = book.purchases.get(id.as_str()).and_then(returnable_under) {
                book.returnable.remove(&key);
            }
            if let Some(key) = returnable_under(&purchase) {
                book.returnable.insert(key, id.clone());
            }
            book.purchases.insert(id, purchase);
        }
    }
}
