//! The audit: rebuilds everything from the journal and compares every row.
//!
//! One book settles the journal again, event by event in the order of the places. Each receipt must equal the stored
//! one. At the end every account, order, offer, trade, purchase, redemption and day, the rule sets and the totals must
//! be equal too.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use gongxiang::book::{Account, Book, DayRecord, Excerpt, Flow};
use gongxiang::day_report::{Before, DayReport};
use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id};
use gongxiang::market::Trade;
use gongxiang::order::Order;
use gongxiang::purchase::Purchase;
use gongxiang::quantity::Points;
use serde::Serialize;
use tokio::sync::watch;

use crate::ledger::journal;
use crate::ledger::queue::Ledger;
use crate::ledger::reports::ReportChanges;
use crate::ledger::store::paging::{self, JournalPages, PostingPages, whole};
use crate::ledger::store::{ClosedDay, Page, Result, Scope, StoreError, Transaction, differs};
use crate::shutdown::ended;
use crate::text::json;

const REPORTS_AT_ONCE: usize = 1_000;

/// What an audit compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditSummary {
    pub events: usize,
    pub accounts: usize,
    pub days: usize,
}

impl fmt::Display for AuditSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "clean: {} events, {} accounts, {} days", self.events, self.accounts, self.days)
    }
}

