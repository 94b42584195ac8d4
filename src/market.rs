//! Offers and trades: points wait in escrow, money is paid outside.
//!
//! Carries out RULES.md section 4, "Market": which state follows which, and what is still wanted. Moving the points is
//! the book's business.

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id};
use crate::quantity::{Points, Price};

/// What an offer's owner wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The owner sells points, which wait in escrow.
    Sell,
    /// The owner buys points; the taker's wait in escrow.
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
    /// Whose it is.
    pub owner: Id,
    /// Sells or buys.
    pub side: Side,
    /// What nobody has taken yet.
    pub remaining: Points,
    /// Yuan for one point.
    pub unit_price: Price,
    /// Taken whole, it stays open with nothing left; cancelled, it is closed.
    pub open: bool,
}

/// Where a trade stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TradeState {
    /// The buyer has not paid yet, or has not said so.
    Taken,
    /// The buyer says that the money is paid.
    Paid,
    /// The seller has the money, the buyer the points.
    Confirmed,
    /// The points went back.
    Cancelled,
}

/// A trade (成交).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trade {
    /// The offer of which it is a part.
    pub offer: Id,
    /// Who took the offer.
    pub taker: Id,
    /// How many points.
    pub points: Points,
    /// The day on which it was taken.
    pub day: Day,
    /// Its place among all trades, in the order in which they were taken.
    pub sequence: u64,
    /// Where it stands.
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
    /// Who gets the points: the owner of an offer to buy, else the taker.
    #[must_use]
    pub const fn buyer<'a>(&'a self, offer: &'a Offer) -> &'a Id {
        match offer.side {
            Side::Sell => &self.taker,
            Side::Buy => &offer.owner,
        }
    }

    /// Whose points they are until then.
    #[must_use]
    pub const fn seller<'a>(&'a self, offer: &'a Offer) -> &'a Id {
        match offer.side {
            Side::Sell => &offer.owner,
            Side::Buy => &self.taker,
        }
    }
}
