//! Cancels redemptions whose vouchers were not used in time. The last day of a voucher is a day of the scheme, so it
//! ends when that day is closed, not by a clock.
//!
//! Several processes may do this at once: the transaction that cancels checks the state.

use anyhow::{Context as _, Result};
use gongxiang::identity::Id;
use tokio::sync::watch;

use super::Goods;
use crate::ledger::goods::VoucherEnd;
use crate::ledger::group::{Guard, Request};
use crate::ledger::journal;
use crate::ledger::queue::Ledger;
use crate::limits::{VOUCHERS_AT_ONCE, VOUCHERS_LOOK_EVERY};
use crate::shutdown::ended;

/// Looks for such vouchers now and then, until `end` says so.
pub async fn keep_on(ledger: Ledger, goods: Goods, mut end: watch::Receiver<bool>) {
    loop {
        let turn = async {
            if let Err(error) = expire(&ledger, &goods).await {
                tracing::warn!(%error, "vouchers that nobody used could not be cancelled; trying again");
            }
            tokio::time::sleep(VOUCHERS_LOOK_EVERY).await;
        };
        tokio::select! {
            () = turn => {}
            () = ended(&mut end) => return,
        }
    }
}

/// Cancels them; answers with how many it was. One that the rules refuse to cancel, because the treasury has not enough points, waits.
///
/// # Errors
/// If the database does not answer.
pub async fn expire(ledger: &Ledger, goods: &Goods) -> Result<usize> {
    let today = ledger.read().await?.now().await?.head.day;
    let (mut after, mut expired) = ((String::new(), String::new()), 0);
    loop {
        let overdue = goods.overdue(today, (&after.0, &after.1), VOUCHERS_AT_ONCE).await?;
        let Some((last, voucher)) = overdue.last() else { return Ok(expired) };
        after = (voucher.until.to_string(), last.to_string());
        for (id, _) in &overdue {
            expired += usize::from(cancel(ledger, id).await?);
        }
    }
}

/// Cancels one; `false` if somebody was faster, or the rules refuse.
async fn cancel(ledger: &Ledger, voucher: &Id) -> Result<bool> {
    let event = format!(r#"{{"type":"redemption.cancelled","redemption":"{voucher}"}}"#);
    let line = journal::parse(event.as_bytes()).context("cannot be")?;
    let guard = Some(Guard::Voucher(VoucherEnd::Expiry));
    let outcome = ledger.settle_one(Request { line, key: None, actor: "scheduler".into(), guard }).await?.outcome;
    if let Err(denial) = &outcome {
        tracing::info!(%voucher, %denial, "a voucher was not cancelled");
    }
    Ok(outcome.is_ok())
}
