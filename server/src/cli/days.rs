//! `gongxiang days`: closes days that a server does not close by itself.

use std::sync::Arc;

use anyhow::{Result, bail};
use gongxiang::identity::Day;

use crate::clock::clock;
use crate::ledger::close::{close, day_of, find_zone};
use crate::ledger::missed::Missed;

/// Closes every day from the open one to `until`. If the rules refuse a day, the days before it stay closed.
pub fn catch_up(database: &str, zone: &str, until: Day) -> Result<bool> {
    let today = day_of(clock()(), &find_zone(zone)?)?;
    if until >= today {
        bail!("`--until {until}` is not over: by this machine's clock, in the zone {zone}, it is {today}");
    }
    super::block_on(async {
        let store = super::open_existing(database).await?;
        super::with_ledger(Arc::new(store), async |ledger| {
            let open = ledger.read().await?.now().await?.head.day;
            let Some(missed) = until.next().and_then(|after| Missed::until(open, after)) else {
                println!("{until} is closed already: the open day is {open}");
                return Ok(true);
            };
            for day in missed.each() {
                if !close(ledger, day, "operator").await? {
                    bail!("{day} is no longer the open day: another process closed it; run the command again");
                }
                let head = ledger.read().await?.now().await?.head;
                println!("{day} is closed; {} points are issued, and the price is {}", head.supply.issued, head.price);
            }
            Ok(true)
        })
        .await
    })
}
