//! Lists, page by page, by key.

use gongxiang::book::DayRecord;
use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id};
use gongxiang::market::Trade;
use gongxiang::order::Order;
use gongxiang::receipt::{Amount, Party, Posting, Rule};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::RECEIPT_VERSION;
use gongxiang::wire::statement::BookedPosting;
use serde::de::DeserializeOwned;
use sqlx::SqlSafeStr;

use super::{Work, conflict_or, differs, from_json, limit, parse_id, parse_rules};
use crate::ledger::store::{JournalEntry, Page, Place, Result, StoreError};

/// Place, version, day, type, event, receipt, time, actor, accepted flags.
type JournalRow = (i64, i64, String, String, String, String, String, String, String);
/// Place, line, day, giver, receiver, asset, amount, rule, reason.
type PostingRow = (i64, i64, String, String, String, String, String, String, String);

impl Work {
    /// Rows of an id and a JSON, after an id in `$1`, at most `$2`.
    pub(super) async fn read_table<V: DeserializeOwned>(
        &mut self,
        sql: impl SqlSafeStr,
        page: Page<&str>,
    ) -> Result<Vec<(Id, V)>> {
        let query = sqlx::query_as::<_, (String, String)>(sql).bind(page.after.to_owned()).bind(limit(page.limit));
        let rows = query.fetch_all(&mut *self.tx).await.map_err(|error| conflict_or(self.dialect, error))?;
        rows.into_iter().map(|(id, content)| Ok((parse_id(&id)?, from_json(&id, &content)?))).collect()
    }

    pub(super) async fn read_journal(&mut self, page: Page<Place>) -> Result<Vec<JournalEntry>> {
        let rows: Vec<JournalRow> = sqlx::query_as(
            "SELECT place, version, day, kind, event, receipt, at, actor, accepted_flags FROM journal
             WHERE place > $1 ORDER BY place LIMIT $2",
        )
        .bind(page.after.0)
        .bind(limit(page.limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|error| conflict_or(self.dialect, error))?;
        let entered = |(place, version, day, kind, event, receipt, at, actor, flags): JournalRow| {
            let place = Place(place);
            if version != i64::from(RECEIPT_VERSION) {
                return Err(StoreError::NewerRow { place, version });
            }
            let kind = Kind::parse(&kind).ok_or_else(|| differs(format!("`{kind}` is no type of event")))?;
            let receipt = from_json(&format!("the receipt of event {place}"), &receipt)?;
            let day = Day::parse(&day).ok_or_else(|| differs(format!("`{day}` is no day")))?;
            let accepted_flags = from_json("accepted flags", &flags)?;
            Ok(JournalEntry { place, day, kind, event, receipt, at, actor, accepted_flags })
        };
        rows.into_iter().map(entered).collect()
    }

    pub(super) async fn read_postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let (Place(place), line) = page.after;
        let rows: Vec<PostingRow> = sqlx::query_as(
            "SELECT place, line, day, giver, receiver, asset, amount, rule, why FROM postings
             WHERE (place, line) > ($1, $2) ORDER BY place, line LIMIT $3",
        )
        .bind(place)
        .bind(line)
        .bind(limit(page.limit))
        .fetch_all(&mut *self.tx)
        .await
        .map_err(|error| conflict_or(self.dialect, error))?;
        rows.into_iter().map(booked).collect()
    }

    pub(super) async fn read_postings_of(
        &mut self,
        member: &Id,
        page: Page<(Place, i64)>,
    ) -> Result<Vec<BookedPosting>> {
        let (Place(place), line) = page.after;
        // Each half has an index of its own, of members only, as the query has to say as well.
        let half = |side: &str| {
            format!(
                "SELECT * FROM (SELECT place, line, day, giver, receiver, asset, amount, rule, why FROM postings
                 WHERE {side} = $1 AND {side} LIKE 'member %' AND (place, line) < ($2, $3) ORDER BY place DESC, line DESC LIMIT $4) AS {side}_half"
            )
        };
        let sql = format!("{} UNION {} ORDER BY place DESC, line DESC LIMIT $4", half("giver"), half("receiver"));
        let rows: Vec<PostingRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(Party::Member(member.clone()).to_string())
            .bind(place)
            .bind(line)
            .bind(limit(page.limit))
            .fetch_all(&mut *self.tx)
            .await
            .map_err(|error| conflict_or(self.dialect, error))?;
        rows.into_iter().map(booked).collect()
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

fn booked((place, line, day, giver, receiver, asset, amount, rule, why): PostingRow) -> Result<BookedPosting> {
    let unreadable = |what: &str| differs(format!("posting {line} of event {place} has {what}"));
    let party = |text: &str| Party::parse(text).ok_or_else(|| unreadable(&format!("`{text}`, which is no party")));
    let amount = Amount::parse(&asset, &amount).ok_or_else(|| unreadable(&format!("`{amount}` of `{asset}`")))?;
    let posting = Posting {
        from: party(&giver)?,
        to: party(&receiver)?,
        amount,
        rule: Rule::parse(&rule)
            .ok_or_else(|| unreadable(&format!("the rule `{rule}`, which this version does not know")))?,
        why: from_json(&format!("posting {line} of event {place}"), &why)?,
    };
    let day = Day::parse(&day).ok_or_else(|| unreadable(&format!("the day `{day}`")))?;
    Ok(BookedPosting { place, line, day, posting })
}
