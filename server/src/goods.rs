//! Goods for points: the catalogue and its pictures, and the vouchers that members have for a piece. What a redemption takes and a cancelled
//! one brings back is written by the ledger, with the event ([`crate::ledger::goods`]); here is the rest.

pub mod catalogue;
pub mod code;
pub mod expiry;
pub mod picture;
pub mod vouchers;

use sqlx::AnyPool;

/// The tables of the goods.
#[derive(Clone, Debug)]
pub struct Goods {
    pool: AnyPool,
}

impl Goods {
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }
}
