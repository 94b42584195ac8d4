//! The flow: what everyday events add to a book's head, as signed sums.
//!
//! Orders, transfers, redemptions and trades change no rule, no price and no weight. In the head they only move points
//! between the places of RULES.md section 7. So several writers can settle such events at the same time, each with a flow of
//! its own. The head plus all flows is the head that a single writer would have.

use ethnum::U256;
use serde::{Deserialize, Serialize};

use super::head::{Head, Supply};
use crate::quantity::{OutOfRange, Points};

/// Signed sums in 10^-8 points; `traded_money` in 10^-24 yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Flow {
    held: i128,
    burned: i128,
    treasury: i128,
    escrow: i128,
    pool: i128,
    traded: i128,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    traded_money: U256,
}

/// `points` plus a signed number of 10^-8 points.
fn moved(points: Points, by: i128) -> Result<Points, OutOfRange> {
    points.raw().checked_add(by).filter(|raw| *raw >= 0).map(Points::from_raw).ok_or(OutOfRange)
}

impl Head {
    /// This head with a flow added.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum does not fit or is negative. The flow then belongs to another head.
    pub fn plus(&self, flow: &Flow) -> Result<Self, OutOfRange> {
        let Supply { issued, held, burned, treasury, escrow, pool } = self.supply;
        let supply = Supply {
            issued,
            held: moved(held, flow.held)?,
            burned: moved(burned, flow.burned)?,
            treasury: moved(treasury, flow.treasury)?,
            escrow: moved(escrow, flow.escrow)?,
            pool: moved(pool, flow.pool)?,
        };
        let traded_money = self.traded_money.checked_add(flow.traded_money).ok_or(OutOfRange)?;
        Ok(Self { supply, traded: moved(self.traded, flow.traded)?, traded_money, ..*self })
    }

    /// The flow from `earlier` to this head. `None` if anything else changed; such events need a writer that is alone.
    #[must_use]
    pub fn flow_since(&self, earlier: &Self) -> Option<Flow> {
        let difference = |now: Points, then: Points| now.raw().checked_sub(then.raw());
        let (now, then) = (&self.supply, &earlier.supply);
        let flow = Flow {
            held: difference(now.held, then.held)?,
            burned: difference(now.burned, then.burned)?,
            treasury: difference(now.treasury, then.treasury)?,
            escrow: difference(now.escrow, then.escrow)?,
            pool: difference(now.pool, then.pool)?,
            traded: difference(self.traded, earlier.traded)?,
            traded_money: self.traded_money.checked_sub(earlier.traded_money)?,
        };
        let &Self { order_count, trade_count, purchase_count, .. } = self;
        let counted = Self { order_count, trade_count, purchase_count, ..*earlier };
        (counted.plus(&flow) == Ok(*self)).then_some(flow)
    }

    /// Numbers the next orders, trades and purchases from `number` on. Storage uses their place in the journal, so writers
    /// need no common counter. Only the order of the numbers has a meaning.
    pub fn count_from(&mut self, number: u64) {
        self.order_count = number;
        self.trade_count = number;
        self.purchase_count = number;
    }
}

impl Flow {
    /// The sum of two flows.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum does not fit.
    pub fn plus(&self, other: &Self) -> Result<Self, OutOfRange> {
        let sum = |a: i128, b: i128| a.checked_add(b).ok_or(OutOfRange);
        Ok(Self {
            held: sum(self.held, other.held)?,
            burned: sum(self.burned, other.burned)?,
            treasury: sum(self.treasury, other.treasury)?,
            escrow: sum(self.escrow, other.escrow)?,
            pool: sum(self.pool, other.pool)?,
            traded: sum(self.traded, other.traded)?,
            traded_money: self.traded_money.checked_add(other.traded_money).ok_or(OutOfRange)?,
        })
    }
}
