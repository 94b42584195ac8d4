//! API keys of operators, of their payment systems, of merchants, and of programs that only read. A key is `gxk_ID_SECRET`.

use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{Deed, enter};
use super::store::{People, no_secret, now, secret};
use crate::text::fingerprint;
use crate::transaction::begin;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyRole)]
pub enum Role {
    /// Everything.
    Operator,
    /// Packs and the treasury.
    Payment,
    /// Orders and refunds of one shop.
    Merchant,
    /// Reads everything that an auditor reads, and changes nothing.
    Read,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Payment => "payment",
            Self::Merchant => "merchant",
            Self::Read => "read",
        }
    }
}

/// A key without its secret.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeySummary {
    pub id: String,
    pub role: String,
    /// The merchant of the shop.
    pub member: Option<String>,
    pub note: String,
    /// Seconds since 1970.
    pub expires: Option<i64>,
    /// Seconds since 1970.
    pub revoked: Option<i64>,
}

impl People {
    /// Makes a key; returns it whole. Only its hash is stored.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_key(
        &self,
        role: Role,
        member: Option<&Id>,
        note: &str,
        days: Option<i64>,
        actor: &str,
    ) -> sqlx::Result<String> {
        let secret = secret().map_err(no_secret)?;
        let (id, secret) = secret.split_at(8);
        let expires = days.map(|days| now().saturating_add(days.saturating_mul(86_400)));
        let mut tx = begin(&self.pool).await?;
        sqlx::query("INSERT INTO keys (id, role, member, hash, note, expires) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(id.to_owned())
            .bind(role.as_str())
            .bind(member.map(Id::to_string))
            .bind(fingerprint(secret.as_bytes()))
            .bind(note.to_owned())
            .bind(expires)
            .execute(&mut *tx)
            .await?;
        let of_shop = member.map_or_else(String::new, |member| format!(" of {member}"));
        enter(&mut *tx, actor, Deed::KeyAdded, &format!("{} key {id}{of_shop}", role.as_str())).await?;
        tx.commit().await?;
        Ok(format!("gxk_{id}_{secret}"))
    }

    /// All keys, without their secrets.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys(&self) -> sqlx::Result<Vec<KeySummary>> {
        sqlx::query_as("SELECT id, role, member, note, expires, revoked FROM keys ORDER BY id")
            .fetch_all(&self.pool)
            .await
    }

    /// The keys of a member's shop, without their secrets.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys_of(&self, member: &Id) -> sqlx::Result<Vec<KeySummary>> {
        sqlx::query_as("SELECT id, role, member, note, expires, revoked FROM keys WHERE member = $1 ORDER BY id")
            .bind(member.to_string())
            .fetch_all(&self.pool)
            .await
    }

    /// Revokes a key; `false` if no valid key has this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_key(&self, id: &str, actor: &str) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        let done = sqlx::query("UPDATE keys SET revoked = $1 WHERE id = $2 AND revoked IS NULL")
            .bind(now())
            .bind(id.to_owned())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        // The tokens that the key made end with it.
        sqlx::query("DELETE FROM sessions WHERE api_key = $1").bind(id.to_owned()).execute(&mut *tx).await?;
        enter(&mut *tx, actor, Deed::KeyRevoked, &format!("key {id}")).await?;
        tx.commit().await?;
        Ok(true)
    }
}
