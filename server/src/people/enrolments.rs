//! Enrolment codes let somebody sign in who has no passkey yet. Only their hashes are stored.

use sqlx::AnyConnection;

use super::holder::Holder;
use super::profiles::give_first_number;
use super::store::{People, enrolment_hash, no_secret, now, secret, session_hash};
use crate::limits::{CLOCK_AHEAD_SECONDS_MAX, CODES_MAX, ENROLMENT_SECONDS_MAX};
use crate::text::fingerprint;
use crate::transaction::begin;

/// An enrolment code that was used up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Enrolled {
    pub member: String,
    /// The passkey of the session that made it.
    pub passkey: Option<String>,
}

/// The result of making an enrolment code.
#[derive(Clone, Debug)]
pub enum EnrolmentOutcome {
    Made {
        code: String,
        /// In seconds.
        holds: i64,
    },
    /// The session that asked for it has ended.
    SessionEnded,
    /// The holder has the maximum number of codes.
    TooMany,
}

impl People {
    /// Makes an enrolment code. Only its hash is stored, with the passkey that opened the
    /// session of `token`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enrol(&self, holder: &Holder, token: Option<&str>) -> sqlx::Result<EnrolmentOutcome> {
        let secret = secret().map_err(no_secret)?;
        let mut tx = begin(&self.pool).await?;
        let mut passkey = None;
        let session = token.and_then(session_hash);
        if let Some(session) = &session {
            // Changes nothing, but locks the row: a request that removes the passkey then waits, and finds the code.
            let row: Option<(Option<String>,)> =
                sqlx::query_as("UPDATE sessions SET expires = expires WHERE hash = $1 RETURNING passkey")
                    .bind(session.clone())
                    .fetch_optional(&mut *tx)
                    .await?;
            let Some((opened_by,)) = row else { return Ok(EnrolmentOutcome::SessionEnded) };
            passkey = opened_by;
        }
        sqlx::query(
            "INSERT INTO enrolments (hash, member, expires, passkey, made, session) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(fingerprint(secret.as_bytes()))
        .bind(holder.to_string())
        .bind(now() + ENROLMENT_SECONDS_MAX)
        .bind(passkey)
        .bind(now())
        .bind(session)
        .execute(&mut *tx)
        .await?;
        let (open,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM enrolments WHERE member = $1 AND expires > $2")
            .bind(holder.to_string())
            .bind(now())
            .fetch_one(&mut *tx)
            .await?;
        if open > CODES_MAX {
            return Ok(EnrolmentOutcome::TooMany);
        }
        if let Holder::Member(member) = holder {
            give_first_number(&mut tx, member).await?;
        }
        tx.commit().await?;
        Ok(EnrolmentOutcome::Made { code: format!("gxe_{secret}"), holds: ENROLMENT_SECONDS_MAX })
    }

    /// The holder of an enrolment code, and the code's hash. Does not use the code up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enrolled(&self, code: &str) -> sqlx::Result<Option<(Holder, String)>> {
        let Some(hash) = enrolment_hash(code) else { return Ok(None) };
        let sql = "SELECT member FROM enrolments WHERE hash = $1 AND expires > $2 AND expires < $3";
        let row: Option<(String,)> =
            sqlx::query_as(sql).bind(hash.clone()).bind(now()).bind(latest_end()).fetch_optional(&self.pool).await?;
        Ok(row.and_then(|(member,)| Some((Holder::parse(&member)?, hash))))
    }
}

/// A code that ends later was made by a clock that was far ahead, and does not hold.
fn latest_end() -> i64 {
    now() + ENROLMENT_SECONDS_MAX + CLOCK_AHEAD_SECONDS_MAX
}

pub(super) async fn use_enrolment(tx: &mut AnyConnection, hash: &str) -> sqlx::Result<Option<Enrolled>> {
    sqlx::query_as("DELETE FROM enrolments WHERE hash = $1 AND expires > $2 AND expires < $3 RETURNING member, passkey")
        .bind(hash.to_owned())
        .bind(now())
        .bind(latest_end())
        .fetch_optional(tx)
        .await
}
