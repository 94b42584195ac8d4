//! Writes what a group changed: a few statements, however many events the group has.

use std::collections::BTreeSet;

use gongxiang::book::{Account, Flow};
use gongxiang::day_report::DayReport;
use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade, TradeState};
use gongxiang::order::{Order, OrderState};
use gongxiang::purchase::{Purchase, PurchaseState, RedemptionRecord};
use gongxiang::quantity::{Index, Money, Points};
use gongxiang::receipt::{Amount, Party, Posting, Reason, Receipt};
use gongxiang::wire::RECEIPT_VERSION;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::dialect::{Dialect, Parameter, SqlColumn, Statement, execute_with, integer, long, text};
use super::rows::RowTexts;
use super::{SqlTransaction, conflict_or, from_json};
use crate::ledger::goods::{StockedItem, Voucher};
use crate::ledger::network::NetworkLine;
use crate::ledger::quota::{Open, wants};
use crate::ledger::reports::{ReportChanges, Spending};
use crate::ledger::store::announcement::{AnnouncementEnd, AnnouncementState};
use crate::ledger::store::sql::load::out_of_range;
use crate::ledger::store::{
    Batch, ClosedDay, HeadChange, JournalEntry, Key, NewAnswer, Place, Result, RowChange, SHARDS, Scope, StoreError,
    StoredRefusal, differs,
};
use crate::limits::NETWORK_LINES_IN_ROW;
use crate::text::json;

impl SqlTransaction {
    pub(super) async fn write_batch(&mut self, batch: &Batch) -> Result<()> {
        let clock = batch.first.clock();
        let mut writes = Writes { dialect: self.dialect, statements: Vec::new() };
        let report = self.write_reports(batch, &mut writes).await?;
        self.write_head(batch, clock, report, &mut writes)?;
        let left: &[&str] = if moves(batch) { &[] } else { &["shop", "city"] };
        writes.upsert_leaving(left, &batch.accounts, |row| account_row(row, batch.open.of_member(&row.id), clock));
        writes.upsert(&batch.orders, |row| order_row(row, clock));
        writes.insert(batch.orders.iter().flat_map(receiver_rows));
        writes.upsert(&batch.offers, |row| offer_row(row, batch.open.of_offer(&row.id), clock));
        writes.upsert(&batch.trades, |row| trade_row(row, clock));
        writes.upsert(&batch.purchases, |row| purchase_row(row, clock));
        writes.upsert(&batch.redemptions, |row| redemption_row(row, clock));
        let (vouchers, items) = (voucher_changes(batch), item_changes(batch));
        writes.upsert(&vouchers, voucher_row);
        writes.upsert(&items, item_row);
        writes.insert(batch.days.iter().map(|closed| DayRow { day: closed.record.day, record: closed }));
        writes.insert(batch.journal.iter().map(journal_row));
        writes.insert(batch.journal.iter().flat_map(posting_rows));
        writes.insert(network_rows(batch));
        write_since(batch, &mut writes);
        write_announced(batch, &mut writes);
        let now = Timestamp::now();
        writes.insert(batch.answers.iter().map(|answer| answer_row(answer, now)));
        for Statement { sql, parameters, rows } in self.dialect.joined(writes.statements) {
            let written = self.dialect.bounded(execute_with(&mut self.tx, &sql, parameters)).await;
            if written.map_err(|error| conflict_or(self.dialect, error))? != rows {
                return Err(StoreError::Conflict);
            }
        }
        self.write_deliveries(batch).await?;
        self.write_notice_sources(batch).await
    }

