//! Goods for points: the catalogue with its pictures, and the vouchers. A member gets a voucher for each piece.
//!
//! The ledger takes points and piece, and gives them back, in the transaction of the event ([`crate::ledger::goods`]).
//! Everything else is here.

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
