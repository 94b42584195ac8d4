//! Packs that may come back, and redemptions that can be cancelled.
//!
//! Carries out RULES.md section 4, "A pack that may come back" and "Redemption": what each is and how it stands. Moving share
//! value and points is the book's business.

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id};
use crate::quantity::{Money, Points, Rate};
use crate::ruleset::{Pack, Redemption};

/// Where the purchase of a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// It may come back, and has given nothing yet.
    Pending,
    /// It has taken effect.
    Final,
    /// It came back.
    Refunded,
}

/// The purchase of a pack that may come back (可退礼包).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// Who bought.
    pub member: Id,
    /// What the pack cost.
    pub price: Money,
    /// Share value given per yuan of its price.
    pub share_value_rate: Rate,
    /// Whether it allows opening a shop.
    pub merchant: bool,
    /// Whether it makes its buyer eligible as an area partner.
    pub area_partner: bool,
    /// Its place among all purchases, in the order of buying.
    pub sequence: u64,
    /// The day at whose close it takes effect; nothing if no calendar reaches so far.
    pub due: Option<Day>,
    /// Where it stands.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionRecord {
    /// Who redeemed.
    pub member: Id,
    /// How many points.
    pub points: Points,
    /// Where they went.
    pub to: Redemption,
    /// Whether they came back.
    pub cancelled: bool,
}