    /// Writes the totals, and the report of the writer's shard if it changed.
    fn write_head(&self, batch: &Batch, clock: i64, report: Option<String>, writes: &mut Writes) -> Result<()> {
        // Values are parameters, so that the text of a statement is always the same and each connection prepares it once.
        let all_shards = "UPDATE shards SET clock = CAST($1 AS BIGINT)";
        match (batch.head, self.scope) {
            (HeadChange::Flow(flow), Scope::Everyday { shard }) => {
                self.add_flow(shard, clock, &flow, report, writes)?;
            }
            (_, Scope::Everyday { .. } | Scope::Reading) => {
                return Err(differs("a transaction tried to write more than its scope allows"));
            }
            (HeadChange::Flow(flow), Scope::Alone { shard }) => {
                self.add_flow(shard, clock, &flow, report, writes)?;
                writes.run(all_shards.into(), vec![clock.to_string()], SHARDS.into());
            }
            (HeadChange::Whole(head), Scope::Alone { shard }) => {
                let sql = format!(
                    "UPDATE head SET head = $1, rules = rules + {}, eras = eras + {}",
                    i64::from(batch.rules.is_some()),
                    batch.days.iter().map(|day| day.record.ended.len()).sum::<usize>()
                );
                writes.run(sql, vec![json(&head)], 1);
                let empty = json(&Flow::default());
                writes.run(format!("{all_shards}, flow = $2"), vec![clock.to_string(), empty], SHARDS.into());
                if let Some(report) = report {
                    writes.run(format!("UPDATE shards SET report = $1 WHERE shard = {shard}"), vec![report], 1);
                }
                write_eras(batch, writes);
                write_rules(batch, writes)?;
            }
        }
        Ok(())
    }

    /// Adds to the report of the writer's shard; returns it, if it changed. A close adds up those of all shards, and begins anew.
    async fn write_reports(&mut self, batch: &Batch, writes: &mut Writes) -> Result<Option<String>> {
        let Some(own) = self.scope.shard() else { return Ok(None) };
        let ReportChanges { closed, open } = &batch.reports;
        let mut sum = DayReport::default();
        for (shard, report) in &self.reports {
            if !closed.is_empty() || *shard == i64::from(own) {
                sum.merge(&from_json("a report", report)?);
            }
        }
        if closed.is_empty() && *open == DayReport::default() {
            return Ok(None);
        }
        if !closed.is_empty() {
            let mut total = self.total_report().await?;
            let mut rows = Vec::new();
            for (day, report) in closed {
                let mut report = *report;
                report.merge(&std::mem::take(&mut sum));
                total.merge(&report);
                rows.push(DayReportRow { day: *day, report, total });
            }
            writes.insert(rows);
            writes.run("UPDATE shards SET report = '{}'".into(), Vec::new(), SHARDS.into());
        }
        sum.merge(open);
        Ok(Some(json(&sum)))
    }

    /// Adds to the flow that was loaded: nobody else writes this shard.
    fn add_flow(&self, shard: u8, clock: i64, flow: &Flow, report: Option<String>, writes: &mut Writes) -> Result<()> {
        let sum = self.flow.plus(flow).map_err(out_of_range)?;
        let mut parameters = vec![clock.to_string(), json(&sum)];
        let also = report.map_or("", |report| {
            parameters.push(report);
            ", report = $3"
        });
        let sql = format!("UPDATE shards SET clock = CAST($1 AS BIGINT), flow = $2{also} WHERE shard = {shard}");
        writes.run(sql, parameters, 1);
        Ok(())
    }

    /// Stores the deliveries to webhooks in the transaction of their events, so that none is lost.
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

    /// Stores of which events members may have to be told, in their transaction, so that none is lost.
    async fn write_notice_sources(&mut self, batch: &Batch) -> Result<()> {
        if !self.has_subscriptions {
            return Ok(());
        }
        let source = |entry: &JournalEntry| {
            let kind = match entry.kind {
                Kind::DayClosing | Kind::DayClosed => "close",
                Kind::OrderPlaced | Kind::OrderRefunded | Kind::OfferTaken | Kind::TradePaid | Kind::RulesAdopted => {
                    "event"
                }
                _ => return None,
            };
            Some(NoticeSourceRow { kind, subject: entry.place })
        };
        let mut writes = Writes { dialect: self.dialect, statements: Vec::new() };
        writes.insert(batch.journal.iter().filter_map(source));
        for Statement { sql, parameters, .. } in writes.statements {
            let written = self.dialect.bounded(execute_with(&mut self.tx, &sql, parameters)).await;
            written.map_err(|error| conflict_or(self.dialect, error))?;
        }
        Ok(())
    }
}

