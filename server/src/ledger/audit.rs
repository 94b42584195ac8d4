//! Everything rebuilt from the journal and compared with every row.
//!
//! The journal is settled again by one book, event by event in the order of the places; each receipt has to come out as it
//! is kept, and at the end every account, order, offer, trade, purchase, redemption, day, rule set and the totals.

use std::fmt::Debug;
use std::time::Duration;

use gongxiang::book::{Account, Book, Excerpt};
use gongxiang::identity::Id;
use gongxiang::market::Trade;
use gongxiang::order::Order;
use gongxiang::purchase::Purchase;
use gongxiang::wire::statement::BookedPosting;
use serde::Serialize;
use tokio::sync::watch;

use crate::ledger::journal;
use crate::ledger::queue::Ledger;
use crate::ledger::store::paging::{PAGE, whole};
use crate::ledger::store::{Page, Place, Result, Scope, StoreError, Transaction, differs};
use crate::shutdown::ended;
use crate::text::json;

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audited {
    /// Events settled again.
    pub events: usize,
    /// Accounts compared.
    pub accounts: usize,
    /// Days compared.
    pub days: usize,
}

/// Audits every so many hours, until `end` says so; says what came of it in the figures and the log.
pub async fn keep_on(ledger: Ledger, hours: u32, mut end: watch::Receiver<bool>) {
    let pause = Duration::from_secs(u64::from(hours) * 3_600);
    loop {
        let audited = async { audit(&mut *ledger.store().begin(Scope::Reading).await?).await };
        // Dropped in the middle it leaves nothing behind.
        let audited = tokio::select! {
            audited = audited => audited,
            () = ended(&mut end) => return,
        };
        match audited {
            Ok(Audited { events, accounts, days }) => {
                ledger.metrics().audited(Some(true));
                tracing::info!(events, accounts, days, "the books are clean");
            }
            Err(StoreError::Differs(what)) => {
                ledger.metrics().audited(Some(false));
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

/// Settles the journal again and compares every row. Works on one moment's state.
///
/// # Errors
/// [`StoreError::Differs`] at the first row that is not what the rules make of the journal.
pub async fn audit(tx: &mut dyn Transaction) -> Result<Audited> {
    let history = tx.rules().await?;
    let (_, genesis) = history.first().ok_or_else(|| differs("there are no genesis rules"))?;
    let mut book = Book::open(genesis.clone());
    let events = replay(tx, &mut book).await?;
    let computed = Excerpt::from(book);
    let kept = whole(tx).await?;

    let now = tx.now().await?;
    let same_head = kept.head.flow_since(&computed.head) == Some(gongxiang::book::Flow::default());
    if !same_head {
        return Err(differs("the totals are not what the journal makes of them"));
    }
    if now.rules != computed.rules || history.last().is_none_or(|(_, rules)| *rules != computed.rules) {
        return Err(differs("the rules in force are not what the journal makes of them"));
    }
    same("account", kept.accounts.iter(), computed.accounts.iter(), Account::eq)?;
    same("order", kept.orders.iter(), computed.orders.iter(), same_order)?;
    same("offer", kept.offers.iter(), computed.offers.iter(), PartialEq::eq)?;
    same("trade", kept.trades.iter(), computed.trades.iter(), same_trade)?;
    same("purchase", kept.purchases.iter(), computed.purchases.iter(), same_purchase)?;
    same("redemption", kept.redemptions.iter(), computed.redemptions.iter(), PartialEq::eq)?;
    let by_day = |days: &[gongxiang::book::DayRecord]| days.iter().map(|day| (day.day, json(day))).collect::<Vec<_>>();
    if by_day(&kept.days) != by_day(&computed.days) || kept.ended != computed.ended {
        return Err(differs("the days are not what the journal makes of them"));
    }
    Ok(Audited { events, accounts: kept.accounts.len(), days: kept.days.len() })
}

/// Settles the journal, comparing receipts and postings.
async fn replay(tx: &mut dyn Transaction, book: &mut Book) -> Result<usize> {
    let (mut after, mut events) = (Place::default(), 0);
    let mut postings = Postings { after: (Place::default(), -1), page: Vec::new().into_iter() };
    loop {
        let entered = tx.journal(Page { after, limit: PAGE }).await?;
        let Some(last) = entered.last() else { break };
        after = last.place;
        for entered in entered {
            events += 1;
            let at = entered.place;
            let line = journal::parse(entered.event.as_bytes())
                .map_err(|refusal| differs(format!("event {at} cannot be read: {refusal}")))?;
            let receipt = book
                .settle(&line.entry.event)
                .map(|applied| applied.receipt)
                .map_err(|refusal| differs(format!("event {at} is refused now: {refusal}")))?;
            if receipt != *entered.receipt || receipt.day != entered.day || receipt.kind != entered.kind {
                return Err(differs(format!("event {at} no longer has the receipt that is kept")));
            }
            for computed in entered.postings() {
                if postings.next(tx).await?.as_ref() != Some(&computed) {
                    return Err(differs(format!(
                        "posting {} of event {at} is not what the receipt says",
                        computed.line
                    )));
                }
            }
        }
    }
    match postings.next(tx).await? {
        None => Ok(events),
        Some(left) => Err(differs(format!("there is a posting of event {} that no receipt says", left.place))),
    }
}

/// The postings, one after another.
struct Postings {
    after: (Place, i64),
    page: std::vec::IntoIter<BookedPosting>,
}

impl Postings {
    async fn next(&mut self, tx: &mut dyn Transaction) -> Result<Option<BookedPosting>> {
        if let Some(booked) = self.page.next() {
            self.after = (Place(booked.place), booked.line);
            return Ok(Some(booked));
        }
        self.page = tx.postings(Page { after: self.after, limit: PAGE }).await?.into_iter();
        let next = self.page.next();
        if let Some(booked) = &next {
            self.after = (Place(booked.place), booked.line);
        }
        Ok(next)
    }
}

/// Storage numbers orders, trades and purchases by their place, a book one by one; everything else is the same.
fn same_order(kept: &Order, computed: &Order) -> bool {
    let computed = Order { sequence: kept.sequence, ..computed.clone() };
    json(kept) == json(&computed)
}

fn same_trade(kept: &Trade, computed: &Trade) -> bool {
    *kept == Trade { sequence: kept.sequence, ..computed.clone() }
}

fn same_purchase(kept: &Purchase, computed: &Purchase) -> bool {
    *kept == Purchase { sequence: kept.sequence, ..computed.clone() }
}

/// Two tables in the same order, row by row.
fn same<'a, V: Debug + 'a>(
    what: &str,
    kept: impl Iterator<Item = (&'a Id, &'a V)>,
    mut computed: impl Iterator<Item = (&'a Id, &'a V)>,
    equal: impl Fn(&V, &V) -> bool,
) -> Result<()> {
    for (id, row) in kept {
        if !computed.next().is_some_and(|(other, expected)| other == id && equal(row, expected)) {
            return Err(differs(format!("the row of {what} {id} is not what the journal makes of it")));
        }
    }
    match computed.next() {
        Some((id, _)) => Err(differs(format!("there is no row of {what} {id}"))),
        None => Ok(()),
    }
}
