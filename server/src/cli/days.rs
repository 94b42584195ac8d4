//! `gongxiang days`: what a server does not do without a person.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gongxiang::identity::Day;

use crate::clock::clock;
use crate::ledger::close::{close, day_of, find_zone};
use crate::ledger::missed::Missed;
use crate::ledger::queue::Ledger;
use crate::ledger::store::sql::SqlStore;
use crate::text::redacted;

/// Closes every day from the open one to `until`, and says what came of each.
///
/// # Errors
/// If `until` is not over, the database cannot be used, or the rules refuse; the days before are closed then.
pub fn catch_up(database: &str, zone: &str, until: Day) -> Result<bool> {
    let today = day_of(clock()(), &find_zone(zone)?)?;
    if until >= today {
        bail!("`--until {until}` is not over: by this machine's clock and the zone {zone} it is {today}");
    }
    tokio::runtime::Runtime::new().context("cannot start")?.block_on(async {
        let store = SqlStore::open(database).await.with_context(|| format!("cannot use {}", redacted(database)))?;
        let (ledger, writing) = Ledger::start(Arc::new(store), 0, Arc::default());
        let open = ledger.read().await?.now().await?.head.day;
        let Some(missed) = until.next().and_then(|after| Missed::until(open, after)) else {
            println!("{until} is closed already: the open day is {open}");
            return Ok(true);
        };
        for day in missed.each() {
            if !close(&ledger, day, "operator").await? {
                bail!("{day} is not the open day any more: somebody else closes days; look again");
            }
            let head = ledger.read().await?.now().await?.head;
            println!("{day} is closed; {} points are issued, and the price is {}", head.supply.issued, head.price);
        }
        drop(ledger);
        for writer in writing {
            writer.await.context("a writer failed")?;
        }
        Ok(true)
    })
}
