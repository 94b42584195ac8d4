//! What a transaction answers: lists page by page, by key. `load.rs` and `write.rs` have what a writer needs.

use async_trait::async_trait;
use gongxiang::book::Account;
use gongxiang::day_report::DayReport;
use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::receipt::{Amount, Party, Posting, Rule};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::RECEIPT_VERSION;
use gongxiang::wire::statement::BookedPosting;
use serde::de::DeserializeOwned;

use super::load::spending_of;
use super::{SqlTransaction, conflict_or, differs, from_json, parse_id, parse_rules};
use crate::ledger::needs::{Due, Needs};
use crate::ledger::network::{Brought, Size, Trade as TradeSum};
use crate::ledger::reports::{ClosedReport, Spending};
use crate::ledger::store::announcement::{AnnouncedRules, NewAnnouncement};
use crate::ledger::store::{
    Batch, ClosedDay, CurrentState, DirectMember, FirstOutcome, Headline, JournalEntry, Key, Page, Place, Result,
    StoreError, TradeCursor, Transaction, WorkingSet,
};

/// Place, version, day, type, event, receipt, time, actor, accepted flags.
type JournalRow = (i64, i64, String, String, String, String, String, String, String);
/// Place, line, day, giver, receiver, asset, amount, rule, reason.
type PostingRow = (i64, i64, String, String, String, String, String, String, String);

/// The days on which orders are due, each found by one look into an index.
const DUE_DAYS: &str = "WITH RECURSIVE due_days (due) AS (
         SELECT MIN(due) FROM orders WHERE due IS NOT NULL
         UNION ALL
         SELECT (SELECT MIN(o.due) FROM orders o WHERE o.due > due_days.due) FROM due_days WHERE due_days.due IS NOT NULL
     )";

#[async_trait]
impl Transaction for SqlTransaction {
    async fn answered(&mut self, keys: &[Key]) -> Result<Vec<FirstOutcome>> {
        self.load_answered(keys).await
    }

    async fn load(&mut self, needs: &Needs) -> Result<WorkingSet> {
        self.load_part(needs).await
    }

    async fn count_due(&mut self, due: Due) -> Result<usize> {
        self.count_all_due(due).await
    }

    async fn write(&mut self, batch: &Batch) -> Result<()> {
        self.write_batch(batch).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let dialect = self.dialect;
        dialect.bounded(self.tx.commit()).await.map_err(|error| conflict_or(dialect, error))
    }

    async fn now(&mut self) -> Result<CurrentState> {
        self.read_now().await
    }

    async fn journal(&mut self, page: Page<Place>) -> Result<Vec<JournalEntry>> {
        let sql = "SELECT place, version, day, kind, event, receipt, at, actor, accepted_flags FROM journal
                   WHERE place > CAST($1 AS BIGINT) ORDER BY place LIMIT CAST($2 AS BIGINT)";
        let rows = self.all(sql, &[&page.after.to_string(), &page.limit.to_string()]).await?;
        rows.into_iter().map(journal_entry).collect()
    }

    async fn headlines(&mut self, page: Page<Place>) -> Result<Vec<Headline>> {
        let sql = "SELECT place, kind, event, at, actor FROM journal
                   WHERE place < CAST($1 AS BIGINT) ORDER BY place DESC LIMIT CAST($2 AS BIGINT)";
        let rows: Vec<(i64, String, String, String, String)> =
            self.all(sql, &[&page.after.to_string(), &page.limit.to_string()]).await?;
        let headline = |(place, kind, event, at, actor): (i64, String, String, String, String)| {
            let kind = Kind::parse(&kind).ok_or_else(|| differs(format!("`{kind}` is no type of event")))?;
            Ok(Headline { place: Place(place), kind, event, at, actor })
        };
        rows.into_iter().map(headline).collect()
    }

    async fn entered(&mut self, place: Place) -> Result<Option<JournalEntry>> {
        let before = Page { after: Place(place.0.saturating_sub(1)), limit: 1 };
        Ok(self.journal(before).await?.pop().filter(|entry| entry.place == place))
    }

