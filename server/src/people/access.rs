//! A member's own ways of signing in: which it has, how it ends them, and when a session must ask for the passkey
//! again.
//!
//! A session or code is named by the hash of its secret, with which nobody can sign in.

use gongxiang::identity::Id;
use sqlx::FromRow;

use super::holder::Holder;
use super::sign_in::PasskeyRow;
use super::store::{People, now};
use crate::limits::{CLOCK_APART_SECONDS_MAX, PASSKEY_HOLDS_SECONDS, SESSIONS_SHOWN_MAX};
use crate::transaction::begin;

/// A session that holds.
#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    pub hash: String,
    /// Seconds since 1970, as all below.
    pub made: i64,
    /// Right to the hour.
    pub seen: i64,
    pub expires: i64,
    pub way: String,
    pub device: String,
}

/// An enrolment code that holds.
#[derive(Clone, Debug, FromRow)]
pub struct CodeRow {
    pub hash: String,
    pub made: i64,
    pub expires: i64,
    /// The session that made it; `None` if the operator did.
    pub session: Option<String>,
}

/// A `WeChat` account.
#[derive(Clone, Debug, FromRow)]
pub struct WeChatRow {
    pub hash: String,
    /// `None` if it is older than this column.
    pub made: Option<i64>,
}

/// Every means of signing in of a member.
#[derive(Clone, Debug)]
pub struct Access {
    /// The last used ones first, at most [`SESSIONS_SHOWN_MAX`].
    pub sessions: Vec<SessionRow>,
    /// Oldest first, as those below.
    pub codes: Vec<CodeRow>,
    pub passkeys: Vec<PasskeyRow>,
    pub wechat: Vec<WeChatRow>,
}

impl People {
    /// Every means of signing in of a member.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn access(&self, member: &Id) -> sqlx::Result<Access> {
        let sessions = sqlx::query_as(
            "SELECT hash, made, seen, expires, way, device FROM sessions
             WHERE member = $1 AND expires > $2 ORDER BY seen DESC, made DESC, hash LIMIT $3",
        );
        let codes = sqlx::query_as(
            "SELECT hash, made, expires, session FROM enrolments WHERE member = $1 AND expires > $2 ORDER BY made, hash",
        );
        let wechat = sqlx::query_as("SELECT hash, made FROM wechat_accounts WHERE member = $1 ORDER BY made, hash");
        Ok(Access {
            sessions: sessions
                .bind(member.to_string())
                .bind(now())
                .bind(SESSIONS_SHOWN_MAX)
                .fetch_all(&self.pool)
                .await?,
            codes: codes.bind(member.to_string()).bind(now()).fetch_all(&self.pool).await?,
            passkeys: self.passkeys(&Holder::Member(member.clone())).await?,
            wechat: wechat.bind(member.to_string()).fetch_all(&self.pool).await?,
        })
    }

    /// Ends a member's session and the codes that it made; `false` if the member has no such session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_session(&self, member: &Id, hash: &str) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        let ended = sqlx::query("DELETE FROM sessions WHERE hash = $1 AND member = $2")
            .bind(hash.to_owned())
            .bind(member.to_string())
            .execute(&mut *tx)
            .await?;
        // Afterwards, so that a code in progress is waited for.
        sqlx::query("DELETE FROM enrolments WHERE session = $1 AND member = $2")
            .bind(hash.to_owned())
            .bind(member.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Ends every session of a member but the one of this hash, and every code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_others(&self, member: &Id, but: &str) -> sqlx::Result<()> {
        let mut tx = begin(&self.pool).await?;
        sqlx::query("DELETE FROM sessions WHERE member = $1 AND hash <> $2")
            .bind(member.to_string())
            .bind(but.to_owned())
            .execute(&mut *tx)
            .await?;
        // Afterwards, so that a code in progress is waited for.
        sqlx::query("DELETE FROM enrolments WHERE member = $1").bind(member.to_string()).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Ends a member's code; `false` if the member has no such code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_code(&self, member: &Id, hash: &str) -> sqlx::Result<bool> {
        self.end("DELETE FROM enrolments WHERE hash = $1 AND member = $2", member, hash).await
    }

    /// Unbinds a member's `WeChat` account and ends the sessions that came by `WeChat`: which account opened which is not stored.
    /// `false` if the member has no such account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unbind_wechat(&self, member: &Id, hash: &str) -> sqlx::Result<bool> {
        let unbound = self.end("DELETE FROM wechat_accounts WHERE hash = $1 AND member = $2", member, hash).await?;
        if unbound {
            for sql in [
                "DELETE FROM sessions WHERE member = $1 AND way = 'wechat'",
                "DELETE FROM subscriptions WHERE member = $1 AND channel = 'wechat'",
            ] {
                sqlx::query(sql).bind(member.to_string()).execute(&self.pool).await?;
            }
        }
        Ok(unbound)
    }

    async fn end(&self, sql: &'static str, member: &Id, hash: &str) -> sqlx::Result<bool> {
        let ended = sqlx::query(sql).bind(hash.to_owned()).bind(member.to_string()).execute(&self.pool).await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Names a member's passkey; `false` if the member has no such passkey.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn name_passkey(&self, member: &Id, id: &str, name: &str) -> sqlx::Result<bool> {
        let named = sqlx::query("UPDATE passkeys SET name = $1 WHERE id = $2 AND member = $3")
            .bind(name.to_owned())
            .bind(id.to_owned())
            .bind(member.to_string())
            .execute(&self.pool)
            .await?;
        Ok(named.rows_affected() > 0)
    }

    /// Whether the session of this hash may make another way in: its passkey was asked for a short while ago, or the member has no passkey.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn may_add_access(&self, member: &Id, session: &str) -> sqlx::Result<bool> {
        let without = "NOT EXISTS (SELECT 1 FROM passkeys WHERE member = $5)";
        self.has_shown_or(without, member, session, member.as_str()).await
    }

    /// Whether the session of this hash may remove this passkey: its member showed one a short while ago, or the session ends with it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn may_remove_passkey(&self, member: &Id, session: &str, passkey: &str) -> sqlx::Result<bool> {
        self.has_shown_or("passkey = $5", member, session, passkey).await
    }

    /// Whether a passkey was asked for in a member's session a short while ago, or this condition on $5 holds.
    async fn has_shown_or(&self, or: &'static str, member: &Id, session: &str, of: &str) -> sqlx::Result<bool> {
        let sql = format!(
            "SELECT verified FROM sessions
             WHERE hash = $1 AND member = $2 AND ((verified > $3 AND verified <= $4) OR {or})"
        );
        let row: Option<(i64,)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(session.to_owned())
            .bind(member.to_string())
            .bind(now() - PASSKEY_HOLDS_SECONDS)
            .bind(now() + CLOCK_APART_SECONDS_MAX)
            .bind(of.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }
}
