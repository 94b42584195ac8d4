//! Loads the part of the book that a group of events needs.

use std::collections::{BTreeMap, BTreeSet};

use gongxiang::book::{Account, DayRecord, Excerpt, Flow, Head};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::Offer;
use gongxiang::purchase::{Purchase, PurchaseState};
use gongxiang::quantity::{Index, OutOfRange};
use gongxiang::ruleset::RuleSet;

use super::dialect::{Dialect, text};
use super::rows::RowTexts;
use super::{SqlTransaction, from_json, parse_id, parse_rules};
use crate::ledger::needs::{self, Due, DueCursor, Needs};
use crate::ledger::quota::{LastTrades, Open, OpenCounts};
use crate::ledger::reports::Spending;
use crate::ledger::store::{
    CurrentState, FirstOutcome, Key, Place, Result, SHARDS, Scope, StoreError, StoredRefusal, WorkingSet, differs,
};
use crate::text;

/// The rows that every transaction reads.
struct CommonRows {
    head: Head,
    rules: RuleSet,
    rules_version: i64,
    ended: Vec<Index>,
    /// The flows of the shards, if they were read too.
    flows: Option<Vec<Shard>>,
}

/// Number, clock, flow, report; no report if this transaction does not need it.
type Shard = (i64, i64, String, String);

pub(super) fn out_of_range(_: OutOfRange) -> StoreError {
    differs("the totals do not fit together")
}

/// A JSON list of texts.
pub(super) fn list<'a>(ids: impl IntoIterator<Item = &'a Id>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(Id::as_str).collect();
    text::json(&ids)
}

impl SqlTransaction {
    /// Waits for the writer's turn: its shard's, or everybody's. `SQLite` has one writer anyway.
    async fn take_turn(&mut self) -> Result<()> {
        let shards = match self.scope {
            _ if self.dialect == Dialect::Sqlite => return Ok(()),
            Scope::Reading => return Ok(()),
            Scope::Everyday { shard } => format!("shard = {shard}"),
            Scope::Alone { .. } => format!("shard < {SHARDS}"),
        };
        let sql = format!("SELECT shard FROM turns WHERE {shards} ORDER BY shard{}", self.dialect.lock(self.scope));
        let _turns: Vec<(i64,)> = self.all(&sql, &[]).await?;
        Ok(())
    }

    /// The head without the flows of the shards, the rules, and the ended eras.
    async fn common_rows(&mut self) -> Result<CommonRows> {
        self.take_turn().await?;
        // `SQLite` reads the flows together with the head, because nobody else writes.
        let flows = match self.dialect {
            Dialect::Sqlite => format!("({})", Dialect::gathered("shard, clock, flow, report", &self.shards())),
            Dialect::Postgres => "CAST(NULL AS text)".into(),
        };
        let sql = format!(
            "SELECT head, rules, eras, CASE WHEN EXISTS (SELECT 1 FROM webhooks) THEN 1 ELSE 0 END,
                 CASE WHEN EXISTS (SELECT 1 FROM subscriptions) THEN 1 ELSE 0 END, {flows} FROM head"
        );
        let mut rows: Vec<(String, i64, i64, i32, i32, Option<String>)> = self.all(&sql, &[]).await?;
        let (head, rules_version, eras, webhooks, subscriptions, flows) = rows.pop().ok_or(StoreError::Empty)?;
        self.has_webhooks = webhooks != 0;
        self.has_subscriptions = subscriptions != 0;
        let head = from_json("the head", &head)?;
        let flows = flows.map(|flows| from_json("the flows", &flows)).transpose()?;
        let rules = self.rules_of(rules_version).await?;
        let ended = self.ended(eras).await?;
        Ok(CommonRows { head, rules, rules_version, ended, flows })
    }

    async fn rules_of(&mut self, version: i64) -> Result<RuleSet> {
        if let Some((_, rules)) = self.recent().rules.as_ref().filter(|(recent, _)| *recent == version) {
            return Ok(rules.clone());
        }
        let sql = format!("SELECT rules FROM rules WHERE version = {version}");
        let mut rows: Vec<(String,)> = self.all(&sql, &[]).await?;
        let (text,) = rows.pop().ok_or_else(|| differs(format!("there are no rules of version {version}")))?;
        let rules = parse_rules(&text)?;
        self.recent().rules = Some((version, rules.clone()));
        Ok(rules)
    }