    async fn postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let (place, line) = page.after;
        let sql = "SELECT place, line, day, giver, receiver, asset, amount, rule, why FROM postings
                   WHERE (place, line) > (CAST($1 AS BIGINT), CAST($2 AS BIGINT))
                   ORDER BY place, line LIMIT CAST($3 AS BIGINT)";
        let rows = self.all(sql, &[&place.to_string(), &line.to_string(), &page.limit.to_string()]).await?;
        rows.into_iter().map(booked_posting).collect()
    }

    async fn postings_of(&mut self, member: &Id, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let (place, line) = page.after;
        let sql = "SELECT p.place, p.line, p.day, p.giver, p.receiver, p.asset, p.amount, p.rule, p.why
                   FROM postings_of_members m JOIN postings p ON p.place = m.place AND p.line = m.line
                   WHERE m.member = $1 AND (m.place, m.line) < (CAST($2 AS BIGINT), CAST($3 AS BIGINT))
                   ORDER BY m.place DESC, m.line DESC LIMIT CAST($4 AS BIGINT)";
        let rows =
            self.all(sql, &[member.as_str(), &place.to_string(), &line.to_string(), &page.limit.to_string()]).await?;
        rows.into_iter().map(booked_posting).collect()
    }

    async fn count_postings_of_members(&mut self) -> Result<u64> {
        let sql = "SELECT COUNT(*), COUNT(p.place) FROM postings_of_members m
                   LEFT JOIN postings p ON p.place = m.place AND p.line = m.line
                       AND ('member ' || m.member) IN (p.giver, p.receiver)";
        let counted: Vec<(i64, i64)> = self.all(sql, &[]).await?;
        match counted.as_slice() {
            [(rows, right)] if rows == right => Ok(rows.unsigned_abs()),
            _ => Err(differs("a posting is in the statement of a member that it does not concern")),
        }
    }

    async fn accounts(&mut self, page: Page<&str>) -> Result<Vec<(Id, Account)>> {
        self.by_id("SELECT member, account FROM accounts WHERE member > $1 ORDER BY member", page).await
    }

    async fn members_starting(&mut self, beginning: &str, page: Page<&str>) -> Result<Vec<Id>> {
        // Every character of an id comes before this end.
        let end = format!("{beginning}\u{7f}");
        let sql = "SELECT member FROM accounts WHERE member > $1 AND member >= $2 AND member < $3
                   ORDER BY member LIMIT CAST($4 AS BIGINT)";
        let rows: Vec<(String,)> = self.all(sql, &[page.after, beginning, &end, &page.limit.to_string()]).await?;
        rows.iter().map(|(member,)| parse_id(member)).collect()
    }

    async fn shops(&mut self, city: Option<Region>, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account)>> {
        let (after, limit) = (page.after, page.limit.to_string());
        if let Some(city) = city {
            let sql = "SELECT member, account FROM accounts WHERE shop = $1 AND member > $2
                       ORDER BY member LIMIT CAST($3 AS BIGINT)";
            return self.contents(sql, &[&city.to_string(), after.1, &limit]).await;
        }
        let sql = "SELECT member, account FROM accounts WHERE shop IS NOT NULL AND (shop, member) > ($1, $2)
                   ORDER BY shop, member LIMIT CAST($3 AS BIGINT)";
        self.contents(sql, &[after.0, after.1, &limit]).await
    }

    async fn days(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedDay>> {
        let after = page.after.map_or_else(String::new, |day| day.to_string());
        let sql = "SELECT record FROM days WHERE day > $1 ORDER BY day LIMIT CAST($2 AS BIGINT)";
        let rows: Vec<(String,)> = self.all(sql, &[&after, &page.limit.to_string()]).await?;
        rows.iter().map(|(record,)| from_json("a day", record)).collect()
    }

    async fn day_reports(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedReport>> {
        let after = page.after.map_or_else(String::new, |day| day.to_string());
        let sql = "SELECT day, report, total FROM day_reports WHERE day > $1 ORDER BY day LIMIT CAST($2 AS BIGINT)";
        let rows: Vec<(String, String, String)> = self.all(sql, &[&after, &page.limit.to_string()]).await?;
        let closed = |(day, report, total): (String, String, String)| {
            let parsed = Day::parse(&day).ok_or_else(|| differs(format!("`{day}` is no day")))?;
            let (report, total) = (from_json("a report", &report)?, from_json("a report", &total)?);
            Ok(ClosedReport { day: parsed, report, total })
        };
        rows.into_iter().map(closed).collect()
    }

    async fn report_so_far(&mut self) -> Result<(DayReport, DayReport)> {
        let total = self.total_report().await?;
        let rows: Vec<(String,)> = self.all("SELECT report FROM shards", &[]).await?;
        let mut open = DayReport::default();
        for (report,) in rows {
            open.merge(&from_json("a report", &report)?);
        }
        Ok((open, total))
    }

    async fn spending(&mut self, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account, Spending)>> {
        let sql = "SELECT member, account, spending FROM accounts WHERE shop IS NOT NULL
                   AND (shop, member) > ($1, $2) ORDER BY shop, member LIMIT CAST($3 AS BIGINT)";
        let (city, member) = page.after;
        let rows: Vec<(String, String, Option<String>)> =
            self.all(sql, &[city, member, &page.limit.to_string()]).await?;
        let shop = |(id, account, spending): (String, String, Option<String>)| {
            Ok((parse_id(&id)?, from_json(&id, &account)?, spending_of(spending.as_deref())?))
        };
        rows.into_iter().map(shop).collect()
    }

    async fn rules(&mut self) -> Result<Vec<(Place, RuleSet)>> {
        let rows: Vec<(i64, String)> = self.all("SELECT place, rules FROM rules ORDER BY version", &[]).await?;
        rows.into_iter().map(|(place, text)| Ok((Place(place), parse_rules(&text)?))).collect()
    }

    async fn announced(&mut self) -> Result<Option<AnnouncedRules>> {
        self.announced_last().await
    }

    async fn announced_by(&mut self, key: &Key) -> Result<Option<AnnouncedRules>> {
        self.announced_under(key).await
    }

    async fn announce(&mut self, new: &NewAnnouncement) -> Result<AnnouncedRules> {
        self.keep_announced(new).await
    }

    async fn withdraw(&mut self, id: i64) -> Result<bool> {
        self.withdraw_announced(id).await
    }

    async fn day_after(&mut self, place: Place) -> Result<Option<(Place, Day)>> {
        let sql = "SELECT place, day FROM journal WHERE place > CAST($1 AS BIGINT) ORDER BY place LIMIT 1";
        let mut rows: Vec<(i64, String)> = self.all(sql, &[&place.to_string()]).await?;
        let Some((place, day)) = rows.pop() else { return Ok(None) };
        let day = Day::parse(&day).ok_or_else(|| differs(format!("`{day}` is no day")))?;
        Ok(Some((Place(place), day)))
    }

    async fn orders(&mut self, page: Page<&str>) -> Result<Vec<(Id, Order)>> {
        self.by_id("SELECT id, content FROM orders WHERE id > $1 ORDER BY id", page).await
    }

    async fn orders_of(&mut self, merchant: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let sql = "SELECT id, content FROM orders WHERE merchant = $1 AND sequence < CAST($2 AS BIGINT)
                   ORDER BY sequence DESC LIMIT CAST($3 AS BIGINT)";
        self.contents(sql, &[merchant.as_str(), &page.after.to_string(), &page.limit.to_string()]).await
    }

    async fn orders_ending(
        &mut self,
        merchant: &Id,
        ending: &str,
        among: usize,
        limit: usize,
    ) -> Result<Vec<(Id, Order)>> {
        let sql = "SELECT id, content FROM (
                       SELECT id, content, sequence FROM orders WHERE merchant = $1
                       ORDER BY sequence DESC LIMIT CAST($3 AS BIGINT)
                   ) newest
                   WHERE lower(substr(id, length(id) - length(CAST($2 AS TEXT)) + 1)) = CAST($2 AS TEXT)
                   ORDER BY sequence DESC LIMIT CAST($4 AS BIGINT)";
        let (ending, among, limit) = (ending.to_ascii_lowercase(), among.to_string(), limit.to_string());
        self.contents(sql, &[merchant.as_str(), &ending, &among, &limit]).await
    }

    async fn orders_by(&mut self, buyer: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let sql = "SELECT id, content FROM orders WHERE buyer = $1 AND sequence < CAST($2 AS BIGINT)
                   ORDER BY sequence DESC LIMIT CAST($3 AS BIGINT)";
        self.contents(sql, &[buyer.as_str(), &page.after.to_string(), &page.limit.to_string()]).await
    }

    async fn orders_for(&mut self, member: &Id, page: Page<(Option<Day>, i64)>) -> Result<Vec<(Id, Order)>> {
        let (day, number) = page.after;
        let sql = format!(
            "{DUE_DAYS} SELECT o.id, o.content FROM due_days d
                 {join} receivers r ON r.due = d.due AND r.member = $1
                 {join} orders o ON o.due = r.due AND o.sequence = r.sequence
             WHERE d.due >= $2 AND (r.due, r.sequence) > ($2, CAST($3 AS BIGINT))
             ORDER BY r.due, r.sequence LIMIT CAST($4 AS BIGINT)",
            join = self.dialect.by_key(),
        );
        let day = day.map_or_else(String::new, |day| day.to_string());
        self.contents(&sql, &[member.as_str(), &day, &number.to_string(), &page.limit.to_string()]).await
    }

    async fn oldest_pending(&mut self) -> Result<Option<i64>> {
        let sql = format!(
            "{DUE_DAYS} SELECT MIN((SELECT MIN(o.sequence) FROM orders o WHERE o.due = d.due)) FROM due_days d"
        );
        let rows: Vec<(Option<i64>,)> = self.all(&sql, &[]).await?;
        Ok(rows.first().and_then(|(number,)| *number))
    }

    async fn offers(&mut self, open: bool, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let open = if open { "AND wants = 1" } else { "" };
        self.by_id(&format!("SELECT id, content FROM offers WHERE id > $1 {open} ORDER BY id"), page).await
    }

    async fn board(&mut self, side: Side, page: Page<Option<&Id>>) -> Result<Option<Vec<(Id, Offer)>>> {
        let mut after = (i64::MIN, "");
        if let Some(id) = page.after {
            let sql = "SELECT rank FROM offers WHERE id = $1 AND side = $2";
            let ranks: Vec<(i64,)> = self.all(sql, &[id.as_str(), side.as_str()]).await?;
            let Some((rank,)) = ranks.first() else { return Ok(None) };
            after = (*rank, id.as_str());
        }
        let sql =
            "SELECT id, content FROM offers WHERE side = $1 AND wants = 1 AND (rank, id) > (CAST($2 AS BIGINT), $3)
                   ORDER BY rank, id LIMIT CAST($4 AS BIGINT)";
        let (rank, id) = after;
        let parameters = [side.as_str(), &rank.to_string(), id, &page.limit.to_string()];
        self.contents(sql, &parameters).await.map(Some)
    }

    async fn offers_of(&mut self, owner: &Id, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let sql = "SELECT id, content FROM offers WHERE owner = $1 AND wants = 1 AND id > $2
                   ORDER BY id LIMIT CAST($3 AS BIGINT)";
        self.contents(sql, &[owner.as_str(), page.after, &page.limit.to_string()]).await
    }

    async fn trades(&mut self, member: Option<&Id>, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let Some(member) = member else {
            return self.by_id("SELECT id, content FROM trades WHERE id > $1 ORDER BY id", page).await;
        };
        let half = |side: &str| {
            format!(
                "SELECT * FROM (SELECT id, content FROM trades WHERE {side} = $1 AND id > $2 ORDER BY id
                 LIMIT CAST($3 AS BIGINT)) AS {side}_half"
            )
        };
        let (owner, taker) = (half("owner"), half("taker"));
        let sql = format!(
            "SELECT id, content FROM ({owner} UNION {taker}) AS both_sides ORDER BY id LIMIT CAST($3 AS BIGINT)"
        );
        self.contents(&sql, &[member.as_str(), page.after, &page.limit.to_string()]).await
    }

    async fn paid_trades(&mut self, until: Day, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let sql = "SELECT id, content FROM trades WHERE id > $1 AND paid <= $2 ORDER BY id LIMIT CAST($3 AS BIGINT)";
        self.contents(sql, &[page.after, &until.to_string(), &page.limit.to_string()]).await
    }

    async fn trades_of(&mut self, member: &Id, page: Page<TradeCursor>) -> Result<Vec<(Id, Trade, Offer)>> {
        let TradeCursor { ended, before } = page.after;
        let mut rows = Vec::new();
        if !ended {
            rows = self.half_of_trades(member, LIVING, before, page.limit).await?;
        }
        if rows.len() < page.limit {
            let before = if ended { before } else { i64::MAX };
            rows.extend(self.half_of_trades(member, ENDED, before, page.limit - rows.len()).await?);
        }
        let row = |(id, trade, offer): (String, String, String)| {
            Ok((parse_id(&id)?, from_json(&id, &trade)?, from_json(&id, &offer)?))
        };
        rows.into_iter().map(row).collect()
    }

    async fn purchases(&mut self, page: Page<&str>) -> Result<Vec<(Id, Purchase)>> {
        self.by_id("SELECT id, content FROM purchases WHERE id > $1 ORDER BY id", page).await
    }

    async fn purchases_of(&mut self, member: &Id, page: Page<i64>) -> Result<Vec<(Id, Purchase)>> {
        let sql = "SELECT id, content FROM purchases WHERE member = $1 AND sequence < CAST($2 AS BIGINT)
                   ORDER BY sequence DESC LIMIT CAST($3 AS BIGINT)";
        self.contents(sql, &[member.as_str(), &page.after.to_string(), &page.limit.to_string()]).await
    }

    async fn redemptions_of(
        &mut self,
        member: &Id,
        page: Page<Option<&Id>>,
    ) -> Result<Option<Vec<(Id, RedemptionRecord)>>> {
        let mut before = (i64::MAX, "");
        if let Some(id) = page.after {
            let sql = "SELECT made FROM redemptions WHERE id = $1 AND member = $2";
            let made: Vec<(i64,)> = self.all(sql, &[id.as_str(), member.as_str()]).await?;
            let Some((made,)) = made.first() else { return Ok(None) };
            before = (*made, id.as_str());
        }
        let sql = "SELECT id, content FROM redemptions WHERE member = $1 AND (made, id) < (CAST($2 AS BIGINT), $3)
                   ORDER BY made DESC, id DESC LIMIT CAST($4 AS BIGINT)";
        let (made, id) = before;
        let parameters = [member.as_str(), &made.to_string(), id, &page.limit.to_string()];
        self.contents(sql, &parameters).await.map(Some)
    }

    async fn team_sizes(&mut self, holder: &Id) -> Result<Vec<(u8, Size)>> {
        self.sizes_of(holder).await
    }

    async fn team_months(&mut self, holder: &Id, from: &str) -> Result<Vec<(String, u8, TradeSum)>> {
        self.trade_below(holder, from).await
    }

    async fn team_rewards(&mut self, holder: &Id, from: &str) -> Result<Vec<(String, Brought)>> {
        self.rewards_of(holder, from).await
    }

    async fn direct_members(&mut self, holder: &Id, page: Page<&str>) -> Result<Vec<DirectMember>> {
        self.members_below(holder, page).await
    }

    async fn city_days(&mut self, city: Region, after: &str) -> Result<Vec<(Day, TradeSum)>> {
        self.trade_in(city, after).await
    }

    async fn city_shops(&mut self, city: Region, month: &str, page: Page<&str>) -> Result<Vec<(Id, TradeSum)>> {
        self.shops_in(city, month, page).await
    }

    async fn redemptions(&mut self, page: Page<&str>) -> Result<Vec<(Id, RedemptionRecord)>> {
        self.by_id("SELECT id, content FROM redemptions WHERE id > $1 ORDER BY id", page).await
    }
}

