//! Reading the model.

use num_traits::Zero;

use crate::exact::{Exact, bound_sum, cut_sum, tiny, whole};
use crate::state::{Trade, TradeStage};
use crate::{Day, Model, Order, OrderStage, Supply, Tolerance, dates};

impl Model {
    /// The open day, `YYYY-MM-DD`.
    #[must_use]
    pub fn day(&self) -> String {
        dates::text(self.today)
    }

    /// The price of a point.
    #[must_use]
    pub fn price(&self) -> &Exact {
        &self.price
    }

    /// The records of the closed days.
    #[must_use]
    pub fn days(&self) -> &[Day] {
        &self.days
    }

    /// The accepted orders, in the order of placing.
    #[must_use]
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// The ids of all members.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// An account's share value.
    #[must_use]
    pub fn share_value(&self, member: &str) -> Option<&Exact> {
        self.members.get(member).map(|m| &m.holding.share_value)
    }

    /// An account's points. They may be below 0 by as much as [`Model::slack`] allows, after the rules' verdict was
    /// adopted.
    #[must_use]
    pub fn points(&self, member: &str) -> Option<&Exact> {
        self.members.get(member).map(|m| &m.holding.points)
    }

    /// An account's locked share value.
    #[must_use]
    pub fn locked(&self, member: &str) -> Option<&Exact> {
        self.members.get(member).map(|m| &m.locked)
    }

    /// The supply.
    #[must_use]
    pub fn supply(&self) -> Supply {
        Supply {
            issued: self.issued.clone(),
            held: self.members.values().fold(whole(0), |sum, m| cut_sum(&sum, &m.holding.points)),
            burned: self.burned.clone(),
            treasury: self.treasury.clone(),
            escrow: self.escrow.clone(),
        }
    }

    /// Points that came back from refunds and are to be released again.
    #[must_use]
    pub fn returned(&self) -> &Exact {
        &self.returned
    }

    /// How far the rules' `issued` and `returned` may be from ours: refunds take back earned points.
    #[must_use]
    pub fn supply_slack(&self) -> (&Exact, &Exact) {
        (&self.issued_slack, &self.returned_slack)
    }

    /// What the orders that wait, the open offers and the open trades have in escrow, one by one.
    #[must_use]
    pub fn in_escrow(&self) -> Exact {
        let orders = self.orders.iter().filter(|o| o.vesting.is_none()).map(|o| o.points_with(&o.left));
        let offers = self.offers.values().filter(|o| o.open && o.sells).map(|o| o.left.clone());
        let open = |trade: &Trade| matches!(trade.stage, TradeStage::Taken | TradeStage::Paid);
        let trades = self.trades.iter().filter(|(_, trade)| open(trade)).map(|(_, trade)| trade.points.clone());
        orders.chain(offers).chain(trades).fold(whole(0), |sum, points| sum + points)
    }

    /// Whether an order is refunded whole, waits, vested on the open day, or earlier.
    #[must_use]
    pub fn order_stage(&self, id: &str) -> Option<OrderStage> {
        let order = self.orders.iter().find(|order| order.id == id)?;
        Some(match &order.vesting {
            _ if order.left.is_zero() => OrderStage::Refunded,
            None => OrderStage::Waiting,
            Some(vesting) if vesting.day == self.today => OrderStage::VestedToday,
            Some(_) => OrderStage::Vested,
        })
    }

    /// What the last refund could not recover, and how far the rules' figure may be from it.
    #[must_use]
    pub fn unrecovered(&self) -> (&Exact, &Exact) {
        (&self.unrecovered.0, &self.unrecovered.1)
    }

    /// The most that may be issued.
    #[must_use]
    pub fn cap(&self) -> &Exact {
        &self.rules.cap
    }

    /// Eras begun so far.
    #[must_use]
    pub fn eras(&self) -> i64 {
        self.index.eras
    }

    /// The bound on the difference between this account and the indexed one, worked out from what was rounded:
    /// less than 10^-8 share value for each grant and each era of the account, its part in the same of all others
    /// (they decide what it gets of a release), 10^-18 a unit at each close, and the same as points at the price at
    /// which it was converted. What a refund moves takes its uncertainty along.
    #[must_use]
    pub fn slack(&self, member: &str) -> Option<Tolerance> {
        let slack = &self.members.get(member)?.holding.slack;
        // The rules show both rounded down.
        let with_floor = |slack: &Exact| bound_sum(&[slack, &tiny(8)]);
        Some(Tolerance { share_value: with_floor(&slack.share_value), points: with_floor(&slack.points) })
    }

    /// What section 7 promises of this account: 10^-6 points and 10^-4 share value, plus 10^-8/P points and 10^-8
    /// share value for each grant and each era. P is the lowest price of any release so far. Grants are those of the
    /// account itself; `all` counts everybody's, which is what the total depends on.
    #[must_use]
    pub fn promise(&self, member: &str, all: bool) -> Option<Tolerance> {
        let own = self.members.get(member)?.grants;
        let grants = whole(if all { self.grants } else { own } + self.index.eras);
        let price = self.lowest_price.clone().unwrap_or_else(|| self.price.clone());
        Some(Tolerance { share_value: tiny(4) + &grants * tiny(8), points: tiny(6) + grants * tiny(8) / price })
    }
}
