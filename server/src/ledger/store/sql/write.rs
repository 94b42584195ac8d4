//! Keeping what a group changed: a few statements, whatever the size of the group.

use gongxiang::book::{Account, Flow};
use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Trade, TradeState};
use gongxiang::order::{Order, OrderState};
use gongxiang::purchase::{Purchase, PurchaseState, RedemptionRecord};
use gongxiang::receipt::{Party, Posting, Rule};
use gongxiang::wire::RECEIPT_VERSION;
use gongxiang::wire::statement::BookedPosting;
use jiff::Timestamp;
use serde::Serialize;

use super::Work;
use super::dialect::{Column, Dialect, Statement, integer, text};
use crate::ledger::quota::{Open, wants};
use crate::ledger::store::sql::load::out_of_range;
use crate::ledger::store::{
    Batch, HeadChange, JournalEntry, Key, NewAnswer, Place, Result, Row, SHARDS, Scope, StoreError, StoredRefusal,
    differs,
};
use crate::text::json;

impl Work {
    pub(super) async fn write_batch(&mut self, batch: &Batch) -> Result<()> {
        let clock = batch.first.clock();
        let mut writes = Writes { dialect: self.dialect, statements: Vec::new() };
        self.write_head(batch, clock, &mut writes)?;
        let accounts =
            batch.accounts.iter().map(|row| (row.new, account_row(row, batch.open.of_member(&row.id), clock)));
        writes.upsert("accounts", &ACCOUNT, accounts);
        writes.upsert("orders", &ORDER, batch.orders.iter().map(|row| (row.new, order_row(row, clock))));
        let offers = batch.offers.iter().map(|row| (row.new, offer_row(row, batch.open.of_offer(&row.id), clock)));
        writes.upsert("offers", &OFFER, offers);
        writes.upsert("trades", &TRADE, batch.trades.iter().map(|row| (row.new, trade_row(row, clock))));
        let purchases = batch.purchases.iter().map(|row| (row.new, purchase_row(row, clock)));
        writes.upsert("purchases", &PURCHASE, purchases);
        let redemptions = batch.redemptions.iter().map(|row| (row.new, redemption_row(row, clock)));
        writes.upsert("redemptions", &REDEMPTION, redemptions);
        writes.insert("days", &DAY, batch.days.iter().map(|record| DayRow { day: record.day, record: json(record) }));
        writes.insert("journal", &JOURNAL, batch.journal.iter().map(journal_row));
        writes.insert("postings", &POSTING, batch.journal.iter().flat_map(JournalEntry::postings).map(posting_row));
        let now = Timestamp::now();
        writes.insert("answers", &ANSWER, batch.answers.iter().map(|answer| answer_row(answer, now)));
        for Statement { sql, parameters, rows } in self.dialect.joined(writes.statements) {
            let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
            if self.run(&sql, &parameters).await? != rows {
                return Err(StoreError::Conflict);
            }
        }
        self.write_deliveries(batch).await
    }

    fn write_head(&self, batch: &Batch, clock: i64, writes: &mut Writes) -> Result<()> {
        // Every place is a parameter, here as elsewhere: a statement whose text is always the same is prepared once a connection.
        let all_shards = "UPDATE shards SET clock = CAST($1 AS BIGINT)";
        match (batch.head, self.scope) {
            (HeadChange::Flow(flow), Scope::Everyday { shard }) => self.add_flow(shard, clock, &flow, writes)?,
            (_, Scope::Everyday { .. } | Scope::Reading) => {
                return Err(differs("a transaction was to write more than it may"));
            }
            (HeadChange::Flow(flow), Scope::Alone { shard }) => {
                self.add_flow(shard, clock, &flow, writes)?;
                writes.run(all_shards.into(), vec![clock.to_string()], SHARDS.into());
            }
            (HeadChange::Whole(head), Scope::Alone { .. }) => {
                let sql = format!(
                    "UPDATE head SET head = $1, rules = rules + {}, eras = eras + {}",
                    i64::from(batch.rules.is_some()),
                    batch.days.iter().map(|day| day.ended.len()).sum::<usize>()
                );
                writes.run(sql, vec![json(&head)], 1);
                let empty = json(&Flow::default());
                writes.run(format!("{all_shards}, flow = $2"), vec![clock.to_string(), empty], SHARDS.into());
                write_eras(batch, writes);
                write_rules(batch, writes)?;
            }
        }
        Ok(())
    }

