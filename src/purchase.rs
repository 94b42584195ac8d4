//! Packs that may come back, and redemptions that can be cancelled.
//!
//! Carries out RULES.md section 4, "A pack that may come back" and "Redemption": the records and their states. The book moves
//! share value and points.

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id};
use crate::quantity::{Money, Points, Rate};
use crate::ruleset::{Pack, Redemption};

/// The state of a purchase.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// The pack may come back. It has given nothing yet.
    Pending,
    /// The pack has taken effect and cannot come back.
    Final,
    /// The pack came back.
    Refunded,
}

/// The purchase of a pack that may come back (可退礼包).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// The buyer.
    pub member: Id,
    /// The price of the pack, yuan.
    pub price: Money,
    /// Share value given per yuan of its price.
    pub share_value_rate: Rate,
    /// Whether the pack allows opening a shop.
    pub merchant: bool,
    /// Whether the pack makes its buyer eligible as an area partner.
    pub area_partner: bool,
    /// Its number among all purchases, in the order of buying.
    pub sequence: u64,
    /// The day at whose close the pack takes effect; `None` after 9999-12-31.
    pub due: Option<Day>,
    /// Its state.
    pub state: PurchaseState,
}

impl Purchase {
    /// The pack as it was when it was bought.
    #[must_use]
    pub fn pack(&self) -> Pack {
        let Self { price, share_value_rate, merchant, area_partner, .. } = *self;
        Pack { price, share_value_rate, merchant, area_partner }
    }
}

/// A redemption that can be cancelled (兑换记录).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionRecord {
    /// The member who redeemed.
    pub member: Id,
    /// The points that were redeemed.
    pub points: Points,
    /// Where the points went.
    pub to: Redemption,
    /// Whether the redemption was cancelled and the points came back.
    pub cancelled: bool,
}