    /// The eras that have ended. They never change, so the cached ones are valid.
    async fn ended(&mut self, eras: i64) -> Result<Vec<Index>> {
        let wanted = usize::try_from(eras).unwrap_or_default();
        if let Some(ended) = self.recent().ended.get(..wanted) {
            return Ok(ended.to_vec());
        }
        let rows: Vec<(String,)> =
            self.all(&format!("SELECT acc FROM eras WHERE era < {eras} ORDER BY era"), &[]).await?;
        let ended =
            rows.iter().map(|(acc,)| from_json("an era", &format!("\"{acc}\""))).collect::<Result<Vec<Index>>>()?;
        if ended.len() != wanted {
            return Err(differs("an era that ended is missing"));
        }
        self.recent().ended.clone_from(&ended);
        Ok(ended)
    }

    /// All shards: a writer needs the report of its own, and of all if it may close a day.
    fn shards(&self) -> String {
        let report = match self.scope {
            Scope::Reading => "''".into(),
            Scope::Everyday { shard } => format!("CASE WHEN shard = {shard} THEN report ELSE '' END"),
            Scope::Alone { .. } => "report".to_owned(),
        };
        format!("SELECT shard, clock, flow, {report} AS report FROM shards")
    }

    /// The head with the flows of all shards, and the latest clock. Called after the rows were locked, so that it includes
    /// every flow that belongs to them.
    async fn with_flows(&mut self, head: &Head, flows: Option<Vec<Shard>>) -> Result<(Head, i64)> {
        let rows = match flows {
            Some(rows) => rows,
            None => self.all(&self.shards(), &[]).await?,
        };
        let (mut all, mut latest) = (Flow::default(), 0);
        for (shard, clock, flow, report) in rows {
            let flow: Flow = from_json("a flow", &flow)?;
            if self.scope.shard().is_some_and(|own| i64::from(own) == shard) {
                self.flow = flow;
            }
            if !report.is_empty() {
                self.reports.push((shard, report));
            }
            all = all.plus(&flow).map_err(out_of_range)?;
            latest = latest.max(clock);
        }
        Ok((head.plus(&all).map_err(out_of_range)?, latest))
    }

    pub(super) async fn read_now(&mut self) -> Result<CurrentState> {
        let CommonRows { head, rules, rules_version, flows, .. } = self.common_rows().await?;
        let (head, clock) = self.with_flows(&head, flows).await?;
        Ok(CurrentState { head, rules, rules_version, clock })
    }

