//! Sessions, and finding the actor of a token. A session token is `gxs_SECRET`.

use gongxiang::identity::Id;

use super::actor::Actor;
use super::holder::Holder;
use super::store::{People, no_secret, now, secret};
use crate::limits::SESSION_SECONDS_MAX;
use crate::text::fingerprint;

impl People {
    /// Signs a member in; returns the session's token and its lifetime in seconds.
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

    /// The actor of a token; `None` if it is unknown or has expired.
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
        // Looked up by hash, so the time it takes reveals nothing about the secret.
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
        match row.and_then(|(holder,)| Holder::parse(&holder)) {
            Some(Holder::Member(member)) => Ok(Some(Actor::Member(member))),
            Some(Holder::Staff(id)) => Ok(self.one_of_staff(&id).await?.map(|row| Actor::Staff(row.into()))),
            None => Ok(None),
        }
    }
}