fn write_eras(batch: &Batch, writes: &mut Writes) {
    let ended: Vec<_> = batch.days.iter().flat_map(|day| &day.record.ended).collect();
    // Eras are numbered from 0, and those that ended are all below the present one.
    let present = batch.days.last().map_or(0, |day| usize::try_from(day.record.era).unwrap_or(usize::MAX));
    let first = present.saturating_sub(ended.len());
    writes.insert((first..).zip(ended).map(|(era, acc)| EraRow { era, acc }));
}

/// The day on which new members were registered: a column that later writes of the account leave alone.
fn write_since(batch: &Batch, writes: &mut Writes) {
    let new: Vec<_> = batch.accounts.iter().filter(|row| row.new).map(|row| row.id.as_str()).collect();
    let Some(day) = batch.journal.first().map(|entered| entered.day).filter(|_| !new.is_empty()) else { return };
    let sql = format!("UPDATE accounts SET since = $1 WHERE member IN {}", writes.dialect.list(2));
    let rows = count(&new);
    writes.run(sql, vec![day.to_string(), json(&new)], rows);
}

fn write_rules(batch: &Batch, writes: &mut Writes) -> Result<()> {
    let Some(rules) = &batch.rules else { return Ok(()) };
    let adopted = batch.journal.iter().rev().find(|entered| entered.kind == Kind::RulesAdopted);
    let place = adopted.ok_or_else(|| differs("rules changed without an event"))?.place;
    let sql = "INSERT INTO rules (version, place, rules) SELECT rules, CAST($1 AS BIGINT), $2 FROM head";
    writes.run(sql.into(), vec![place.to_string(), rules.to_tree().canonical()], 1);
    Ok(())
}

/// What became of announced rules. They waited when the group was loaded, and nobody else has a turn meanwhile.
fn write_announced(batch: &Batch, writes: &mut Writes) {
    let Some(AnnouncementEnd { id, refused }) = &batch.announced else { return };
    let state = if refused.is_some() { AnnouncementState::Refused } else { AnnouncementState::Adopted };
    let sql = "UPDATE announced_rules SET state = $1, code = NULLIF($2, '') WHERE id = CAST($3 AS BIGINT) AND state = 'waiting'";
    writes.run(sql.into(), vec![state.as_str().into(), refused.unwrap_or_default().into(), id.to_string()], 1);
}

/// The statements of a group, in this order.
struct Writes {
    dialect: Dialect,
    statements: Vec<Statement>,
}

impl Writes {
    fn run(&mut self, sql: String, parameters: Vec<String>, rows: u64) {
        let parameters = parameters.into_iter().map(Parameter::Text).collect();
        self.statements.push(Statement { sql, parameters, rows });
    }

    /// Runs a statement on rows ([`Dialect::rows`]).
    fn run_on<R: TableRow>(&mut self, sql: String, rows: &[R]) {
        let mut texts = RowTexts::new(self.dialect);
        for row in rows {
            texts.row(|texts| row.write_to(texts));
        }
        let parameters = texts.into_parameters();
        self.statements.push(Statement { sql, parameters, rows: count(rows) });
    }

    fn insert<R: TableRow>(&mut self, rows: impl IntoIterator<Item = R>) {
        let rows: Vec<R> = rows.into_iter().collect();
        if rows.is_empty() {
            return;
        }
        let (or_fail, table, names) = (self.dialect.or_fail(), R::TABLE, SqlColumn::names(R::COLUMNS));
        let from = self.dialect.rows(R::COLUMNS);
        let sql = format!("INSERT{or_fail} INTO {table} ({names}) SELECT {names} FROM {from} AS r");
        self.run_on(sql, &rows);
    }

    /// Inserts new rows, which must not exist yet, and updates the others, which must.
    fn upsert<'a, V, R: TableRow>(&mut self, changes: &'a [RowChange<V>], row: impl Fn(&'a RowChange<V>) -> R) {
        self.upsert_leaving(&[], changes, row);
    }

