//! Keeping what a group changed: a few statements, whatever the size of the group.

use gongxiang::book::{Account, Flow};
use gongxiang::identity::{Id, Region};
use gongxiang::market::{Offer, Trade, TradeState};
use gongxiang::order::{Order, OrderState};
use serde_json::{Value, json};

use super::Work;
use super::dialect::{Column, integer, text};
use crate::group;
use crate::store::sql::load::out_of_range;
use crate::store::{Batch, HeadChange, Key, NewAnswer, Refused, Result, Row, Scope, StoreError, differs};

impl Work {
    pub(super) async fn write_batch(&mut self, batch: &Batch) -> Result<()> {
        let clock = batch.first.clock();
        self.write_head(batch, clock).await?;
        let accounts = batch.accounts.iter().map(|row| (row.new, account_row(row, clock)));
        self.upsert("accounts", &ACCOUNT, accounts).await?;
        let orders = batch.orders.iter().map(|row| (row.new, order_row(row, clock)));
        self.upsert("orders", &ORDER, orders).await?;
        let offers = batch.offers.iter().map(|row| (row.new, offer_row(row, clock)));
        self.upsert("offers", &OFFER, offers).await?;
        let trades = batch.trades.iter().map(|row| (row.new, trade_row(row, clock)));
        self.upsert("trades", &TRADE, trades).await?;
        let days = batch.days.iter().map(|record| json!({"day": record.day, "record": group::json(record)}));
        self.insert("days", &[text("day"), text("record")], days).await?;
        let journal = batch.journal.iter().map(|entered| {
            json!({
                "place": entered.place, "day": entered.day, "kind": entered.kind, "event": entered.event,
                "receipt": entered.receipt, "at": entered.at, "actor": entered.actor,
                "accepted_flags": group::json(&entered.accepted_flags),
            })
        });
        self.insert("journal", &JOURNAL, journal).await?;
        self.insert("postings", &POSTING, batch.postings.iter().map(|posted| json!(posted))).await?;
        self.write_deliveries(batch).await?;
        self.write_answers(batch).await
    }

    async fn write_head(&mut self, batch: &Batch, clock: i64) -> Result<()> {
        match (batch.head, self.scope) {
            (HeadChange::Flow(flow), Scope::Everyday { shard }) => self.add_flow(shard, clock, &flow).await,
            (_, Scope::Everyday { .. } | Scope::Reading) => Err(differs("a transaction was to write more than it may")),
            (HeadChange::Flow(flow), Scope::Alone { shard }) => {
                self.add_flow(shard, clock, &flow).await?;
                self.run(&format!("UPDATE shards SET clock = {clock}"), &[]).await.map(drop)
            }
            (HeadChange::Whole(head), Scope::Alone { .. }) => {
                let sql = format!(
                    "UPDATE head SET head = $1, rules = rules + {}, eras = eras + {}",
                    i64::from(batch.rules.is_some()),
                    batch.days.iter().map(|day| day.ended.len()).sum::<usize>()
                );
                self.run(&sql, &[&group::json(&head)]).await?;
                let empty = group::json(&Flow::default());
                self.run(&format!("UPDATE shards SET clock = {clock}, flow = $1"), &[&empty]).await?;
                self.write_eras(batch).await?;
                self.write_rules(batch).await
            }
        }
    }

    /// The shard is ours, so its flow is still the one that was loaded.
    async fn add_flow(&mut self, shard: u8, clock: i64, flow: &Flow) -> Result<()> {
        let sum = self.flow.plus(flow).map_err(out_of_range)?;
        // With parameters, here as elsewhere: a statement whose text is always the same is prepared once a connection.
        let sql = format!("UPDATE shards SET clock = CAST($1 AS BIGINT), flow = $2 WHERE shard = {shard}");
        self.run(&sql, &[&clock.to_string(), &group::json(&sum)]).await.map(drop)
    }

    async fn write_eras(&mut self, batch: &Batch) -> Result<()> {
        let ended: Vec<_> = batch.days.iter().flat_map(|day| &day.ended).collect();
        if ended.is_empty() {
            return Ok(());
        }
        // Eras are numbered from 0, and those that ended are all below the present one.
        let present = batch.days.last().map_or(0, |day| usize::try_from(day.era).unwrap_or(usize::MAX));
        let first = present.saturating_sub(ended.len());
        let rows = (first..).zip(ended).map(|(era, acc)| json!({"era": era, "acc": acc}));
        self.insert("eras", &[integer("era"), text("acc")], rows).await
    }

    async fn write_rules(&mut self, batch: &Batch) -> Result<()> {
        let Some(rules) = &batch.rules else { return Ok(()) };
        let adopted = batch.journal.iter().rev().find(|entered| entered.kind == "rules.adopted");
        let place = adopted.ok_or_else(|| differs("rules changed without an event"))?.place;
        let sql = format!("INSERT INTO rules (version, place, rules) SELECT rules, {place}, $1 FROM head");
        self.run(&sql, &[&rules.to_tree().canonical()]).await.map(drop)
    }