    /// The shard is ours, so its flow is still the one that was loaded.
    fn add_flow(&self, shard: u8, clock: i64, flow: &Flow, writes: &mut Writes) -> Result<()> {
        let sum = self.flow.plus(flow).map_err(out_of_range)?;
        let sql = format!("UPDATE shards SET clock = CAST($1 AS BIGINT), flow = $2 WHERE shard = {shard}");
        writes.run(sql, vec![clock.to_string(), json(&sum)], 1);
        Ok(())
    }

    /// What the webhooks are to be told, kept with the events themselves.
    async fn write_deliveries(&mut self, batch: &Batch) -> Result<()> {
        if !self.has_webhooks {
            return Ok(());
        }
        let (Some(first), Some(last)) = (batch.journal.first(), batch.journal.last()) else { return Ok(()) };
        let sql =
            "INSERT INTO deliveries (webhook, place, since) SELECT w.id, j.place, CAST($1 AS BIGINT) FROM webhooks w
             JOIN journal j ON j.place BETWEEN CAST($2 AS BIGINT) AND CAST($3 AS BIGINT)
                 AND (w.kinds = '' OR w.kinds LIKE '%,' || j.kind || ',%')";
        let now = Timestamp::now().as_millisecond().to_string();
        self.run(sql, &[&now, &first.place.to_string(), &last.place.to_string()]).await.map(drop)
    }
}

fn write_eras(batch: &Batch, writes: &mut Writes) {
    #[derive(Serialize)]
    struct EraRow<A> {
        era: usize,
        acc: A,
    }
    let ended: Vec<_> = batch.days.iter().flat_map(|day| &day.ended).collect();
    // Eras are numbered from 0, and those that ended are all below the present one.
    let present = batch.days.last().map_or(0, |day| usize::try_from(day.era).unwrap_or(usize::MAX));
    let first = present.saturating_sub(ended.len());
    writes.insert("eras", &[integer("era"), text("acc")], (first..).zip(ended).map(|(era, acc)| EraRow { era, acc }));
}

fn write_rules(batch: &Batch, writes: &mut Writes) -> Result<()> {
    let Some(rules) = &batch.rules else { return Ok(()) };
    let adopted = batch.journal.iter().rev().find(|entered| entered.kind == Kind::RulesAdopted);
    let place = adopted.ok_or_else(|| differs("rules changed without an event"))?.place;
    let sql = "INSERT INTO rules (version, place, rules) SELECT rules, CAST($1 AS BIGINT), $2 FROM head";
    writes.run(sql.into(), vec![place.to_string(), rules.to_tree().canonical()], 1);
    Ok(())
}

/// What a group writes, in this order.
struct Writes {
    dialect: Dialect,
    statements: Vec<Statement>,
}

impl Writes {
    fn run(&mut self, sql: String, parameters: Vec<String>, rows: u64) {
        self.statements.push(Statement { sql, parameters, rows });
    }

    fn insert<R: Serialize>(&mut self, table: &str, columns: &[Column], rows: impl IntoIterator<Item = R>) {
        let rows: Vec<R> = rows.into_iter().collect();
        if rows.is_empty() {
            return;
        }
        let names = Column::names(columns);
        let sql = format!(
            "INSERT{} INTO {table} ({names}) SELECT {names} FROM {} AS r",
            self.dialect.whole(),
            self.dialect.rows(1, columns)
        );
        self.run(sql, vec![json(&rows)], count(&rows));
    }

