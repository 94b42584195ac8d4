//! What the model remembers of members, orders, offers and trades.

use crate::exact::Exact;
use crate::holding::Holding;

#[derive(Debug, Clone, Default)]
pub(crate) struct Member {
    pub referrer: Option<String>,
    pub activated: bool,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    /// Vested on this day, when so many releases had been.
    Vested {
        day: i64,
        releases: usize,
    },
    Refunded,
}

/// An accepted order.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// `Q`, the order's points.
    pub points: Exact,
    /// Its rewards, in the order of the table in section 6.
    pub rewards: Vec<Reward>,
    pub(crate) merchant: String,
    pub(crate) concession: Exact,
    pub(crate) due: i64,
    pub(crate) stage: Stage,
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
