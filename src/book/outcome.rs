//! What settling an event answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::Refusal;
use crate::identity::Id;
use crate::receipt::Receipt;

/// The answer to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether this is the first outcome of an `id` that came again: nothing was applied now.
    pub repeated: bool,
    /// What it did, or why it was refused.
    pub result: Result<Arc<Receipt>, Refusal>,
}

/// What an event did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// What happened, and why.
    pub receipt: Receipt,
    /// Which rows of the book are others now: whoever stores the book stores these.
    pub changed: ChangedRows,
}

/// Which rows events changed, each with whether it is new. Their values are in the book.
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
    /// Whether the rules are others now.
    pub rules: bool,
}

impl ChangedRows {
    /// Adds what a later event changed: a row that was new before stays new.
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