    /// Inserts new rows, which must not be there, and updates the others, which must. The key is the first column.
    fn upsert<R: Serialize>(&mut self, table: &str, columns: &[Column], rows: impl Iterator<Item = (bool, R)>) {
        let (new, old): (Vec<_>, Vec<_>) = rows.partition(|(new, _)| *new);
        self.insert(table, columns, new.into_iter().map(|(_, row)| row));
        let rows: Vec<R> = old.into_iter().map(|(_, row)| row).collect();
        let Some((key, others)) = columns.split_first().filter(|_| !rows.is_empty()) else { return };
        let changed: Vec<_> = others.iter().map(|column| format!("{0} = r.{0}", column.name())).collect();
        let sql = format!(
            "UPDATE{} {table} SET {} FROM {} AS r WHERE {table}.{key} = r.{key}",
            self.dialect.whole(),
            changed.join(", "),
            self.dialect.rows(1, columns),
            key = key.name(),
        );
        self.run(sql, vec![json(&rows)], count(&rows));
    }
}

fn count<R>(rows: &[R]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

const ACCOUNT: [Column; 9] = [
    text("member"),
    text("referrer"),
    text("shop"),
    text("city"),
    integer("clock"),
    text("account"),
    integer("open_offers"),
    integer("open_trades"),
    integer("open_orders"),
];
const ORDER: [Column; 6] =
    [text("id"), text("merchant"), text("due"), integer("sequence"), integer("clock"), text("content")];
const OFFER: [Column; 6] =
    [text("id"), text("owner"), integer("wants"), integer("clock"), text("content"), integer("open_trades")];
const TRADE: [Column; 9] = [
    text("id"),
    text("offer"),
    text("owner"),
    text("taker"),
    text("unpaid"),
    text("paid"),
    integer("sequence"),
    integer("clock"),
    text("content"),
];
const PURCHASE: [Column; 6] =
    [text("id"), text("member"), text("due"), integer("sequence"), integer("clock"), text("content")];
const REDEMPTION: [Column; 4] = [text("id"), text("member"), integer("clock"), text("content")];
const DAY: [Column; 2] = [text("day"), text("record")];
const JOURNAL: [Column; 9] = [
    integer("place"),
    integer("version"),
    text("day"),
    text("kind"),
    text("event"),
    text("receipt"),
    text("at"),
    text("actor"),
    text("accepted_flags"),
];
const POSTING: [Column; 9] = [
    integer("place"),
    integer("line"),
    text("day"),
    text("giver"),
    text("receiver"),
    text("asset"),
    text("amount"),
    text("rule"),
    text("why"),
];
const ANSWER: [Column; 6] =
    [text("scope"), text("key"), text("fingerprint"), integer("place"), text("refusal"), integer("refused")];

#[derive(Serialize)]
struct AccountRow<'a> {
    member: &'a Id,
    referrer: Option<&'a Id>,
    shop: Option<Region>,
    city: Option<Region>,
    clock: i64,
    account: String,
    open_offers: i64,
    open_trades: i64,
    open_orders: i64,
}

fn account_row(row: &Row<Account>, open: Open, clock: i64) -> AccountRow<'_> {
    let Row { id, value, .. } = row;
    AccountRow {
        member: id,
        referrer: value.referrer.as_ref(),
        shop: value.shop.map(Region::city),
        city: value.city,
        clock,
        account: json(value),
        open_offers: open.offers,
        open_trades: open.trades,
        open_orders: open.orders,
    }
}

#[derive(Serialize)]
struct OrderRow<'a> {
    id: &'a Id,
    merchant: &'a Id,
    due: Option<Day>,
    sequence: u64,
    clock: i64,
    content: String,
}

fn order_row(row: &Row<Order>, clock: i64) -> OrderRow<'_> {
    let Row { id, value, .. } = row;
    let due = value.due.filter(|_| value.state == OrderState::Pending);
    OrderRow { id, merchant: &value.merchant, due, sequence: value.sequence, clock, content: json(value) }
}

#[derive(Serialize)]
struct OfferRow<'a> {
    id: &'a Id,
    owner: &'a Id,
    wants: u8,
    clock: i64,
    content: String,
    open_trades: i64,
}

fn offer_row(row: &Row<Offer>, open_trades: i64, clock: i64) -> OfferRow<'_> {
    let Row { id, value, .. } = row;
    OfferRow { id, owner: &value.owner, wants: wants(value).into(), clock, content: json(value), open_trades }
}