    async fn write_answers(&mut self, batch: &Batch) -> Result<()> {
        let rows = batch.answers.iter().map(|NewAnswer { key: Key { scope, key, fingerprint }, came_of }| {
            let (place, refusal) = match came_of {
                Ok(place) => (Some(place), None),
                Err(refusal) => (None, Some(group::json(&Refused::from(refusal)))),
            };
            json!({"scope": scope, "key": key, "fingerprint": fingerprint, "place": place, "refusal": refusal})
        });
        self.insert("answers", &ANSWER, rows).await
    }

    /// What the webhooks are to be told, kept with the events themselves. Nothing to read or write where there are none.
    async fn write_deliveries(&mut self, batch: &Batch) -> Result<()> {
        let (Some(first), Some(last)) = (batch.journal.first(), batch.journal.last()) else { return Ok(()) };
        let sql =
            "INSERT INTO deliveries (webhook, place, since) SELECT w.id, j.place, CAST($1 AS BIGINT) FROM webhooks w
             JOIN journal j ON j.place BETWEEN CAST($2 AS BIGINT) AND CAST($3 AS BIGINT)
                 AND (w.kinds = '' OR w.kinds LIKE '%,' || j.kind || ',%')";
        let now = jiff::Timestamp::now().as_millisecond().to_string();
        self.run(sql, &[&now, &first.place.to_string(), &last.place.to_string()]).await.map(drop)
    }

    async fn insert(&mut self, table: &str, columns: &[Column], rows: impl Iterator<Item = Value>) -> Result<()> {
        let rows: Vec<Value> = rows.collect();
        if rows.is_empty() {
            return Ok(());
        }
        let names = Column::names(columns);
        let sql = format!("INSERT INTO {table} ({names}) SELECT {names} FROM {} AS r", self.dialect.rows(1, columns));
        self.run(&sql, &[&group::json(&rows)]).await.map(drop)
    }

    /// Inserts new rows, which must not be there, and updates the others, which must. The key is the first column.
    async fn upsert(
        &mut self,
        table: &str,
        columns: &[Column],
        rows: impl Iterator<Item = (bool, Value)>,
    ) -> Result<()> {
        let (new, old): (Vec<_>, Vec<_>) = rows.partition(|(new, _)| *new);
        self.insert(table, columns, new.into_iter().map(|(_, row)| row)).await?;
        if old.is_empty() {
            return Ok(());
        }
        let (Some(key), changed) = (columns.first(), columns.iter().skip(1)) else { return Ok(()) };
        let changed: Vec<_> = changed.map(|column| format!("{0} = r.{0}", column.name())).collect();
        let sql = format!(
            "UPDATE {table} SET {} FROM {} AS r WHERE {table}.{key} = r.{key}",
            changed.join(", "),
            self.dialect.rows(1, columns),
            key = key.name(),
        );
        let rows: Vec<Value> = old.into_iter().map(|(_, row)| row).collect();
        let wrote = self.run(&sql, &[&group::json(&rows)]).await?;
        if usize::try_from(wrote) == Ok(rows.len()) { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

const ACCOUNT: [Column; 6] =
    [text("member"), text("referrer"), text("shop"), text("city"), integer("clock"), text("account")];
const ORDER: [Column; 6] =
    [text("id"), text("merchant"), text("due"), integer("sequence"), integer("clock"), text("content")];
const OFFER: [Column; 5] = [text("id"), text("owner"), integer("wants"), integer("clock"), text("content")];
const TRADE: [Column; 7] =
    [text("id"), text("offer"), text("owner"), text("taker"), text("unpaid"), integer("clock"), text("content")];
const JOURNAL: [Column; 8] = [
    integer("place"),
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
    text("reason"),
];
const ANSWER: [Column; 5] = [text("scope"), text("key"), text("fingerprint"), integer("place"), text("refusal")];

fn account_row(row: &Row<Account>, clock: i64) -> Value {
    let Row { id, value, .. } = row;
    json!({
        "member": id, "referrer": value.referrer, "shop": value.shop.map(Region::city), "city": value.city,
        "clock": clock, "account": group::json(value),
    })
}

fn order_row(row: &Row<Order>, clock: i64) -> Value {
    let Row { id, value, .. } = row;
    let due = value.due.filter(|_| value.state == OrderState::Pending);
    json!({
        "id": id, "merchant": value.merchant, "due": due, "sequence": value.sequence, "clock": clock,
        "content": group::json(value),
    })
}

fn offer_row(row: &Row<Offer>, clock: i64) -> Value {
    let Row { id, value, .. } = row;
    let wants = i64::from(value.open && value.remaining.is_positive());
    json!({"id": id, "owner": value.owner, "wants": wants, "clock": clock, "content": group::json(value)})
}

fn trade_row(row: &Row<(Trade, Id)>, clock: i64) -> Value {
    let Row { id, value: (value, owner), .. } = row;
    let unpaid = Some(value.day).filter(|_| value.state == TradeState::Taken);
    json!({
        "id": id, "offer": value.offer, "owner": owner, "taker": value.taker, "unpaid": unpaid, "clock": clock,
        "content": group::json(value),
    })
}

/// A member's name as a party of a posting.
pub(super) fn party(member: &Id) -> String {
    format!("member {member}")
}
