//! The tables of the people, and their secrets, which are stored only as hashes.
//!
//! A secret has 256 random bits, so a plain hash is enough.

use jiff::Timestamp;
use sqlx::AnyPool;

use crate::text::fingerprint;

#[derive(Clone, Debug)]
pub struct People {
    pub(super) pool: AnyPool,
}

/// A string of 256 random bits.
pub(super) fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}

pub(super) fn no_secret(error: getrandom::Error) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::other(error))
}

impl People {
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }

    /// The database.
    #[must_use]
    pub const fn pool(&self) -> &AnyPool {
        &self.pool
    }
}

/// The hash of a session's token; `None` if the token is none of a session.
#[must_use]
pub fn session_hash(token: &str) -> Option<String> {
    token.strip_prefix("gxs_").map(|secret| fingerprint(secret.as_bytes()))
}

/// The hash of an enrolment code; `None` if the text is none.
pub(super) fn enrolment_hash(code: &str) -> Option<String> {
    code.strip_prefix("gxe_").map(|secret| fingerprint(secret.as_bytes()))
}
