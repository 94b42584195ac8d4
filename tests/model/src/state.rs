//! What the model remembers of members, packs, orders, redemptions, offers and trades.

use crate::exact::{Exact, ceil, floor};
use crate::holding::Holding;
use crate::rules::Pack;

#[derive(Debug, Clone, Default)]
pub(crate) struct Member {
    pub referrer: Option<String>,
    pub activated: bool,
    pub frozen: bool,
    pub merchant_pack: bool,
    /// The day of the last `area_partner` pack.
    pub area_pack: Option<i64>,
    /// The region of its shop.
    pub shop: Option<String>,
    pub role: Option<String>,
    /// The city it is the partner of.
    pub city: Option<String>,
    pub locked: Exact,
    pub holding: Holding,
    /// How often share value was given to it or taken back from it.
    pub grants: i64,
}

/// One reward of an order (section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    /// Who gets it.
    pub member: String,
    /// Its kind, as in the table of section 6.
    pub kind: &'static str,
    /// The share value given.
    pub share_value: Exact,
    /// The points given.
    pub points: Exact,
}

/// Where an order is, for the rules of its refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderStage {
    /// Its rewards have not vested.
    Waiting,
    /// Vested on the open day.
    VestedToday,
    /// Vested on an earlier day.
    Vested,
    /// Nothing is left of it.
    Refunded,
}

/// When an order vested, and how much of it.
#[derive(Debug, Clone)]
pub(crate) struct Vesting {
    pub day: i64,
    /// So many releases had been.
    pub releases: usize,
    /// `V`, what was left of the concession.
    pub left: Exact,
    /// The units of its grants were worth exactly their share value.
    pub at_par: bool,
    /// Burned points that went to the merchant on the day of vesting.
    pub burned_back: Exact,
}

/// An accepted order.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// `Q`, the order's points when it was placed.
    pub points: Exact,
    /// Its rewards when it was placed, in the order of the table in section 6.
    pub rewards: Vec<Reward>,
    pub(crate) merchant: String,
    /// `C`.
    pub(crate) concession: Exact,
    /// `L`, what is left of the concession; nothing once the order is refunded.
    pub(crate) left: Exact,
    pub(crate) due: i64,
    pub(crate) vesting: Option<Vesting>,
}

impl Order {
    /// A part `left` of the concession: what of the order's points is left with it.
    pub(crate) fn points_with(&self, left: &Exact) -> Exact {
        ceil(&(&self.points * left / &self.concession), 8)
    }

    /// What of a reward's share value or points is left with a part `left` of the concession.
    pub(crate) fn reward_with(&self, placed: &Exact, left: &Exact) -> Exact {
        floor(&(placed * left / &self.concession), 8)
    }

    /// `B`: what is burned with a part `left` of the concession.
    pub(crate) fn burned_with(&self, left: &Exact) -> Exact {
        let rewards = self.rewards.iter().map(|reward| self.reward_with(&reward.points, left));
        rewards.fold(self.points_with(left), |rest, points| rest - points)
    }
}

/// A pack that could come back when it was bought.
#[derive(Debug, Clone)]
pub(crate) struct Purchase {
    pub id: String,
    pub member: String,
    /// As it was at its purchase.
    pub pack: Pack,
    /// The first day at whose close it takes effect.
    pub due: i64,
    pub stage: PurchaseStage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PurchaseStage {
    Waiting,
    Refunded,
    Final,
}

/// A redemption that has an id.
#[derive(Debug, Clone)]
pub(crate) struct Redemption {
    pub member: String,
    pub points: Exact,
    /// Else they went to the treasury.
    pub burned: bool,
    pub cancelled: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub member: String,
    pub sells: bool,
    /// What nobody took yet.
    pub left: Exact,
    pub unit_price: Exact,
    pub open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TradeStage {
    Taken,
    Paid,
    Confirmed,
    Cancelled,
}

#[derive(Debug, Clone)]
pub(crate) struct Trade {
    pub offer: String,
    pub taker: String,
    pub points: Exact,
    pub day: i64,
    pub stage: TradeStage,
}

/// The supply, part by part. What the rules call `held` and `pool` is one number here: the model has always settled.
#[derive(Debug, Clone)]
pub struct Supply {
    /// Points issued.
    pub issued: Exact,
    /// Points of the accounts, and with them the pool.
    pub held: Exact,
    /// Points burned.
    pub burned: Exact,
    /// The platform's points.
    pub treasury: Exact,
    /// Points of orders that wait and of offers and trades.
    pub escrow: Exact,
}

/// The record of a closed day.
#[derive(Debug, Clone)]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The price of the day.
    pub price: Exact,
    /// What was released.
    pub released: Exact,
    /// How far the indexed rules' `released` may be from it; 0 when theirs was adopted.
    pub released_slack: Exact,
    /// All share value before the release.
    pub total: Exact,
    /// How far the indexed rules' `total` may be from it.
    pub total_slack: Exact,
}
