//! The head of a book: the day, its price, the release, where all points are, and the counts.

use ethnum::U256;
use serde::{Deserialize, Serialize};

use crate::identity::Day;
use crate::quantity::{Money, Points, Price};
use crate::release::Release;
use crate::ruleset::RuleSet;

/// Where all points are (RULES.md section 7): `issued = held + pool + escrow + treasury + burned`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Supply {
    /// All there are, the burned ones included.
    pub issued: Points,
    /// In accounts.
    pub held: Points,
    /// Burned.
    pub burned: Points,
    /// The platform's.
    pub treasury: Points,
    /// Held for orders, offers and trades.
    pub escrow: Points,
    /// Released and not yet settled.
    pub pool: Points,
}

/// The few numbers of a book that are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Head {
    /// The open day.
    pub day: Day,
    /// Its price (当日共享积分价值).
    pub price: Price,
    /// Where all points are.
    pub supply: Supply,
    /// The release.
    pub release: Release,
    /// Concessions of the orders that vested today, as far as they were not refunded today.
    pub(super) turnover: Money,
    /// Points of today's confirmed trades.
    pub(super) traded: Points,
    /// Their money, in 10^-24 yuan.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub(super) traded_money: U256,
    /// How many orders there were.
    pub(super) order_count: u64,
    /// How many trades there were.
    pub(super) trade_count: u64,
    /// How many packs were bought that may come back.
    pub(super) purchase_count: u64,
}

impl Head {
    /// On the genesis day the treasury holds what `supply.treasury` says.
    pub(super) fn genesis(rules: &RuleSet) -> Self {
        let treasury = rules.supply_treasury;
        Self {
            day: rules.genesis_day,
            price: rules.price_initial,
            supply: Supply { issued: treasury, treasury, ..Supply::default() },
            release: Release::default(),
            turnover: Money::default(),
            traded: Points::ZERO,
            traded_money: U256::ZERO,
            order_count: 0,
            trade_count: 0,
            purchase_count: 0,
        }
    }
}
