//! The list of a member's notices. It has only kinds to which the member subscribed, and keeps them for a time.

use gongxiang::identity::Id;
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::Notices;
use super::kind::NoticeKind;
use crate::limits::FORGOTTEN_AT_ONCE;

/// A notice.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Newer ones have larger numbers.
    pub number: i64,
    pub kind: NoticeKind,
    pub day: String,
    /// What it is about, as JSON.
    pub detail: String,
    /// Seconds since 1970.
    pub made: i64,
}

impl Notices {
    /// A member's notices before this one (`i64::MAX` for all), newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_member(&self, member: &Id, before: i64, limit: usize) -> sqlx::Result<Vec<Notice>> {
        let rows: Vec<(i64, String, String, String, i64)> = sqlx::query_as(
            "SELECT number, kind, day, detail, made FROM notices WHERE member = $1 AND number < $2
             ORDER BY number DESC LIMIT $3",
        )
        .bind(member.to_string())
        .bind(before)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let notice = |(number, kind, day, detail, made): (i64, String, String, String, i64)| {
            let kind = NoticeKind::parse(&kind)
                .ok_or_else(|| sqlx::Error::Decode(format!("`{kind}` is no kind of notice").into()))?;
            Ok(Notice { number, kind, day, detail, made })
        };
        rows.into_iter().map(notice).collect()
    }

    /// Forgets notices that were made before this moment; returns how many. A little at a time: writers wait for each part only.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget(&self, before: Timestamp) -> sqlx::Result<u64> {
        let mut all = 0;
        loop {
            let sql = format!(
                "DELETE FROM notices WHERE number IN
                     (SELECT number FROM notices WHERE made < $1 ORDER BY made LIMIT {FORGOTTEN_AT_ONCE})"
            );
            let gone = sqlx::query(AssertSqlSafe(sql)).bind(before.as_second()).execute(&self.pool).await?;
            all += gone.rows_affected();
            if gone.rows_affected() < FORGOTTEN_AT_ONCE {
                return Ok(all);
            }
        }
    }
}
