//! The answers of a book to an event.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::Refusal;
use crate::identity::Id;
use crate::receipt::Receipt;

/// The answer to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether an earlier event had the same `id` and content. Its outcome is returned, and nothing is applied again.
    pub repeated: bool,
    /// The receipt, or why the event was refused.
    pub result: Result<Arc<Receipt>, Refusal>,
}

/// A settled event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The receipt.
    pub receipt: Receipt,
    /// The rows that storage must write.
    pub changed: ChangedRows,
}

/// The ids of the rows that events changed, each with whether the row is new. The values are in the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedRows {
    /// Accounts.
    pub accounts: BTreeMap<Id, bool>,
    /// Orders.
    pub orders: BTreeMap<Id, bool>,
    /// Offers.
    pub offers: BTreeMap<Id, bool>,
    /// Trades.
    pub trades: BTreeMap<Id, bool>,
    /// Purchases of packs that may come back.
    pub purchases: BTreeMap<Id, bool>,
    /// Redemptions that can be cancelled.
    pub redemptions: BTreeMap<Id, bool>,
    /// Whether the rules changed.
    pub rules: bool,
}

impl ChangedRows {
    /// Adds the rows that a later event changed. A row that was new stays new.
    pub fn extend(&mut self, later: Self) {
        fn add(rows: &mut BTreeMap<Id, bool>, later: BTreeMap<Id, bool>) {
            for (id, new) in later {
                rows.entry(id).or_insert(new);
            }
        }
        add(&mut self.accounts, later.accounts);
        add(&mut self.orders, later.orders);
        add(&mut self.offers, later.offers);
        add(&mut self.trades, later.trades);
        add(&mut self.purchases, later.purchases);
        add(&mut self.redemptions, later.redemptions);
        self.rules |= later.rules;
    }
}
