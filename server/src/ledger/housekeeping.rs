//! Deletes what is kept for a time only: the refusals of commands, the rows that list the pending orders of a member
//! once they have vested, and the disputes of trades that ended long ago. Settled events, and the refusals of a
//! journal's events, are kept for ever.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::ledger::believed::BelievedClock;
use crate::ledger::store::{Result, Store};
use crate::limits::{DISPUTES_HOLD, FORGOTTEN_AT_ONCE, HOUSEKEEPING_EVERY, REFUSALS_HOLD};

/// Forgets what is too old, now and then, until `end` says so.
pub async fn keep_on(store: Arc<dyn Store>, clock: BelievedClock, end: watch::Receiver<bool>) {
    let work = move |now| {
        let store = Arc::clone(&store);
        async move { Ok(forget(&*store, now).await.map(|_| ())?) }
    };
    clock.every(HOUSEKEEPING_EVERY, "old refusals could not be forgotten", work, end).await;
}

/// Forgets what is too old now; answers with how many it was. A little at a time: writers wait for each part only.
///
/// # Errors
/// If the database does not answer.
pub async fn forget(store: &dyn Store, now: Timestamp) -> Result<u64> {
    let mut all = 0;
    loop {
        let before = |held: Duration| now.saturating_sub(held).unwrap_or(Timestamp::MIN);
        let forgotten = [
            store.forget_refusals(before(REFUSALS_HOLD)).await?,
            store.forget_receivers().await?,
            store.forget_disputes(before(DISPUTES_HOLD)).await?,
        ];
        all += forgotten.iter().sum::<u64>();
        if forgotten.iter().all(|rows| *rows < FORGOTTEN_AT_ONCE) {
            return Ok(all);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