    pub(super) async fn load_part(&mut self, needs: &Needs) -> Result<WorkingSet> {
        let CommonRows { head, rules, ended, flows, .. } = self.common_rows().await?;
        let mut clock = 0;
        let mut excerpt = Excerpt { ended, ..Excerpt::genesis(rules) };
        let mut open = OpenCounts::default();

        // In this order, and each table by id: all writers lock rows in the same order.
        let mut members = needs.members.clone();
        self.load_due(needs, &mut excerpt, &mut clock).await?;
        excerpt.trades.extend(self.named("trades", &needs.trades, &mut clock).await?);
        let offers = excerpt.trades.values().map(|trade| &trade.offer).chain(&needs.offers).cloned().collect();
        excerpt.offers = self.offers_by_id(&offers, &mut open, &mut clock).await?;
        excerpt.orders.extend(self.named("orders", &needs.orders, &mut clock).await?);
        excerpt.purchases.extend(self.named("purchases", &needs.purchases, &mut clock).await?);
        excerpt.redemptions = self.named("redemptions", &needs.redemptions, &mut clock).await?;
        members.extend(excerpt.redemptions.values().map(|redemption| redemption.member.clone()));
        let goods = self.load_shelf(needs).await?;
        // A pack that takes effect may activate its member, which may reward the referrer.
        let mut shops = needs.shops.clone();
        let waiting = |purchase: &&Purchase| purchase.state == PurchaseState::Pending;
        shops.extend(excerpt.purchases.values().filter(waiting).map(|purchase| purchase.member.clone()));
        members.extend(excerpt.purchases.values().map(|purchase| purchase.member.clone()));
        members.extend(excerpt.trades.values().map(|trade| trade.taker.clone()));
        members.extend(excerpt.offers.values().map(|offer| offer.owner.clone()));
        for order in excerpt.orders.values() {
            members.insert(order.merchant.clone());
            members.extend(order.rewards.iter().map(|(reward, _)| reward.member.clone()));
        }
        if self.dialect == Dialect::Postgres {
            let rows = self.lock_accounts(&members).await?;
            enter(rows, &mut excerpt, &mut open, &mut clock)?;
        }
        let rows = self.read_accounts(needs, &shops, &members, &excerpt).await?;
        enter(rows, &mut excerpt, &mut open, &mut clock)?;
        let closes = needs.due.is_some_and(|due| due.most.is_none());
        if closes {
            excerpt.days = self.last_days(excerpt.rules.price_window_days).await?;
        }
        let announced = if closes { self.announced_waiting().await? } else { None };

        // Later than everything that is committed, so that an event stands in the journal after every answered one.
        let (head, latest) = self.with_flows(&head, flows).await?;
        clock = clock.max(latest);
        let first = Place::first(clock + 1, self.scope.shard().unwrap_or_default());
        excerpt.head = head;
        excerpt.head.count_from(first.number());
        Ok(WorkingSet { excerpt, first, open, shelf: goods, announced })
    }

