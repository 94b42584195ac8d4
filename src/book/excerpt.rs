//! The excerpt: the part of a book that some events need. A book can be made of it, and the other way round.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::head::Head;
use super::id_map::IdMap;
use super::record::DayRecord;
use super::tables::{Book, returnable_under, unpaid_under, waits_under};
use crate::event::OrderPlaced;
use crate::identity::{Id, Region};
use crate::market::{Offer, Trade};
use crate::order::Order;
use crate::purchase::{Purchase, RedemptionRecord};
use crate::quantity::Index;
use crate::ruleset::RuleSet;

/// A part of a book. A book made of it settles and previews an event as the whole book would, if the excerpt has every row that
/// the event reads or changes. Storage loads an excerpt for each group of events; a wallet gets one to preview an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Excerpt {
    /// The rules that hold at this moment.
    pub rules: RuleSet,
    /// The head at this moment.
    pub head: Head,
    /// The last `acc` of every era that has ended.
    pub ended: Vec<Index>,
    /// Accounts as they were last settled.
    pub accounts: BTreeMap<Id, Account>,
    /// The partner of each city.
    pub partners: BTreeMap<Region, Id>,
    /// Orders. An excerpt in JSON leaves out this table and all fields below.
    #[serde(skip)]
    pub orders: BTreeMap<Id, Order>,
    /// Offers.
    #[serde(skip)]
    pub offers: BTreeMap<Id, Offer>,
    /// Trades.
    #[serde(skip)]
    pub trades: BTreeMap<Id, Trade>,
    /// Purchases of packs that may come back.
    #[serde(skip)]
    pub purchases: BTreeMap<Id, Purchase>,
    /// Redemptions that can be cancelled.
    #[serde(skip)]
    pub redemptions: BTreeMap<Id, RedemptionRecord>,
    /// The records of the last closed days, oldest first. A close needs `price.window_days` of them.
    #[serde(skip)]
    pub days: Vec<DayRecord>,
}

impl Excerpt {
    /// An empty book on the genesis day. The treasury holds `supply.treasury`.
    #[must_use]
    pub fn genesis(rules: RuleSet) -> Self {
        Self {
            head: Head::genesis(&rules),
            rules,
            ended: Vec::new(),
            accounts: BTreeMap::new(),
            partners: BTreeMap::new(),
            orders: BTreeMap::new(),
            offers: BTreeMap::new(),
            trades: BTreeMap::new(),
            purchases: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            days: Vec::new(),
        }
    }
}

impl Book {
    /// The part of this book that settling `order` needs: buyer, merchant, the members above them, and the cities' partners.
    #[must_use]
    pub fn excerpt(&self, order: &OrderPlaced) -> Excerpt {
        let mut accounts = BTreeMap::new();
        let mut take =
            |id: &Id| self.accounts.get(id.as_str()).map(|account| accounts.insert(id.clone(), account.clone()));
        let referrer = |id: &Id| self.accounts.get(id.as_str()).and_then(|account| account.referrer.as_ref());
        take(&order.merchant);
        referrer(&order.merchant).map(&mut take);
        let mut above = Some(&order.buyer);
        for _ in 0..=self.rules.service_max_depth {
            let Some(member) = above else { break };
            take(member);
            above = referrer(member);
        }
        let shop = self.accounts.get(order.merchant.as_str()).and_then(|merchant| merchant.shop);
        let cities = [Some(order.region), shop].into_iter().flatten().map(Region::city);
        let partners: BTreeMap<_, _> =
            cities.filter_map(|city| self.partners.get(&city).map(|partner| (city, partner.clone()))).collect();
        for partner in partners.values() {
            take(partner);
        }
        let (head, ended) = (self.head, self.ended.clone());
        Excerpt { head, ended, accounts, partners, ..Excerpt::genesis(self.rules().clone()) }
    }
}

impl From<Excerpt> for Book {
    fn from(excerpt: Excerpt) -> Self {
        let Excerpt { rules, head, ended, accounts, partners, orders, offers, trades, purchases, redemptions, days } =
            excerpt;
        let due = orders.iter().filter_map(|(id, order)| Some((waits_under(order)?, id.clone()))).collect();
        let taken = trades.iter().filter_map(|(id, trade)| Some((unpaid_under(trade)?, id.clone()))).collect();
        let returnable =
            purchases.iter().filter_map(|(id, pack)| Some((returnable_under(pack)?, id.clone()))).collect();
        Self {
            head,
            ended,
            days,
            accounts: accounts.into_iter().collect(),
            orders: orders.into_iter().collect(),
            offers: offers.into_iter().collect(),
            trades: trades.into_iter().collect(),
            purchases: purchases.into_iter().collect(),
            redemptions: redemptions.into_iter().collect(),
            partners,
            due,
            taken,
            returnable,
            ..Self::open(rules)
        }
    }
}

impl From<Book> for Excerpt {
    /// The whole book, without the outcomes of earlier events.
    fn from(book: Book) -> Self {
        let Book { rules, head, ended, days, accounts, orders, offers, trades, purchases, redemptions, .. } = book;
        let rules = Arc::unwrap_or_clone(rules);
        Self {
            rules,
            head,
            ended,
            accounts: unboxed(accounts),
            partners: book.partners,
            orders: unboxed(orders),
            offers: unboxed(offers),
            trades: unboxed(trades),
            purchases: unboxed(purchases),
            redemptions: unboxed(redemptions),
            days,
        }
    }
}

fn unboxed<V>(table: IdMap<V>) -> BTreeMap<Id, V> {
    table.into_iter().map(|(id, value)| (id, *value)).collect()
}
