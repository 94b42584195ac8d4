//! The tables beside the books, and the secrets in them: random, shown once, kept as hashes only.
//!
//! A secret has 256 random bits, so a plain hash of it is enough.

use jiff::Timestamp;
use sqlx::AnyPool;

/// The tables of who may do what.
#[derive(Clone, Debug)]
pub struct People {
    pub(super) pool: AnyPool,
}

/// A text of 256 random bits.
pub(super) fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// There is no randomness to be had from the system.
pub(super) fn no_secret(error: getrandom::Error) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::other(error))
}

impl People {
    /// Those of a database.
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }
}
