//! Lists, page by page, by key.

use gongxiang::book::DayRecord;
use gongxiang::identity::{Day, Id};
use gongxiang::market::Trade;
use gongxiang::order::Order;
use gongxiang::ruleset::RuleSet;
use serde::de::DeserializeOwned;

use super::write::party;
use super::{Work, conflict_or, differs, from_json, limit, parse_id, parse_rules};
use crate::ledger::store::{Entered, Page, Place, Posted, Result};

type JournalRow = (i64, String, String, String, String, String, String, String);
type PostingRow = (i64, i64, String, String, String, String, String, String, String);

impl Work {
    /// Rows of an id and a JSON, after an id in `$1`, at most `$2`.
    pub(super) async fn read_table<V: DeserializeOwned>(
        &mut self,
        sql: &'static str,
        page: Page<&str>,
    ) -> Result<Vec<(Id, V)>> {
        let query = sqlx::query_as::<_, (String, String)>(sql).bind(page.after.to_owned()).bind(limit(page.limit));
        let rows = query.fetch_all(&mut *self.tx).await.map_err(|error| conflict_or(self.dialect, error))?;
        rows.into_iter().map(|(id, content)| Ok((parse_id(&id)?, from_json(&id, &content)?))).collect()
    }

    pub(super) async fn read_journal(&mut self, page: Page<Place>) -> Result<Vec<Entered>> {
        let rows: Vec<JournalRow> = sqlx::query_as(
            "SELECT place, day, kind, event, receipt, at, actor, accepted_flags FROM journal
             WHERE place > $1 ORDER BY place LIMIT $2",
        )
        .bind(page.after.0)
        .bind(limit(page.limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|error| conflict_or(self.dialect, error))?;
        let entered = |(place, day, kind, event, receipt, at, actor, flags): JournalRow| {
            let day = Day::parse(&day).ok_or_else(|| differs(format!("`{day}` is no day")))?;
            let accepted_flags = from_json("accepted flags", &flags)?;
            Ok(Entered { place: Place(place), day, kind, event, receipt, at, actor, accepted_flags })
        };
        rows.into_iter().map(entered).collect()
    }

    pub(super) async fn read_postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<Posted>> {
        let (Place(place), line) = page.after;
        let rows: Vec<PostingRow> = sqlx::query_as(
            "SELECT place, line, day, giver, receiver, asset, amount, rule, reason FROM postings
             WHERE (place, line) > ($1, $2) ORDER BY place, line LIMIT $3",
        )
        .bind(place)
        .bind(line)
        .bind(limit(page.limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|error| conflict_or(self.dialect, error))?;
        Ok(rows.into_iter().map(posted).collect())
    }

    pub(super) async fn read_postings_of(&mut self, member: &Id, page: Page<(Place, i64)>) -> Result<Vec<Posted>> {
        let (Place(place), line) = page.after;
        // Each half has an index of its own, of members only, as the query has to say as well.
        let half = |side: &str| {
            format!(
                "SELECT * FROM (SELECT place, line, day, giver, receiver, asset, amount, rule, reason FROM postings
                 WHERE {side} = $1 AND {side} LIKE 'member %' AND (place, line) < ($2, $3) ORDER BY place DESC, line DESC LIMIT $4) AS {side}_half"
            )
        };
        let sql = format!("{} UNION {} ORDER BY place DESC, line DESC LIMIT $4", half("giver"), half("receiver"));
        let rows: Vec<PostingRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(party(member))
            .bind(place)
            .bind(line)
            .bind(limit(page.limit))
            .fetch_all(&mut *self.tx)
            .await
            .map_err(|error| conflict_or(self.dialect, error))?;
        Ok(rows.into_iter().map(posted).collect())
    }

    pub(super) async fn read_days(&mut self, page: Page<Option<Day>>) -> Result<Vec<DayRecord>> {
        let after = page.after.map_or_else(String::new, |day| day.to_string());
        let rows: Vec<(String,)> = sqlx::query_as("SELECT record FROM days WHERE day > $1 ORDER BY day LIMIT $2")
            .bind(after)
            .bind(limit(page.limit))
            .fetch_all(&mut *self.tx)
            .await
            .map_err(|error| conflict_or(self.dialect, error))?;
        rows.iter().map(|(record,)| from_json("a day", record)).collect()
    }

    pub(super) async fn read_rules(&mut self) -> Result<Vec<(Place, RuleSet)>> {
        let rows: Vec<(i64, String)> = self.all("SELECT place, rules FROM rules ORDER BY version", &[]).await?;
        rows.into_iter().map(|(place, text)| Ok((Place(place), parse_rules(&text)?))).collect()
    }

    pub(super) async fn read_orders_of(&mut self, merchant: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, content FROM orders WHERE merchant = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
        )
        .bind(merchant.as_str().to_owned())
        .bind(page.after)
        .bind(limit(page.limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|error| conflict_or(self.dialect, error))?;
        rows.into_iter().map(|(id, content)| Ok((parse_id(&id)?, from_json(&id, &content)?))).collect()
    }

    pub(super) async fn read_trades(&mut self, member: Option<&Id>, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let Some(member) = member else {
            let sql = "SELECT id, content FROM trades WHERE id > $1 ORDER BY id LIMIT $2";
            return self.read_table(sql, page).await;
        };
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, content FROM (
                 SELECT * FROM (SELECT id, content FROM trades WHERE owner = $1 AND id > $2 ORDER BY id LIMIT $3) AS owned
                 UNION
                 SELECT * FROM (SELECT id, content FROM trades WHERE taker = $1 AND id > $2 ORDER BY id LIMIT $3) AS took
             ) AS both_sides ORDER BY id LIMIT $3",
        )
        .bind(member.as_str().to_owned())
        .bind(page.after.to_owned())
        .bind(limit(page.limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|error| conflict_or(self.dialect, error))?;
        rows.into_iter().map(|(id, content)| Ok((parse_id(&id)?, from_json(&id, &content)?))).collect()
    }
}

fn posted((place, line, day, giver, receiver, asset, amount, rule, reason): PostingRow) -> Posted {
    Posted { place: Place(place), line, day, giver, receiver, asset, amount, rule, reason }
}
