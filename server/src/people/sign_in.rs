//! How members sign in: passkeys, ceremonies in progress, `WeChat` accounts.
//!
//! A single-use secret is deleted by the statement that finds it, so it works once, however many processes there are.

use gongxiang::identity::Id;
use sqlx::{AnyConnection, Row as _};

use super::device::{Device, Way};
use super::enrolments::{Enrolled, use_enrolment};
use super::holder::Holder;
use super::sessions::open;
use super::store::{People, enrolment_hash, no_secret, now, secret};
use crate::limits::{CEREMONY_SECONDS_MAX, PASSKEYS_MAX};
use crate::text::fingerprint;
use crate::transaction::begin;

/// A stored passkey.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PasskeyRow {
    /// A hash of the credential's own id.
    pub id: String,
    /// The holder: a member or somebody of the staff.
    pub member: String,
    /// The name under which authenticators know the holder.
    pub handle: String,
    /// Public key and counter, as JSON.
    pub passkey: String,
    /// Seconds since 1970.
    pub made: i64,
    /// Seconds since 1970; `None` until the first use.
    pub used: Option<i64>,
    /// As the member calls it; empty if it has not named it.
    pub name: String,
}

/// The result of storing a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyOutcome {
    /// It was stored.
    Yes,
    /// The enrolment code was used in the meantime, or has expired.
    EnrolmentEnded,
    /// The passkey is registered already.
    Known,
    /// The member has the maximum number of passkeys.
    TooMany,
}

const PASSKEY_COLUMNS: &str = "id, member, handle, passkey, made, used, name";

