//! The rows of announced rules. Whoever writes one has the turns of all writers.

use gongxiang::identity::Day;
use jiff::Timestamp;
use sqlx::FromRow;

use super::{SqlTransaction, differs, from_json};
use crate::ledger::store::announcement::{AnnouncedRules, AnnouncementState, NewAnnouncement};
use crate::ledger::store::{Key, Result, StoreError};
use crate::text::json;

const COLUMNS: &str =
    "id, owner, request_key, fingerprint, event, flags, based_on, begins, actor, announced, state, code";

/// A row of [`COLUMNS`].
#[derive(FromRow)]
struct AnnouncedRow {
    id: i64,
    owner: String,
    request_key: String,
    fingerprint: String,
    event: String,
    flags: String,
    based_on: String,
    begins: String,
    actor: String,
    announced: i64,
    state: String,
    code: Option<String>,
}

impl AnnouncedRow {
    fn read(self) -> Result<AnnouncedRules> {
        let wrong = || differs(format!("the announced rules {} are not ours", self.id));
        let (from, state) = (Day::parse(&self.begins), AnnouncementState::parse(&self.state));
        let made = NewAnnouncement {
            key: Key { scope: self.owner, key: self.request_key, fingerprint: self.fingerprint },
            event: self.event,
            flags: from_json("accepted flags", &self.flags)?,
            based_on: self.based_on,
            from: from.ok_or_else(wrong)?,
            actor: self.actor,
        };
        let state = state.ok_or_else(wrong)?;
        Ok(AnnouncedRules { id: self.id, made, announced: self.announced, state, code: self.code })
    }
}

impl SqlTransaction {
    pub(super) async fn announced_last(&mut self) -> Result<Option<AnnouncedRules>> {
        self.announced_where("0 = 0", &[]).await
    }

    pub(super) async fn announced_waiting(&mut self) -> Result<Option<AnnouncedRules>> {
        self.announced_where("state = 'waiting'", &[]).await
    }

    pub(super) async fn announced_under(&mut self, key: &Key) -> Result<Option<AnnouncedRules>> {
        self.announced_where("owner = $1 AND request_key = $2", &[&key.scope, &key.key]).await
    }

    async fn announced_where(&mut self, which: &str, parameters: &[&str]) -> Result<Option<AnnouncedRules>> {
        let sql = format!("SELECT {COLUMNS} FROM announced_rules WHERE {which} ORDER BY id DESC LIMIT 1");
        let mut rows: Vec<AnnouncedRow> = self.all(&sql, parameters).await?;
        rows.pop().map(AnnouncedRow::read).transpose()
    }

    /// Stores, too, that members are to be told.
    pub(super) async fn keep_announced(&mut self, new: &NewAnnouncement) -> Result<AnnouncedRules> {
        let NewAnnouncement { key, event, flags, based_on, from, actor } = new;
        let sql = "INSERT INTO announced_rules (owner, request_key, fingerprint, event, flags, based_on, begins, actor, announced)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CAST($9 AS BIGINT))";
        let (flags, from) = (json(flags), from.to_string());
        let now = Timestamp::now().as_second().to_string();
        self.run(sql, &[&key.scope, &key.key, &key.fingerprint, event, &flags, based_on, &from, actor, &now]).await?;
        let kept = self.announced_under(key).await?.ok_or_else(|| differs("announced rules are not there"))?;
        if self.has_subscriptions {
            let sql = "INSERT INTO notice_sources (kind, subject) VALUES ('announced', $1)";
            self.run(sql, &[&kept.id.to_string()]).await?;
        }
        Ok(kept)
    }

    pub(super) async fn withdraw_announced(&mut self, id: i64) -> Result<bool> {
        let sql = "UPDATE announced_rules SET state = 'withdrawn' WHERE id = CAST($1 AS BIGINT) AND state = 'waiting'";
        match self.run(sql, &[&id.to_string()]).await? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(StoreError::Conflict),
        }
    }
}
