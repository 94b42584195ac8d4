//! Trades whose buyers have not paid in time, on the engines that are used.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use gongxiang::market::TradeState;
use gongxiang_server::ledger::believed::BelievedClock;
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

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_believes_no_clock_that_is_wrong_for_seconds() -> Result<()> {
    a_clock_is_believed_when_it_has_stood_and_is_plausible(Kind::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_believes_no_clock_that_is_wrong_for_seconds() -> Result<()> {
    a_clock_is_believed_when_it_has_stood_and_is_plausible(Kind::Postgres).await
}

async fn a_clock_is_believed_when_it_has_stood_and_is_plausible(kind: Kind) -> Result<()> {
    const HOUR: i64 = 3_600_000;
    const SECOND: i64 = 1_000;
    let engine = Engine::new(kind, None)?;
    let store = engine.open(&cdnow_rules()?).await?;
    accepted(&start(&store, 0), &opening()).await?;
    let (time, passed) = (Arc::new(AtomicI64::new(Timestamp::now().as_millisecond())), Arc::new(AtomicI64::new(0)));
    let jump = |by: i64| _ = time.fetch_add(by, Ordering::SeqCst);
    let pass = |by: i64| _ = (time.fetch_add(by, Ordering::SeqCst), passed.fetch_add(by, Ordering::SeqCst));
    let shown = Arc::clone(&time);
    let now = Arc::new(move || Timestamp::from_millisecond(shown.load(Ordering::SeqCst)).unwrap_or_default());
    let shown = Arc::clone(&passed);
    let ticks = Arc::new(move || Duration::from_millis(shown.load(Ordering::SeqCst).unsigned_abs()));
    let clock = BelievedClock::new(Arc::clone(&store), now, ticks);

    ensure!(clock.now().await?.is_none(), "a clock is believed that was just looked at for the first time");
    pass(59 * SECOND);
    ensure!(clock.now().await?.is_none(), "a clock is believed that has not stood for a minute");
    pass(SECOND);
    // A step too small to count; the database's own clock has hardly moved.
    jump(-SECOND);
    ensure!(clock.now().await?.is_some(), "a clock that stands and is right is not believed");
    for hours in [25, 73, 31 * 24, 400 * 24] {
        jump(hours * HOUR);
        for _ in 0..3 {
            ensure!(clock.now().await?.is_none(), "a clock is believed that is {hours} hours ahead for seconds");
            pass(15 * SECOND);
        }
        jump(-hours * HOUR);
        ensure!(clock.now().await?.is_none(), "a clock is believed that was just set");
    }
    // A database with a clock of its own knows better; otherwise the newest event says how far it can be.
    for (hours, is_believed) in [(0, true), (25, true), (73, false)] {
        jump(hours * HOUR);
        clock.now().await?;
        pass(61 * SECOND);
        let believed = clock.now().await?.is_some();
        ensure!(
            believed == (is_believed && kind == Kind::Sqlite),
            "a clock that stands {hours} hours ahead: {believed}"
        );
        jump(-hours * HOUR);
    }
    Ok(())
}