#[derive(Serialize)]
struct TradeRow<'a> {
    id: &'a Id,
    offer: &'a Id,
    owner: &'a Id,
    taker: &'a Id,
    unpaid: Option<Day>,
    paid: Option<Day>,
    sequence: u64,
    clock: i64,
    content: String,
}

fn trade_row(row: &Row<(Trade, Id)>, clock: i64) -> TradeRow<'_> {
    let Row { id, value: (value, owner), .. } = row;
    let while_it_is = |state: TradeState| Some(value.day).filter(|_| value.state == state);
    let (unpaid, paid) = (while_it_is(TradeState::Taken), while_it_is(TradeState::Paid));
    let Trade { offer, taker, sequence, .. } = value;
    TradeRow { id, offer, owner, taker, unpaid, paid, sequence: *sequence, clock, content: json(value) }
}

#[derive(Serialize)]
struct PurchaseRow<'a> {
    id: &'a Id,
    member: &'a Id,
    due: Option<Day>,
    sequence: u64,
    clock: i64,
    content: String,
}

fn purchase_row(row: &Row<Purchase>, clock: i64) -> PurchaseRow<'_> {
    let Row { id, value, .. } = row;
    let due = value.due.filter(|_| value.state == PurchaseState::Pending);
    PurchaseRow { id, member: &value.member, due, sequence: value.sequence, clock, content: json(value) }
}

#[derive(Serialize)]
struct RedemptionRow<'a> {
    id: &'a Id,
    member: &'a Id,
    clock: i64,
    content: String,
}

fn redemption_row(row: &Row<RedemptionRecord>, clock: i64) -> RedemptionRow<'_> {
    let Row { id, value, .. } = row;
    RedemptionRow { id, member: &value.member, clock, content: json(value) }
}

#[derive(Serialize)]
struct DayRow {
    day: Day,
    record: String,
}

#[derive(Serialize)]
struct JournalRow<'a> {
    place: Place,
    version: u32,
    day: Day,
    kind: &'static str,
    event: &'a str,
    receipt: String,
    at: &'a str,
    actor: &'a str,
    accepted_flags: String,
}

fn journal_row(entered: &JournalEntry) -> JournalRow<'_> {
    let JournalEntry { place, day, kind, event, receipt, at, actor, accepted_flags } = entered;
    JournalRow {
        place: *place,
        version: RECEIPT_VERSION,
        day: *day,
        kind: kind.as_str(),
        event,
        receipt: json(&**receipt),
        at,
        actor,
        accepted_flags: json(accepted_flags),
    }
}

#[derive(Serialize)]
struct PostingRow {
    place: i64,
    line: i64,
    day: Day,
    giver: Party,
    receiver: Party,
    asset: &'static str,
    amount: String,
    rule: Rule,
    why: String,
}

fn posting_row(booked: BookedPosting) -> PostingRow {
    let BookedPosting { place, line, day, posting: Posting { from, to, amount, rule, why } } = booked;
    PostingRow {
        place,
        line,
        day,
        giver: from,
        receiver: to,
        asset: amount.asset(),
        amount: amount.to_string(),
        rule,
        why: json(&why),
    }
}

#[derive(Serialize)]
struct AnswerRow<'a> {
    scope: &'a str,
    key: &'a str,
    fingerprint: &'a str,
    place: Option<Place>,
    refusal: Option<String>,
    refused: Option<i64>,
}

fn answer_row(answer: &NewAnswer, now: Timestamp) -> AnswerRow<'_> {
    let NewAnswer { key, came_of } = answer;
    let refused = Some(now.as_second()).filter(|_| came_of.is_err() && !key.is_of_journal());
    let (place, refusal) = match came_of {
        Ok(place) => (Some(*place), None),
        Err(refusal) => (None, Some(json(&StoredRefusal::from(refusal)))),
    };
    let Key { scope, key, fingerprint } = key;
    AnswerRow { scope, key, fingerprint, place, refusal, refused }
}
