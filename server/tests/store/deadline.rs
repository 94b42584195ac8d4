//! Trades whose buyers have not paid in time, on the engines that are used.

use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use gongxiang::market::TradeState;
use gongxiang_server::ledger::deadline::cancel_unpaid;
use gongxiang_server::ledger::group::{Denial, Guard};
use gongxiang_server::ledger::housekeeping;
use gongxiang_server::ledger::store::{Page, Scope};
use gongxiang_server::limits::DISPUTES_HOLD;
use jiff::Timestamp;
use serde_json::json;

use crate::engine::{Engine, Kind};
use crate::suite::{Make, accepted, cdnow_rules, opening, sent, start};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_cancels_trades_that_are_not_paid_in_time() -> Result<()> {
    unpaid_trades_are_cancelled(&|| Engine::new(Kind::Sqlite, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_cancels_trades_that_are_not_paid_in_time() -> Result<()> {
    unpaid_trades_are_cancelled(&|| Engine::new(Kind::Postgres, None)).await
}

async fn unpaid_trades_are_cancelled(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    let ledger = start(&store, 0);
    accepted(&ledger, &opening()).await?;
    let offer = json!({"type": "offer.placed", "offer": "f", "member": "ann", "side": "sell", "points": "9", "unit_price": "1"});
    let take =
        |trade: &str| json!({"type": "offer.taken", "offer": "f", "trade": trade, "member": "eve", "points": "1"});
    let paid = json!({"type": "trade.paid", "trade": "paid"});
    let confirmed = json!({"type": "trade.confirmed", "trade": "done"});
    accepted(&ledger, &[offer, take("paid"), take("unpaid"), take("done"), paid, confirmed]).await?;
    let now = Timestamp::now();
    ensure!(cancel_unpaid(&ledger, 24, now + 23 * HOUR).await? == 0, "a trade is cancelled before its time");
    ensure!(cancel_unpaid(&ledger, 24, now + 25 * HOUR).await? == 1, "not just the unpaid trade is cancelled");
    ensure!(cancel_unpaid(&ledger, 24, now + 25 * HOUR).await? == 0, "a trade is cancelled twice");
    let trades = store.begin(Scope::Reading).await?.trades(None, Page { after: "", limit: 9 }).await?;
    let states: Vec<_> = trades.into_iter().map(|(id, trade)| (id.to_string(), trade.state)).collect();
    let expected = [("done", TradeState::Confirmed), ("paid", TradeState::Paid), ("unpaid", TradeState::Cancelled)];
    ensure!(states == expected.map(|(id, state)| (id.to_owned(), state)), "{states:?}");

    // The buyer may pay between the look and the event.
    let mut late = sent(&json!({"type": "trade.cancelled", "trade": "paid"}))
        .map_err(|refusal| anyhow!("cannot be read: {refusal}"))?;
    late.guard = Some(Guard::Unpaid);
    let outcome = ledger.settle_one(late).await?.outcome;
    ensure!(matches!(outcome, Err(Denial::Forbidden)), "a paid trade is cancelled by the clock: {outcome:?}");
    ensure!(housekeeping::forget(&*store, now + DISPUTES_HOLD).await? == 0, "there is nothing to forget");
    Ok(())
}