/// As the partial indices of trades say it.
const LIVING: &str = "t.unpaid IS NOT NULL OR t.paid IS NOT NULL";
const ENDED: &str = "t.unpaid IS NULL AND t.paid IS NULL";

impl SqlTransaction {
    /// The report of all days that are closed.
    pub(super) async fn total_report(&mut self) -> Result<DayReport> {
        let sql = "SELECT total FROM day_reports ORDER BY day DESC LIMIT 1";
        let rows: Vec<(String,)> = self.all(sql, &[]).await?;
        rows.first().map_or_else(|| Ok(DayReport::default()), |(total,)| from_json("a report", total))
    }

    /// A member's trades in one of two states, newest first, with their offers.
    async fn half_of_trades(
        &mut self,
        member: &Id,
        state: &str,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(String, String, String)>> {
        let half = |side: &str| {
            format!(
                "SELECT * FROM (SELECT t.id, t.content, t.offer, t.sequence FROM trades t
                 WHERE t.{side} = $1 AND ({state}) AND t.sequence < CAST($2 AS BIGINT)
                 ORDER BY t.sequence DESC LIMIT CAST($3 AS BIGINT)) AS {side}_half"
            )
        };
        let (owner, taker) = (half("owner"), half("taker"));
        // Nobody takes an offer of its own, so no trade is in both halves.
        let sql = format!(
            "SELECT s.id, s.content, o.content FROM ({owner} UNION ALL {taker}) AS s {join} offers o ON o.id = s.offer
             ORDER BY s.sequence DESC LIMIT CAST($3 AS BIGINT)",
            join = self.dialect.by_key(),
        );
        self.all(&sql, &[member.as_str(), &before.to_string(), &limit.to_string()]).await
    }