impl People {
    /// Stores a ceremony; returns its token and its lifetime in seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_ceremony(&self, content: &str) -> sqlx::Result<(String, i64)> {
        let secret = secret().map_err(no_secret)?;
        // Also removes ceremonies that were never finished.
        sqlx::query("DELETE FROM ceremonies WHERE expires < $1").bind(now()).execute(&self.pool).await?;
        sqlx::query("INSERT INTO ceremonies (hash, content, expires) VALUES ($1, $2, $3)")
            .bind(fingerprint(secret.as_bytes()))
            .bind(content.to_owned())
            .bind(now() + CEREMONY_SECONDS_MAX)
            .execute(&self.pool)
            .await?;
        Ok((format!("gxc_{secret}"), CEREMONY_SECONDS_MAX))
    }

    /// Takes a ceremony out, once; `None` if it was finished, has expired, or does not exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_ceremony(&self, token: &str) -> sqlx::Result<Option<String>> {
        let Some(secret) = token.strip_prefix("gxc_") else { return Ok(None) };
        let row: Option<(String,)> =
            sqlx::query_as("DELETE FROM ceremonies WHERE hash = $1 AND expires > $2 RETURNING content")
                .bind(fingerprint(secret.as_bytes()))
                .bind(now())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(content,)| content))
    }

    /// A holder's passkeys, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn passkeys(&self, holder: &Holder) -> sqlx::Result<Vec<PasskeyRow>> {
        let sql = format!("SELECT {PASSKEY_COLUMNS} FROM passkeys WHERE member = $1 ORDER BY made, id");
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(holder.to_string()).fetch_all(&self.pool).await
    }

    /// One passkey.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn passkey(&self, id: &str) -> sqlx::Result<Option<PasskeyRow>> {
        let sql = format!("SELECT {PASSKEY_COLUMNS} FROM passkeys WHERE id = $1");
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id.to_owned()).fetch_optional(&self.pool).await
    }

    /// Stores a new passkey and uses up the enrolment code (given by its hash) that allowed it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_passkey(&self, row: &PasskeyRow, enrolment: Option<&str>) -> sqlx::Result<PasskeyOutcome> {
        let mut tx = begin(&self.pool).await?;
        let inserted = sqlx::query(
            "INSERT INTO passkeys (id, member, handle, passkey, made) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(row.id.clone())
        .bind(row.member.clone())
        .bind(row.handle.clone())
        .bind(row.passkey.clone())
        .bind(now())
        .execute(&mut *tx)
        .await?;
        if inserted.rows_affected() == 0 {
            return Ok(PasskeyOutcome::Known);
        }
        if let Some(hash) = enrolment
            && use_enrolment(&mut tx, hash).await?.is_none()
        {
            return Ok(PasskeyOutcome::EnrolmentEnded);
        }
        let count = sqlx::query("SELECT COUNT(*) FROM passkeys WHERE member = $1")
            .bind(row.member.clone())
            .fetch_one(&mut *tx)
            .await?;
        if count.try_get::<i64, _>(0)? > PASSKEYS_MAX {
            return Ok(PasskeyOutcome::TooMany);
        }
        tx.commit().await?;
        Ok(PasskeyOutcome::Yes)
    }

    /// Signs in the owner of a passkey; `None` if the passkey was removed in the meantime.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_in_with(&self, row: &PasskeyRow, device: Device) -> sqlx::Result<Option<(String, i64)>> {
        let Some(holder) = Holder::parse(&row.member) else { return Ok(None) };
        let mut tx = begin(&self.pool).await?;
        // Update first: a request that removes the passkey then waits, and finds the session.
        if !use_passkey(&mut tx, row).await? {
            return Ok(None);
        }
        let opened = open(&mut tx, &holder, Way::Passkey, device, Some(&row.id)).await?;
        tx.commit().await?;
        Ok(Some(opened))
    }

    /// Stores that a session's member showed a passkey; `false` if the passkey was removed or the session ended in the meantime.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn verify_with(&self, row: &PasskeyRow, session: &str) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        if !use_passkey(&mut tx, row).await? {
            return Ok(false);
        }
        let verified =
            sqlx::query("UPDATE sessions SET verified = $1 WHERE hash = $2 AND member = $3 AND expires > $1")
                .bind(now())
                .bind(session.to_owned())
                .bind(row.member.clone())
                .execute(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(verified.rows_affected() > 0)
    }

    /// Removes a member's passkey and ends the sessions that it opened and their codes; `false` if the member has no such passkey.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_passkey(&self, member: &Id, id: &str) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        let removed = sqlx::query("DELETE FROM passkeys WHERE id = $1 AND member = $2")
            .bind(id.to_owned())
            .bind(member.to_string())
            .execute(&mut *tx)
            .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        // Sessions first, so that a code in progress is waited for.
        for table in ["sessions", "enrolments"] {
            let sql = format!("DELETE FROM {table} WHERE passkey = $1");
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_owned()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Removes every means of signing in of a member: passkeys, sessions, enrolment codes, `WeChat` accounts. Whoever had them is not told
    /// anything any more either.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn shut_out(&self, member: &Id) -> sqlx::Result<()> {
        let mut tx = begin(&self.pool).await?;
        // Sessions last, so that a sign-in in progress is waited for.
        for table in ["subscriptions", "passkeys", "enrolments", "wechat_accounts", "sessions"] {
            let sql = format!("DELETE FROM {table} WHERE member = $1");
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(member.to_string()).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// The member of a `WeChat` account, given by its hash.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn wechat_member(&self, account: &str) -> sqlx::Result<Option<Id>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT member FROM wechat_accounts WHERE hash = $1")
            .bind(account.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.and_then(|(member,)| Id::parse(&member)))
    }

    /// Binds a `WeChat` account to the id of a member that is to be registered, if it has none; returns the id it has now. So requests
    /// of one account at several processes register one member.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim_wechat(&self, account: &str, member: &Id) -> sqlx::Result<Id> {
        let sql = "INSERT INTO wechat_accounts (hash, member, made) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
        let claim = sqlx::query(sql).bind(account.to_owned()).bind(member.to_string()).bind(now());
        claim.execute(&self.pool).await?;
        Ok(self.wechat_member(account).await?.unwrap_or_else(|| member.clone()))
    }

    /// Binds a `WeChat` account to the member of an enrolment code and uses the code up; `None` if the code has
    /// expired.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn bind_wechat_by(&self, code: &str, account: &str) -> sqlx::Result<Option<Id>> {
        let Some(hash) = enrolment_hash(code) else { return Ok(None) };
        let mut tx = begin(&self.pool).await?;
        let Some(Enrolled { member, .. }) = use_enrolment(&mut tx, &hash).await? else { return Ok(None) };
        // Staff sign in by passkey only.
        let Some(member) = Holder::parse(&member).and_then(Holder::member) else { return Ok(None) };
        bind(&mut tx, account, member.as_str()).await?;
        tx.commit().await?;
        Ok(Some(member))
    }
}

/// Stores that a passkey was used; `false` if it was removed.
async fn use_passkey(tx: &mut AnyConnection, row: &PasskeyRow) -> sqlx::Result<bool> {
    let used = sqlx::query("UPDATE passkeys SET passkey = $1, used = $2 WHERE id = $3")
        .bind(row.passkey.clone())
        .bind(now())
        .bind(row.id.clone())
        .execute(tx)
        .await?;
    Ok(used.rows_affected() > 0)
}

/// An account that was bound before moves to the new member: the user was asked.
async fn bind(tx: &mut AnyConnection, account: &str, member: &str) -> sqlx::Result<()> {
    // What the member before was told by `WeChat` is not for the new one.
    sqlx::query(
        "DELETE FROM subscriptions WHERE channel = 'wechat' AND member <> $2
             AND member = (SELECT member FROM wechat_accounts WHERE hash = $1)",
    )
    .bind(account.to_owned())
    .bind(member.to_owned())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO wechat_accounts (hash, member, made) VALUES ($1, $2, $3)
         ON CONFLICT (hash) DO UPDATE SET member = excluded.member, made = excluded.made",
    )
    .bind(account.to_owned())
    .bind(member.to_owned())
    .bind(now())
    .execute(tx)
    .await?;
    Ok(())
}