    /// The same, and an update leaves these columns as they are too: `SQLite` writes every index of a column that it sets, even
    /// to the same value.
    fn upsert_leaving<'a, V, R: TableRow>(
        &mut self,
        left: &[&str],
        changes: &'a [RowChange<V>],
        row: impl Fn(&'a RowChange<V>) -> R,
    ) {
        let (new, old): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.new);
        self.insert(new.into_iter().map(&row));
        let rows: Vec<R> = old.into_iter().map(row).collect();
        let Some((key, others)) = R::COLUMNS.split_first().filter(|_| !rows.is_empty()) else { return };
        let changing =
            others.iter().map(SqlColumn::name).filter(|name| !R::FIXED.contains(name) && !left.contains(name));
        let assignments: Vec<_> = changing.map(|name| format!("{name} = r.{name}")).collect();
        let (or_fail, table, key) = (self.dialect.or_fail(), R::TABLE, key.name());
        let (values, from) = (assignments.join(", "), self.dialect.rows(R::COLUMNS));
        let sql = format!("UPDATE{or_fail} {table} SET {values} FROM {from} AS r WHERE {table}.{key} = r.{key}");
        self.run_on(sql, &rows);
    }
}

fn count<R>(rows: &[R]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

/// What a statement writes to one table.
trait TableRow {
    const TABLE: &'static str;
    /// The key comes first.
    const COLUMNS: &'static [SqlColumn];
    /// Those that an update never changes.
    const FIXED: &'static [&'static str];

    /// Adds its values, in the order of the columns.
    fn write_to(&self, texts: &mut RowTexts);
}

macro_rules! rows {
    ($(
        $table:literal $name:ident $(<$life:lifetime>)? $(fixed [$($fixed:ident)*])?
        { $($column:ident: $kind:ident $type:ty,)* }
    )*) => {$(
        struct $name $(<$life>)? {
            $($column: $type,)*
        }

        impl $(<$life>)? TableRow for $name $(<$life>)? {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [SqlColumn] = &[$($kind(stringify!($column))),*];
            const FIXED: &'static [&'static str] = &[$($(stringify!($fixed)),*)?];

            fn write_to(&self, texts: &mut RowTexts) {
                $(texts.$kind(stringify!($column), &self.$column);)*
            }
        }
    )*};
}

rows! {
    "accounts" AccountRow<'a> fixed [referrer] {
        member: text &'a Id, referrer: text Option<&'a Id>, shop: text Option<Region>, city: text Option<Region>,
        clock: integer i64, account: long &'a Account, open_offers: integer i64, open_trades: integer i64,
        open_bought: integer i64, open_orders: integer i64, trades_of_day: integer i64, traded_on: text Option<Day>,
        spending: text Option<Spending>,
    }
    "orders" OrderRow<'a> fixed [buyer merchant sequence] {
        id: text &'a Id, buyer: text &'a Id, merchant: text &'a Id, due: text Option<Day>, sequence: integer u64,
        clock: integer i64, content: long &'a Order,
    }
    "receivers" ReceiverRow<'a> { due: text Day, member: text &'a Id, sequence: integer u64, }
    "offers" OfferRow<'a> fixed [owner side rank] {
        id: text &'a Id, owner: text &'a Id, side: text &'static str, rank: integer i64, wants: integer u8,
        clock: integer i64, content: long &'a Offer, open_trades: integer i64,
    }
    "trades" TradeRow<'a> fixed [offer owner taker sequence] {
        id: text &'a Id, offer: text &'a Id, owner: text &'a Id, taker: text &'a Id, unpaid: text Option<Day>,
        paid: text Option<Day>, sequence: integer u64, clock: integer i64, content: long &'a Trade,
    }
    "purchases" PurchaseRow<'a> fixed [member sequence] {
        id: text &'a Id, member: text &'a Id, due: text Option<Day>, sequence: integer u64, clock: integer i64,
        content: long &'a Purchase,
    }
    "redemptions" RedemptionRow<'a> fixed [member made] {
        id: text &'a Id, member: text &'a Id, made: integer i64, clock: integer i64, content: long &'a RedemptionRecord,
    }
    "vouchers" VoucherRow<'a> {
        id: text &'a Id, place: integer i64, member: text &'a Id, item: text &'a Id, state: text &'static str,
        code: text &'a str, until: text Day, points: text Points, money: text Money, deliver_to: text Option<&'a str>,
        made: integer i64, ended: integer Option<i64>, ended_by: text Option<&'a str>, shop: text Option<&'a Id>,
        used_key: text Option<&'a str>,
    }
    "goods" ItemRow<'a> { id: text &'a Id, reserved: integer i64, handed_out: integer i64, }
    "days" DayRow<'a> { day: text Day, record: text &'a ClosedDay, }
    "day_reports" DayReportRow { day: text Day, report: text DayReport, total: text DayReport, }
    "network_lines" NetworkRow<'a> { place: integer Place, line: integer i64, content: long &'a [NetworkLine], }
    "notice_sources" NoticeSourceRow { kind: text &'static str, subject: text Place, }
    "eras" EraRow<'a> { era: integer usize, acc: text &'a Index, }
    "journal" JournalRow<'a> {
        place: integer Place, version: integer u32, day: text Day, kind: text &'static str, event: long &'a str,
        receipt: long &'a Receipt, at: text &'a str, actor: text &'a str, accepted_flags: text &'a [String],
    }
    "postings" PostingRow<'a> {
        place: integer Place, line: integer i64, day: text Day, giver: text &'a Party, receiver: text &'a Party,
        asset: text &'static str, amount: text AmountText, rule: text &'static str, why: long &'a Reason,
    }
    "answers" AnswerRow<'a> {
        scope: text &'a str, key: text &'a str, fingerprint: text &'a str, place: integer Option<Place>,
        refusal: text Option<StoredRefusal>, refused: integer Option<i64>,
    }
}