    /// A page of a query that finds an id and a JSON text after the id in `$1`.
    async fn by_id<V: DeserializeOwned>(&mut self, sql: &str, page: Page<&str>) -> Result<Vec<(Id, V)>> {
        self.contents(&format!("{sql} LIMIT CAST($2 AS BIGINT)"), &[page.after, &page.limit.to_string()]).await
    }

    /// The rows of a query that finds an id and a JSON text.
    async fn contents<V: DeserializeOwned>(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<(Id, V)>> {
        let rows: Vec<(String, String)> = self.all(sql, parameters).await?;
        rows.into_iter().map(|(id, content)| Ok((parse_id(&id)?, from_json(&id, &content)?))).collect()
    }
}

fn journal_entry(row: JournalRow) -> Result<JournalEntry> {
    let (place, version, day, kind, event, receipt, at, actor, flags) = row;
    let place = Place(place);
    if version != i64::from(RECEIPT_VERSION) {
        return Err(StoreError::NewerRow { place, version });
    }
    let kind = Kind::parse(&kind).ok_or_else(|| differs(format!("`{kind}` is no type of event")))?;
    let receipt = from_json(&format!("the receipt of event {place}"), &receipt)?;
    let day = Day::parse(&day).ok_or_else(|| differs(format!("`{day}` is no day")))?;
    let accepted_flags = from_json("accepted flags", &flags)?;
    Ok(JournalEntry { place, day, kind, event, receipt, at, actor, accepted_flags })
}

fn booked_posting(row: PostingRow) -> Result<BookedPosting> {
    let (place, line, day, giver, receiver, asset, amount, rule, why) = row;
    let name = format!("posting {line} of event {place}");
    let unreadable = |what: &str| differs(format!("{name} has {what}"));
    let party = |text: &str| Party::parse(text).ok_or_else(|| unreadable(&format!("`{text}`, which is no party")));
    let amount = Amount::parse(&asset, &amount).ok_or_else(|| unreadable(&format!("`{amount}` of `{asset}`")))?;
    let unknown_rule = || unreadable(&format!("the rule `{rule}`, which this version does not know"));
    let posting = Posting {
        from: party(&giver)?,
        to: party(&receiver)?,
        amount,
        rule: Rule::parse(&rule).ok_or_else(unknown_rule)?,
        why: from_json(&name, &why)?,
    };
    let day = Day::parse(&day).ok_or_else(|| unreadable(&format!("the day `{day}`")))?;
    Ok(BookedPosting { place, line, day, posting })
}
