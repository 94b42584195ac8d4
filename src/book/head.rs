//! The head of a book: the numbers that all members share.

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
    /// All points, the burned ones included.
    pub issued: Points,
    /// Points in accounts.
    pub held: Points,
    /// Burned points.
    pub burned: Points,
    /// Points of the platform.
    pub treasury: Points,
    /// Points held for orders, offers and trades.
    pub escrow: Points,
    /// Points that are released and not yet settled into accounts.
    pub pool: Points,
}

/// The numbers of a book that belong to no member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Head {
    /// The open day.
    pub day: Day,
    /// Its price in yuan for one point (当日共享积分价值).
    pub price: Price,
    /// Where all points are.
    pub supply: Supply,
    /// The release.
    pub release: Release,
    /// Concessions of the orders that vested today, less what of them was refunded today.
    pub(super) turnover: Money,
    /// Points of the trades that were confirmed today.
    pub(super) traded: Points,
    /// The money of these trades, in 10^-24 yuan.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub(super) traded_money: U256,
    /// The number of the next order.
    pub(super) order_count: u64,
    /// The number of the next trade.
    pub(super) trade_count: u64,
    /// The number of the next purchase of a pack that may come back.
    pub(super) purchase_count: u64,
}

impl Head {
    /// The head on the genesis day. The treasury holds `supply.treasury`; all other places are empty.
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
