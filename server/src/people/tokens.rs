//! Tokens for apps: with one, somebody else's app reads what a member sees, for a short time. A token is `gxt_SECRET`.
//!
//! It is a row among the member's sessions, so the member sees it and can end it.

use gongxiang::identity::Id;

use super::device::{Device, Way};
use super::store::{People, no_secret, now, secret};
use crate::limits::TOKENS_MAX;
use crate::text::fingerprint;
use crate::transaction::begin;

/// How a token begins.
pub const TOKEN_START: &str = "gxt_";

impl People {
    /// Makes a token, and says when it ends: with the key that makes it at the latest. Only a demo makes one without a key. `None` if the
    /// key has ended. The member's oldest tokens end if there are too many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn make_token(
        &self,
        member: &Id,
        seconds: i64,
        key: Option<&str>,
    ) -> sqlx::Result<Option<(String, i64)>> {
        let token = format!("{TOKEN_START}{}", secret().map_err(no_secret)?);
        let (hash, now) = (fingerprint(token.as_bytes()), now());
        let mut expires = now + seconds;
        let mut tx = begin(&self.pool).await?;
        if let Some(key) = key {
            // Changes nothing, but locks the row: a request that revokes the key then waits, and finds the token.
            let sql =
                "UPDATE keys SET role = role WHERE id = $1 AND revoked IS NULL AND (expires IS NULL OR expires > $2)
                       RETURNING expires";
            let row: Option<(Option<i64>,)> =
                sqlx::query_as(sql).bind(key.to_owned()).bind(now).fetch_optional(&mut *tx).await?;
            let Some((end,)) = row else { return Ok(None) };
            expires = end.map_or(expires, |end| expires.min(end));
        }
        sqlx::query(
            "INSERT INTO sessions (hash, member, expires, made, seen, way, device, api_key)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        )
        .bind(hash.clone())
        .bind(member.to_string())
        .bind(expires)
        .bind(now)
        .bind(Way::Token.as_str())
        .bind(Device::of("").as_str())
        .bind(key.map(str::to_owned))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM sessions WHERE member = $1 AND way = $2 AND hash <> $3 AND hash NOT IN (
                 SELECT hash FROM sessions WHERE member = $1 AND way = $2 AND hash <> $3 AND expires > $4
                 ORDER BY made DESC, hash LIMIT $5)",
        )
        .bind(member.to_string())
        .bind(Way::Token.as_str())
        .bind(hash)
        .bind(now)
        .bind(TOKENS_MAX - 1)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some((token, expires)))
    }
}
