//! Sessions, and finding who a token stands for. A session's token is `gxs_SECRET`.

use gongxiang::identity::Id;
use jiff::Timestamp;
use sqlx::AnyConnection;

use super::actor::Actor;
use super::device::{Device, Way};
use super::enrolments::{Enrolled, use_enrolment};
use super::holder::Holder;
use super::profiles::give_first_number;
use super::store::{People, enrolment_hash, no_secret, now, secret};
use super::tokens::TOKEN_START;
use crate::limits::{CLOCK_AHEAD_SECONDS_MAX, ENROLMENT_SECONDS_MAX, SESSION_SECONDS_MAX, SESSION_SEEN_EVERY_SECONDS};
use crate::text::fingerprint;
use crate::transaction::begin;

impl People {
    /// Signs somebody in who showed no passkey; returns the session's token and its lifetime in seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_in(&self, holder: &Holder, way: Way, device: Device) -> sqlx::Result<(String, i64)> {
        let mut tx = begin(&self.pool).await?;
        let opened = open(&mut tx, holder, way, device, None).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// Signs in the member of an enrolment code and uses the code up; `None` if the code has expired. The session ends with the
    /// passkey of the session that made the code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_in_by_code(&self, code: &str, device: Device) -> sqlx::Result<Option<(Id, String, i64)>> {
        let Some(hash) = enrolment_hash(code) else { return Ok(None) };
        let mut tx = begin(&self.pool).await?;
        let Some(Enrolled { member, passkey }) = use_enrolment(&mut tx, &hash).await? else { return Ok(None) };
        // Staff sign in by passkey only: the code stays for it.
        let Some(member) = Holder::parse(&member).and_then(Holder::member) else { return Ok(None) };
        let holder = Holder::Member(member.clone());
        let (token, holds) = open(&mut tx, &holder, Way::Code, device, passkey.as_deref()).await?;
        tx.commit().await?;
        Ok(Some((member, token, holds)))
    }

    /// Ends a session or an app's token.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_out(&self, token: &str) -> sqlx::Result<()> {
        let hashed = if token.starts_with(TOKEN_START) { Some(token) } else { token.strip_prefix("gxs_") };
        let Some(hashed) = hashed else { return Ok(()) };
        sqlx::query("DELETE FROM sessions WHERE hash = $1")
            .bind(fingerprint(hashed.as_bytes()))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets sessions and codes that have expired, and those that a clock that was far ahead made; returns their number. Only a
    /// clock that is believed may say so: they do not come back.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_expired(&self, now: Timestamp) -> sqlx::Result<u64> {
        let now = now.as_second();
        let mut forgotten = 0;
        for (table, longest) in [("sessions", SESSION_SECONDS_MAX), ("enrolments", ENROLMENT_SECONDS_MAX)] {
            let sql = format!("DELETE FROM {table} WHERE expires < $1 OR expires > $2");
            let done = sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(now)
                // The clock that made it may be right, and this one behind.
                .bind(now + longest + 2 * CLOCK_AHEAD_SECONDS_MAX)
                .execute(&self.pool)
                .await?;
            forgotten += done.rows_affected();
        }
        Ok(forgotten)
    }

    /// The actor of a token; `None` if it is unknown or has expired.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn actor(&self, token: &str) -> sqlx::Result<Option<Actor>> {
        if let Some(secret) = token.strip_prefix("gxs_") {
            return self.session(fingerprint(secret.as_bytes()), false).await;
        }
        if token.starts_with(TOKEN_START) {
            return self.session(fingerprint(token.as_bytes()), true).await;
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
            ("read", _) => Some(Actor::ReadKey(id.into())),
            ("merchant", Some(member)) => Some(Actor::Merchant(id.into(), member)),
            _ => None,
        }))
    }

    /// `gxs_gxt_…` hashes to the row of a token, so the row says which of the two it is.
    async fn session(&self, hash: String, is_token: bool) -> sqlx::Result<Option<Actor>> {
        let now = now();
        let row: Option<(String, i64, String)> =
            sqlx::query_as("SELECT member, seen, way FROM sessions WHERE hash = $1 AND expires > $2 AND expires < $3")
                .bind(hash.clone())
                .bind(now)
                .bind(now + SESSION_SECONDS_MAX + CLOCK_AHEAD_SECONDS_MAX)
                .fetch_optional(&self.pool)
                .await?;
        let row = row.filter(|(.., way)| (way == Way::Token.as_str()) == is_token);
        let Some((holder, seen, _)) = row else { return Ok(None) };
        if seen + SESSION_SEEN_EVERY_SECONDS <= now {
            // A database that cannot be written still answers.
            _ = sqlx::query("UPDATE sessions SET seen = $1 WHERE hash = $2")
                .bind(now)
                .bind(hash)
                .execute(&self.pool)
                .await;
        }
        match Holder::parse(&holder) {
            Some(Holder::Member(member)) => Ok(Some(Actor::Member(member))),
            Some(Holder::Staff(id)) => Ok(self.one_of_staff(&id).await?.map(|row| Actor::Staff(row.into()))),
            None => Ok(None),
        }
    }
}

/// Opens a session. A passkey that opens it was asked for just now; of a code it is the passkey with which the session ends.
pub(super) async fn open(
    tx: &mut AnyConnection,
    holder: &Holder,
    way: Way,
    device: Device,
    passkey: Option<&str>,
) -> sqlx::Result<(String, i64)> {
    let secret = secret().map_err(no_secret)?;
    let now = now();
    sqlx::query(
        "INSERT INTO sessions (hash, member, expires, passkey, made, seen, way, device, verified)
         VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
    )
    .bind(fingerprint(secret.as_bytes()))
    .bind(holder.to_string())
    .bind(now + SESSION_SECONDS_MAX)
    .bind(passkey.map(str::to_owned))
    .bind(now)
    .bind(way.as_str())
    .bind(device.as_str())
    .bind(if way == Way::Passkey { now } else { 0 })
    .execute(&mut *tx)
    .await?;
    if let Holder::Member(member) = holder {
        give_first_number(tx, member).await?;
    }
    Ok((format!("gxs_{secret}"), SESSION_SECONDS_MAX))
}