/// Audits every `hours` hours until `end`; reports the result in the metrics and the log.
pub async fn keep_on(ledger: Ledger, hours: u32, mut end: watch::Receiver<bool>) {
    let pause = Duration::from_secs(u64::from(hours) * 3_600);
    loop {
        let running = async { audit(&mut *ledger.store().begin(Scope::Reading).await?).await };
        // Dropping a running audit is safe: it only reads.
        let result = tokio::select! {
            result = running => result,
            () = ended(&mut end) => return,
        };
        match result {
            Ok(AuditSummary { events, accounts, days }) => {
                ledger.metrics().audited(true);
                tracing::info!(events, accounts, days, "the books are clean");
            }
            Err(StoreError::Differs(what)) => {
                ledger.metrics().audited(false);
                tracing::error!(what, "the books do not add up");
            }
            Err(error) => tracing::warn!(%error, "the books could not be audited"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = ended(&mut end) => return,
        }
    }
}

/// Settles the journal again and compares every row, on one snapshot. Fails with [`StoreError::Differs`] at the first
/// row that does not follow from the journal.
pub async fn audit(tx: &mut dyn Transaction) -> Result<AuditSummary> {
    let history = tx.rules().await?;
    let (_, genesis) = history.first().ok_or_else(|| differs("there are no genesis rules"))?;
    let mut book = Book::open(genesis.clone());
    let Replayed { events, postings_of_members, burned, reports } = replay(tx, &mut book).await?;
    let computed = Excerpt::from(book);
    let stored = whole(tx).await?;

    let now = tx.now().await?;
    if stored.head.flow_since(&computed.head) != Some(Flow::default()) {
        return Err(differs("the totals are not what the journal makes of them"));
    }
    if now.rules != computed.rules || history.last().is_none_or(|(_, rules)| *rules != computed.rules) {
        return Err(differs("the rules in force are not what the journal makes of them"));
    }
    same("account", &stored.accounts, &computed.accounts, Account::eq)?;
    same("order", &stored.orders, &computed.orders, same_order)?;
    same("offer", &stored.offers, &computed.offers, PartialEq::eq)?;
    same("trade", &stored.trades, &computed.trades, same_trade)?;
    same("purchase", &stored.purchases, &computed.purchases, same_purchase)?;
    same("redemption", &stored.redemptions, &computed.redemptions, PartialEq::eq)?;
    let by_day = |days: &[DayRecord]| days.iter().map(|day| (day.day, json(day))).collect::<Vec<_>>();
    if by_day(&stored.days) != by_day(&computed.days) || stored.ended != computed.ended {
        return Err(differs("the days are not what the journal makes of them"));
    }
    for ClosedDay { record, burned: stored } in paging::days(tx).await? {
        if stored.is_some() && stored.as_ref() != burned.get(&record.day) {
            return Err(differs(format!("what was burned until {} is not what the journal makes of it", record.day)));
        }
    }
    if tx.count_postings_of_members().await? != postings_of_members {
        return Err(differs("a posting is missing from the statement of a member that it concerns"));
    }
    same_reports(tx, &reports).await?;
    Ok(AuditSummary { events, accounts: stored.accounts.len(), days: stored.days.len() })
}

/// What a replay counted.
struct Replayed {
    events: usize,
    /// The rows of all members' statements.
    postings_of_members: u64,
    /// The points that were burned until the end of each day.
    burned: BTreeMap<Day, Points>,
    reports: ReportChanges,
}

/// Settles the journal and compares receipts and postings.
async fn replay(tx: &mut dyn Transaction, book: &mut Book) -> Result<Replayed> {
    let (mut burned, mut reports) = (BTreeMap::new(), ReportChanges::default());
    let (mut journal, mut postings) = (JournalPages::default(), PostingPages::default());
    let (mut events, mut postings_of_members) = (0, 0);
    while let Some(entry) = journal.next(tx).await? {
        events += 1;
        let place = entry.place;
        let line = journal::parse(entry.event.as_bytes())
            .map_err(|refusal| differs(format!("event {place} cannot be read: {refusal}")))?;
        let (today, before) = (book.head().day, Before::of(&line.entry.event, book));
        let receipt = book
            .settle(&line.entry.event)
            .map(|applied| applied.receipt)
            .map_err(|refusal| differs(format!("event {place} is refused now: {refusal}")))?;
        reports.add(today, &line.entry.event, &before, Ok(&receipt), book);
        if receipt != *entry.receipt || receipt.day != entry.day || receipt.kind != entry.kind {
            return Err(differs(format!("event {place} has another receipt now than the stored one")));
        }
        if receipt.kind == Kind::DayClosed {
            burned.insert(receipt.day, book.head().supply.burned);
        }
        for computed in entry.postings() {
            postings_of_members += computed.posting.members().map(|_| 1_u64).sum::<u64>();
            if postings.next(tx).await?.as_ref() != Some(&computed) {
                let line = computed.line;
                return Err(differs(format!("posting {line} of event {place} is not that of its receipt")));
            }
        }
    }
    match postings.next(tx).await? {
        None => Ok(Replayed { events, postings_of_members, burned, reports }),
        Some(left) => Err(differs(format!("event {} has a posting that is in no receipt", left.place))),
    }
}

/// Compares the reports of the days. Refused orders are in no journal, and days that an earlier build closed have no report.
async fn same_reports(tx: &mut dyn Transaction, computed: &ReportChanges) -> Result<()> {
    let settled = |report: &DayReport| DayReport { orders_short: 0, ..*report };
    let (mut stored, mut after) = (BTreeMap::new(), None);
    loop {
        let page = tx.day_reports(Page { after, limit: REPORTS_AT_ONCE }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.day);
        stored.extend(page.into_iter().map(|closed| (closed.day, closed.report)));
    }
    for (day, report) in &computed.closed {
        if stored.remove(day).is_some_and(|stored| settled(&stored) != settled(report)) {
            return Err(differs(format!("the report of {day} is not what the journal makes of it")));
        }
    }
    match stored.into_keys().next() {
        Some(day) => Err(differs(format!("there is a report of {day}, which was not closed"))),
        None => Ok(()),
    }
}

/// The stored sequence of orders, trades and purchases is their place in the journal; a book counts them one by one.
/// Everything else must be equal.
fn same_order(stored: &Order, computed: &Order) -> bool {
    json(stored) == json(&Order { sequence: stored.sequence, ..computed.clone() })
}

fn same_trade(stored: &Trade, computed: &Trade) -> bool {
    *stored == Trade { sequence: stored.sequence, ..computed.clone() }
}

fn same_purchase(stored: &Purchase, computed: &Purchase) -> bool {
    *stored == Purchase { sequence: stored.sequence, ..computed.clone() }
}

/// Compares two tables row by row.
fn same<V>(
    what: &str,
    stored: &BTreeMap<Id, V>,
    computed: &BTreeMap<Id, V>,
    equal: impl Fn(&V, &V) -> bool,
) -> Result<()> {
    let mut computed = computed.iter();
    for (id, row) in stored {
        if !computed.next().is_some_and(|(other, expected)| other == id && equal(row, expected)) {
            return Err(differs(format!("the row of {what} {id} is not what the journal makes of it")));
        }
    }
    match computed.next() {
        Some((id, _)) => Err(differs(format!("there is no row of {what} {id}"))),
        None => Ok(()),
    }
}
