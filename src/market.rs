//! Offers and trades. The points of a sale wait in escrow; the money is paid outside the scheme.
//!
//! Carries out RULES.md section 4, "Market": the records and the order of their states. The book moves the points.

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id};
use crate::quantity::{Points, Price};

/// Whether the owner of an offer sells or buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The owner sells points, which wait in escrow.
    Sell,
    /// The owner buys points. Those of a taker wait in escrow.
    Buy,
}

impl Side {
    /// Its name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sell => "sell",
            Self::Buy => "buy",
        }
    }

    /// The side of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Sell, Self::Buy].into_iter().find(|side| side.as_str() == name)
    }
}

/// An offer (挂单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The member who placed it.
    pub owner: Id,
    /// Whether the owner sells or buys.
    pub side: Side,
    /// Points that nobody has taken yet.
    pub remaining: Points,
    /// Yuan for one point.
    pub unit_price: Price,
    /// Whether the offer was not cancelled. An offer that was taken in whole stays open, with 0 points remaining.
    pub open: bool,
}

/// The state of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TradeState {
    /// The buyer has not reported the payment.
    Taken,
    /// The buyer has reported the payment.
    Paid,
    /// The seller has confirmed the money, and the buyer has the points.
    Confirmed,
    /// The trade was cancelled, and the points went back.
    Cancelled,
}

/// A trade (成交).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trade {
    /// The offer that was taken.
    pub offer: Id,
    /// The member who took the offer.
    pub taker: Id,
    /// The points that are traded.
    pub points: Points,
    /// The day on which it was taken.
    pub day: Day,
    /// Its number among all trades, in the order of taking.
    pub sequence: u64,
    /// Its state.
    pub state: TradeState,
}

impl TradeState {
    /// Whether a trade can go from this state to `next`.
    #[must_use]
    pub const fn leads_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Taken, Self::Paid) | (Self::Taken | Self::Paid, Self::Confirmed | Self::Cancelled)
        )
    }
}

impl Trade {
    /// The member who gets the points: the owner of an offer to buy, or the taker of an offer to sell.
    #[must_use]
    pub const fn buyer<'a>(&'a self, offer: &'a Offer) -> &'a Id {
        match offer.side {
            Side::Sell => &self.taker,
            Side::Buy => &offer.owner,
        }
    }

    /// The member who gives the points.
    #[must_use]
    pub const fn seller<'a>(&'a self, offer: &'a Offer) -> &'a Id {
        match offer.side {
            Side::Sell => &offer.owner,
            Side::Buy => &self.taker,
        }
    }
}