    /// Locks and reads rows of a table by id.
    async fn named<V: serde::de::DeserializeOwned>(
        &mut self,
        table: &str,
        ids: &BTreeSet<Id>,
        clock: &mut i64,
    ) -> Result<BTreeMap<Id, V>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (wanted, lock) = (self.dialect.list(1), self.dialect.lock(self.scope));
        let sql = format!("SELECT id, clock, content FROM {table} WHERE id IN {wanted} ORDER BY id{lock}");
        let rows: Vec<(String, i64, String)> = self.many("id, clock, content", &sql, &[&list(ids)]).await?;
        contents(rows, clock)
    }

    /// Locks and reads offers by id, with the number of their open trades.
    async fn offers_by_id(
        &mut self,
        ids: &BTreeSet<Id>,
        open: &mut OpenCounts,
        clock: &mut i64,
    ) -> Result<BTreeMap<Id, Offer>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (wanted, lock) = (self.dialect.list(1), self.dialect.lock(self.scope));
        let columns = "id, clock, content, open_trades";
        let sql = format!("SELECT {columns} FROM offers WHERE id IN {wanted} ORDER BY id{lock}");
        let rows: Vec<(String, i64, String, i64)> = self.many(columns, &sql, &[&list(ids)]).await?;
        for (id, .., trades) in &rows {
            open.offers.insert(parse_id(id)?, *trades);
        }
        contents(rows.into_iter().map(|(id, at, content, _)| (id, at, content)), clock)
    }

    /// Loads what is due at a close: trades, packs and orders, in the order of the rules, up to the wanted number in all.
    async fn load_due(&mut self, needs: &Needs, excerpt: &mut Excerpt, clock: &mut i64) -> Result<()> {
        let Some(due) = needs.due else { return Ok(()) };
        let mut left = due.most;
        let DueCursor { trades, purchases, orders } = needs.due_after;
        excerpt.trades = self.first_due("trades", ("unpaid", "<"), due.day, trades, &mut left, clock).await?;
        excerpt.purchases = self.first_due("purchases", ("due", "<="), due.day, purchases, &mut left, clock).await?;
        excerpt.orders = self.first_due("orders", ("due", "<="), due.day, orders, &mut left, clock).await?;
        Ok(())
    }

    pub(super) async fn count_all_due(&mut self, due: Due) -> Result<usize> {
        let most = due.most.and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX).to_string();
        let first = |table, column, compare| {
            format!(
                "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {column} {compare} $1 LIMIT CAST($2 AS BIGINT)) t"
            )
        };
        let (trades, packs, orders) =
            (first("trades", "unpaid", "<"), first("purchases", "due", "<="), first("orders", "due", "<="));
        let sql = format!("SELECT ({trades}) + ({packs}) + ({orders})");
        let rows: Vec<(i64,)> = self.all(&sql, &[&due.day.to_string(), &most]).await?;
        Ok(rows.first().and_then(|(count,)| usize::try_from(*count).ok()).unwrap_or_default())
    }

    /// The first rows of a table whose day has come; `left` is how many rows are still wanted.
    async fn first_due<V: serde::de::DeserializeOwned>(
        &mut self,
        table: &str,
        (column, compare): (&str, &str),
        day: Day,
        after: Option<(Day, u64)>,
        left: &mut Option<usize>,
        clock: &mut i64,
    ) -> Result<BTreeMap<Id, V>> {
        let lock = self.dialect.lock(self.scope);
        let some = left.map_or(String::new(), |left| format!(" LIMIT {left}"));
        let sql = format!(
            "SELECT id, clock, content FROM {table} WHERE {column} {compare} $1 AND ({column}, sequence) > ($2, CAST($3 AS BIGINT))
             ORDER BY {column}, sequence{some}{lock}"
        );
        // Without a cursor, from before every day.
        let (last, number) = after.map_or_else(Default::default, |(day, number)| (day.to_string(), number));
        let parameters = [&day.to_string(), &last, &number.to_string()];
        let rows: Vec<(String, i64, String)> =
            self.many("id, clock, content", &sql, &parameters.map(String::as_str)).await?;
        *left = left.map(|left| left.saturating_sub(rows.len()));
        contents(rows, clock)
    }

    /// Locks and reads the accounts that may be written.
    async fn lock_accounts(&mut self, members: &BTreeSet<Id>) -> Result<Vec<StoredAccount>> {
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let (wanted, lock) = (self.dialect.list(1), self.dialect.lock(self.scope));
        let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE member IN {wanted} ORDER BY member{lock}");
        self.many(ACCOUNT, &sql, &[&list(members)]).await
    }

    /// Reads the accounts that are only read: those above buyers, referrers of merchants, partners. Locked accounts are left
    /// out. `SQLite` needs no locks, so there this also reads the accounts that may be written.
    async fn read_accounts(
        &mut self,
        needs: &Needs,
        shops: &BTreeSet<Id>,
        members: &BTreeSet<Id>,
        excerpt: &Excerpt,
    ) -> Result<Vec<StoredAccount>> {
        let (with_these, members) = match self.dialect {
            Dialect::Sqlite => (!members.is_empty(), list(members)),
            Dialect::Postgres => (false, list(excerpt.accounts.keys())),
        };
        if !with_these && needs.buyers.is_empty() && shops.is_empty() && needs.cities.is_empty() {
            return Ok(Vec::new());
        }
        let (with, without) = match self.dialect {
            Dialect::Sqlite => ("UNION SELECT value FROM json_each($4)".into(), String::new()),
            Dialect::Postgres => (String::new(), format!("WHERE looked.member NOT IN {}", self.dialect.list(4))),
        };
        let sql = format!(
            "WITH RECURSIVE up (member, referrer, depth) AS (
                 SELECT a.member, a.referrer, 0 FROM accounts a WHERE a.member IN {buyers}
                 UNION
                 SELECT a.member, a.referrer, up.depth + 1 FROM up {join} accounts a ON a.member = up.referrer
                 WHERE up.depth < {depth}
             ), looked (member) AS (
                 SELECT member FROM up
                 UNION SELECT referrer FROM accounts WHERE member IN {shops}
                 UNION SELECT p.member FROM accounts s JOIN accounts p ON p.city = s.shop WHERE s.member IN {shops}
                 UNION SELECT member FROM accounts WHERE city IN {cities}
                 {with}
             )
             SELECT {ACCOUNT} FROM looked {join} accounts a USING (member) {without}",
            buyers = self.dialect.list(1),
            shops = self.dialect.list(2),
            cities = self.dialect.list(3),
            depth = needs::depth(&excerpt.rules),
            join = self.dialect.by_key(),
        );
        let cities: Vec<String> = needs.cities.iter().map(Region::to_string).collect();
        let parameters = [&list(&needs.buyers), &list(shops), &text::json(&cities), &members];
        self.many(ACCOUNT, &sql, &parameters.map(String::as_str)).await
    }

    /// The days that the next price depends on, oldest first.
    async fn last_days(&mut self, window: u64) -> Result<Vec<DayRecord>> {
        // At least the last day, which shows whether turnover is recorded yet.
        let sql = format!("SELECT record FROM days ORDER BY day DESC LIMIT {}", window.clamp(1, 1_000_000));
        let rows: Vec<(String,)> = self.all(&sql, &[]).await?;
        rows.iter().rev().map(|(record,)| from_json("a day", record)).collect()
    }

    pub(super) async fn load_answered(&mut self, keys: &[Key]) -> Result<Vec<FirstOutcome>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut wanted = RowTexts::new(self.dialect);
        for Key { scope, key, .. } in keys {
            wanted.row(|row| {
                row.text("scope", scope);
                row.text("key", key);
            });
        }
        let sql = format!(
            "SELECT a.scope, a.key, a.fingerprint, j.receipt, a.refusal
             FROM {} w {} answers a ON a.scope = w.scope AND a.key = w.key
             LEFT JOIN journal j ON j.place = a.place",
            self.dialect.rows(&[text("scope"), text("key")]),
            self.dialect.by_key(),
        );
        let rows: Vec<AnswerRow> = self.all(&sql, &[&wanted.into_json()]).await?;
        let answer = |(scope, key, fingerprint, receipt, refusal): AnswerRow| {
            let outcome = match (receipt, refusal) {
                (Some(receipt), _) => Ok(from_json(&format!("the receipt of request `{key}`"), &receipt)?),
                (None, Some(refusal)) => Err(from_json::<StoredRefusal>("a refusal", &refusal)?.refusal()?),
                (None, None) => return Err(differs(format!("request `{key}` has no outcome"))),
            };
            Ok(FirstOutcome { key: Key { scope, key, fingerprint }, outcome })
        };
        rows.into_iter().map(answer).collect()
    }
}

