//! Cancels trades whose buyers have not paid in time. The contract cancels an unpaid trade at a day's close (RULES.md
//! section 5, step 1). The server has a shorter limit in hours, as a setting, and gives the same event earlier. A
//! cancelled trade stays cancelled, so a clock that is wrong for a while must cancel none.
//!
//! Several processes may do this at once: the second one is refused with `wrong_trade_state`.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::Code;
use gongxiang::identity::Id;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::ledger::believed::BelievedClock;
use crate::ledger::group::{Denial, Guard, Request};
use crate::ledger::journal;
use crate::ledger::queue::Ledger;
use crate::limits::UNPAID_LOOK_EVERY;

/// Looks for such trades now and then, until `end` says so. `hours` is how long a buyer has.
pub async fn keep_on(ledger: Ledger, hours: u32, clock: BelievedClock, end: watch::Receiver<bool>) {
    let work = move |now| {
        let ledger = ledger.clone();
        async move { cancel_unpaid(&ledger, hours, now).await.map(|_| ()) }
    };
    clock.every(UNPAID_LOOK_EVERY, "trades that were not paid in time could not be cancelled", work, end).await;
}

/// Cancels the trades that were taken `hours` before `now` or earlier and are not paid; answers with how many it was.
///
/// # Errors
/// If the database does not answer, or the rules refuse.
pub async fn cancel_unpaid(ledger: &Ledger, hours: u32, now: Timestamp) -> Result<usize> {
    let taken = now.saturating_sub(Duration::from_hours(hours.into())).unwrap_or(Timestamp::MIN);
    let mut cancelled = 0;
    for trade in ledger.store().unpaid_trades(taken).await? {
        cancelled += usize::from(cancel(ledger, &trade).await?);
    }
    Ok(cancelled)
}

/// Cancels a trade; `false` if it was paid, or ended, in the meantime.
async fn cancel(ledger: &Ledger, trade: &Id) -> Result<bool> {
    let event = format!(r#"{{"type":"trade.cancelled","trade":"{trade}"}}"#);
    let line = journal::parse(event.as_bytes()).context("cannot be")?;
    // The buyer may report the payment at this moment.
    let request = Request { line, key: None, actor: "scheduler".into(), guard: Some(Guard::Unpaid) };
    match ledger.settle_one(request).await?.outcome {
        Ok(_) => Ok(true),
        Err(Denial::Forbidden) => Ok(false),
        Err(Denial::Refused(refusal)) if refusal.code == Code::WrongTradeState => Ok(false),
        Err(denial) => bail!("{event}: {denial}"),
    }
}
