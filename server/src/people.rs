//! Who may do what: API keys and sessions. Secrets are random, shown once, and kept as hashes only.
//!
//! A key is `gxk_ID_SECRET`, a session `gxs_SECRET`, an enrolment code `gxe_SECRET`, a ceremony `gxc_SECRET`; the secret has 256
//! random bits, so a plain hash of it is enough.

mod sign_in;

use gongxiang::identity::Id;
use jiff::Timestamp;
use sqlx::AnyPool;

use crate::group::fingerprint;
use crate::limits::SESSION_SECONDS_MAX;

pub use sign_in::{Kept, PasskeyRow};

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody without credentials.
    Nobody,
    /// Somebody without credentials on a demo server, where everybody may do everything.
    Demo,
    /// An operator's key.
    Operator(String),
    /// The key of the operator's payment system: packs and the treasury.
    Payment(String),
    /// A merchant's key: orders and refunds of its own shop.
    Merchant(String, Id),
    /// A member who signed in.
    Member(Id),
}

impl Actor {
    /// As the journal names it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Nobody => "nobody".into(),
            Self::Demo => "demo".into(),
            Self::Operator(key) => format!("operator {key}"),
            Self::Payment(key) => format!("payment {key}"),
            Self::Merchant(key, _) => format!("merchant {key}"),
            Self::Member(member) => format!("member {member}"),
        }
    }

    /// Whether it may do what only the operator may.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        matches!(self, Self::Operator(_) | Self::Demo)
    }

    /// The member for whom it acts, if it is one's.
    #[must_use]
    pub const fn member(&self) -> Option<&Id> {
        match self {
            Self::Merchant(_, member) | Self::Member(member) => Some(member),
            Self::Nobody | Self::Demo | Self::Operator(_) | Self::Payment(_) => None,
        }
    }
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Everything.
    Operator,
    /// Packs and treasury.
    Payment,
    /// Orders and refunds of one shop.
    Merchant,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Payment => "payment",
            Self::Merchant => "merchant",
        }
    }
}

/// A key without its secret.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeyLine {
    /// Its id.
    pub id: String,
    /// What it may do.
    pub role: String,
    /// Whose shop.
    pub member: Option<String>,
    /// What it is for.
    pub note: String,
    /// Seconds since 1970.
    pub expires: Option<i64>,
    /// Seconds since 1970.
    pub revoked: Option<i64>,
}

/// Keys and sessions.
#[derive(Clone, Debug)]
pub struct People {
    pool: AnyPool,
}

/// A text of 256 random bits.
fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

/// There is no randomness to be had from the system.
fn no_secret(error: getrandom::Error) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::other(error))
}

impl People {
    /// Those of a database.
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }

    /// Makes a key; answers with all of it, which nobody can read again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_key(
        &self,
        role: Role,
        member: Option<&Id>,
        note: &str,
        days: Option<i64>,
    ) -> sqlx::Result<String> {
        let secret = secret().map_err(no_secret)?;
        let (id, secret) = secret.split_at(8);
        let expires = days.map(|days| now().saturating_add(days.saturating_mul(86_400)));
        sqlx::query("INSERT INTO keys (id, role, member, hash, note, expires) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(id.to_owned())
            .bind(role.as_str())
            .bind(member.map(Id::to_string))
            .bind(fingerprint(secret.as_bytes()))
            .bind(note.to_owned())
            .bind(expires)
            .execute(&self.pool)
            .await?;
        Ok(format!("gxk_{id}_{secret}"))
    }

    /// All keys, without their secrets.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys(&self) -> sqlx::Result<Vec<KeyLine>> {
        sqlx::query_as("SELECT id, role, member, note, expires, revoked FROM keys ORDER BY id")
            .fetch_all(&self.pool)
            .await
    }

    /// Ends a key; `false` if there is none that is not revoked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_key(&self, id: &str) -> sqlx::Result<bool> {
        let done = sqlx::query("UPDATE keys SET revoked = $1 WHERE id = $2 AND revoked IS NULL")
            .bind(now())
            .bind(id.to_owned())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Signs a member in; answers with the session's token and for how many seconds it holds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_in(&self, member: &Id) -> sqlx::Result<(String, i64)> {
        let secret = secret().map_err(no_secret)?;
        sqlx::query("INSERT INTO sessions (hash, member, expires) VALUES ($1, $2, $3)")
            .bind(fingerprint(secret.as_bytes()))
            .bind(member.to_string())
            .bind(now() + SESSION_SECONDS_MAX)
            .execute(&self.pool)
            .await?;
        Ok((format!("gxs_{secret}"), SESSION_SECONDS_MAX))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_out(&self, token: &str) -> sqlx::Result<()> {
        let Some(secret) = token.strip_prefix("gxs_") else { return Ok(()) };
        sqlx::query("DELETE FROM sessions WHERE hash = $1 OR expires < $2")
            .bind(fingerprint(secret.as_bytes()))
            .bind(now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Whose token it is; nothing if it is none, or holds no more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn actor(&self, token: &str) -> sqlx::Result<Option<Actor>> {
        if let Some(secret) = token.strip_prefix("gxs_") {
            return self.session(secret).await;
        }
        let Some((id, secret)) = token.strip_prefix("gxk_").and_then(|rest| rest.split_once('_')) else {
            return Ok(None);
        };
        let row: Option<(String, Option<String>)> = sqlx::query_as(
            "SELECT role, member FROM keys
             WHERE id = $1 AND hash = $2 AND revoked IS NULL AND (expires IS NULL OR expires > $3)",
        )
        .bind(id.to_owned())
        // Looked up by its hash: how long that takes says nothing about the secret.
        .bind(fingerprint(secret.as_bytes()))
        .bind(now())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(|(role, member)| match (role.as_str(), member.as_deref().and_then(Id::parse)) {
            ("operator", _) => Some(Actor::Operator(id.into())),
            ("payment", _) => Some(Actor::Payment(id.into())),
            ("merchant", Some(member)) => Some(Actor::Merchant(id.into(), member)),
            _ => None,
        }))
    }

    async fn session(&self, secret: &str) -> sqlx::Result<Option<Actor>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT member FROM sessions WHERE hash = $1 AND expires > $2")
            .bind(fingerprint(secret.as_bytes()))
            .bind(now())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.and_then(|(member,)| Id::parse(&member)).map(Actor::Member))
    }
}