/// Whether an event of the group may have opened or closed a shop, or given a city to a partner or taken it.
fn moves(batch: &Batch) -> bool {
    let kinds = [Kind::MerchantOpened, Kind::MerchantClosed, Kind::PartnerAppointed, Kind::PartnerWithdrawn];
    batch.journal.iter().any(|entry| kinds.contains(&entry.kind))
}

fn account_row(row: &RowChange<Account>, open: Open, clock: i64) -> AccountRow<'_> {
    let RowChange { id, value, .. } = row;
    AccountRow {
        member: id,
        referrer: value.referrer.as_ref(),
        shop: value.shop.map(Region::city),
        city: value.city,
        clock,
        account: value,
        open_offers: open.offers,
        open_trades: open.trades,
        open_bought: open.bought,
        open_orders: open.orders,
        trades_of_day: open.last_trades.trades,
        traded_on: open.last_trades.day,
        spending: Some(open.spending).filter(|spending| *spending != Spending::default()),
    }
}

fn order_row(row: &RowChange<Order>, clock: i64) -> OrderRow<'_> {
    let RowChange { id, value, .. } = row;
    let Order { buyer, merchant, sequence, .. } = value;
    OrderRow { id, buyer, merchant, due: due_day(value), sequence: *sequence, clock, content: value }
}

/// The day at whose close a pending order vests.
fn due_day(order: &Order) -> Option<Day> {
    order.due.filter(|_| order.state == OrderState::Pending)
}

/// Whom a new order rewards, besides its buyer and its shop.
fn receiver_rows(row: &RowChange<Order>) -> impl Iterator<Item = ReceiverRow<'_>> {
    let order = &row.value;
    let rewards = order.rewards.iter().map(|(reward, _)| &reward.member);
    let members: BTreeSet<_> = rewards.filter(|member| **member != order.buyer && **member != order.merchant).collect();
    let due = due_day(order).filter(|_| row.new);
    let rows = due.map(|due| members.into_iter().map(move |member| (due, member)));
    rows.into_iter().flatten().map(|(due, member)| ReceiverRow { due, member, sequence: order.sequence })
}

fn offer_row(row: &RowChange<Offer>, open_trades: i64, clock: i64) -> OfferRow<'_> {
    let RowChange { id, value, .. } = row;
    let Offer { owner, side, .. } = value;
    OfferRow {
        id,
        owner,
        side: side.as_str(),
        rank: rank(value),
        wants: wants(value).into(),
        clock,
        content: value,
        open_trades,
    }
}

/// The place of an offer on its side of the board: the best one has the smallest. Prices beyond an `i64` count as the largest.
fn rank(offer: &Offer) -> i64 {
    let price = i64::try_from(offer.unit_price.raw()).unwrap_or(i64::MAX);
    match offer.side {
        Side::Sell => price,
        Side::Buy => -price,
    }
}