/// Scope, key, fingerprint, receipt, refusal.
type AnswerRow = (String, String, String, Option<String>, Option<String>);

/// The columns of an account.
const ACCOUNT: &str =
    "member, clock, account, open_offers, open_trades, open_bought, open_orders, trades_of_day, traded_on, spending";

type StoredAccount = (String, i64, String, i64, i64, i64, i64, i64, Option<String>, Option<String>);

/// Reads rows of an id, a clock and a JSON text.
fn contents<V: serde::de::DeserializeOwned>(
    rows: impl IntoIterator<Item = (String, i64, String)>,
    clock: &mut i64,
) -> Result<BTreeMap<Id, V>> {
    let read = |(id, at, content): (String, i64, String)| {
        *clock = (*clock).max(at);
        Ok((parse_id(&id)?, from_json(&id, &content)?))
    };
    rows.into_iter().map(read).collect()
}

pub(super) fn spending_of(text: Option<&str>) -> Result<Spending> {
    text.map_or_else(|| Ok(Spending::default()), |text| from_json("what a shop paid", text))
}

/// Adds accounts to the excerpt with what they have open, and partners to their cities.
fn enter(rows: Vec<StoredAccount>, excerpt: &mut Excerpt, open: &mut OpenCounts, clock: &mut i64) -> Result<()> {
    for (member, _, _, offers, trades, bought, orders, of_day, day, spending) in &rows {
        let last_trades = LastTrades { day: day.as_deref().and_then(Day::parse), trades: *of_day };
        let spending = spending_of(spending.as_deref())?;
        let (offers, trades, bought, orders) = (*offers, *trades, *bought, *orders);
        let of_member = Open { offers, trades, bought, orders, last_trades, spending };
        open.members.insert(parse_id(member)?, of_member);
    }
    let rows = rows.into_iter().map(|(member, at, account, ..)| (member, at, account));
    for (id, account) in contents::<Account>(rows, clock)? {
        if let Some(city) = account.city {
            excerpt.partners.insert(city, id.clone());
        }
        excerpt.accounts.insert(id, account);
    }
    Ok(())
}