fn trade_row(row: &RowChange<(Trade, Id)>, clock: i64) -> TradeRow<'_> {
    let RowChange { id, value: (value, owner), .. } = row;
    let while_it_is = |state: TradeState| Some(value.day).filter(|_| value.state == state);
    let (unpaid, paid) = (while_it_is(TradeState::Taken), while_it_is(TradeState::Paid));
    let Trade { offer, taker, sequence, .. } = value;
    TradeRow { id, offer, owner, taker, unpaid, paid, sequence: *sequence, clock, content: value }
}

fn purchase_row(row: &RowChange<Purchase>, clock: i64) -> PurchaseRow<'_> {
    let RowChange { id, value, .. } = row;
    let due = value.due.filter(|_| value.state == PurchaseState::Pending);
    PurchaseRow { id, member: &value.member, due, sequence: value.sequence, clock, content: value }
}

fn redemption_row(row: &RowChange<RedemptionRecord>, clock: i64) -> RedemptionRow<'_> {
    let RowChange { id, value, .. } = row;
    RedemptionRow { id, member: &value.member, made: clock, clock, content: value }
}

fn voucher_changes(batch: &Batch) -> Vec<RowChange<Voucher>> {
    let row =
        |(id, (value, new)): (&Id, &(Voucher, bool))| RowChange { id: id.clone(), value: value.clone(), new: *new };
    batch.goods.vouchers.iter().map(row).collect()
}

fn voucher_row(row: &RowChange<Voucher>) -> VoucherRow<'_> {
    let RowChange { id, value, .. } = row;
    VoucherRow {
        id,
        place: value.place,
        member: &value.member,
        item: &value.item,
        state: value.state.as_str(),
        code: &value.code,
        until: value.until,
        points: value.points,
        money: value.money,
        deliver_to: value.deliver_to.as_deref(),
        made: value.made,
        ended: value.ended,
        ended_by: value.ended_by.as_deref(),
        shop: value.shop.as_ref(),
        used_key: value.used_key.as_deref(),
    }
}

/// Their terms are not the ledger's to write: only what is taken and comes back.
fn item_changes(batch: &Batch) -> Vec<RowChange<StockedItem>> {
    let row = |(id, value): (&Id, &StockedItem)| RowChange { id: id.clone(), value: value.clone(), new: false };
    batch.goods.items.iter().map(row).collect()
}

fn item_row(row: &RowChange<StockedItem>) -> ItemRow<'_> {
    ItemRow { id: &row.id, reserved: row.value.reserved, handed_out: row.value.handed_out }
}

fn journal_row(entered: &JournalEntry) -> JournalRow<'_> {
    let JournalEntry { place, day, kind, event, receipt, at, actor, accepted_flags } = entered;
    JournalRow {
        place: *place,
        version: RECEIPT_VERSION,
        day: *day,
        kind: kind.as_str(),
        event,
        receipt,
        at,
        actor,
        accepted_flags,
    }
}

fn posting_rows(entry: &JournalEntry) -> impl Iterator<Item = PostingRow<'_>> {
    (0..).zip(&entry.receipt.postings).map(|(line, Posting { from, to, amount, rule, why })| PostingRow {
        place: entry.place,
        line,
        day: entry.day,
        giver: from,
        receiver: to,
        asset: amount.asset(),
        amount: AmountText(*amount),
        rule: rule.as_str(),
        why,
    })
}

/// An amount without its asset, which is a column of its own.
struct AmountText(Amount);

impl Serialize for AmountText {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The lines of a group are few rows: each row costs as much as its lines.
fn network_rows(batch: &Batch) -> impl Iterator<Item = NetworkRow<'_>> {
    let first = batch.first;
    let rows = batch.network.chunks(NETWORK_LINES_IN_ROW);
    (0..).zip(rows).map(move |(line, content)| NetworkRow { place: first, line, content })
}

fn answer_row(answer: &NewAnswer, now: Timestamp) -> AnswerRow<'_> {
    let NewAnswer { key, came_of } = answer;
    let refused = Some(now.as_second()).filter(|_| came_of.is_err() && !key.is_of_journal());
    let (place, refusal) = match came_of {
        Ok(place) => (Some(*place), None),
        Err(refusal) => (None, Some(StoredRefusal::from(refusal))),
    };
    let Key { scope, key, fingerprint } = key;
    AnswerRow { scope, key, fingerprint, place, refusal, refused }
}
