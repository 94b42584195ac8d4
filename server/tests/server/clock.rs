//! The day closes by itself: at midnight of a zone, each day once, whoever else does so too.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gongxiang::preset;
use gongxiang_server::ledger::close::Closer;
use gongxiang_server::ledger::queue::Ledger;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::ledger::store::{Page, Place, Store};
use jiff::Timestamp;

use crate::support::{Folder, Server, TestResult, databases};

/// A clock that is set by hand.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn set(&self, moment: &str) -> TestResult {
        self.0.store(moment.parse::<Timestamp>()?.as_millisecond(), Ordering::SeqCst);
        Ok(())
    }

    fn now(&self) -> gongxiang_server::clock::Clock {
        let this = self.clone();
        Arc::new(move || Timestamp::from_millisecond(this.0.load(Ordering::SeqCst)).unwrap_or_default())
    }
}

/// What one process has.
async fn process(database: &str, clock: &Clock, shard: u8) -> TestResult<(Ledger, Closer)> {
    let store = SqlStore::open(database).await?;
    store.open_book(None, &preset::seed()?).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let (ledger, _) = Ledger::start(store, shard, Arc::default());
    let closer = Closer::new(ledger.clone(), "Asia/Shanghai", clock.now())?;
    Ok((ledger, closer))
}

async fn closed(ledger: &Ledger) -> TestResult<Vec<String>> {
    let days = ledger.read().await?.days(Page { after: None, limit: 500 }).await?;
    Ok(days.iter().map(|record| record.day.to_string()).collect())
}

#[tokio::test]
async fn a_day_closes_at_midnight_of_its_zone_and_not_before() -> TestResult {
    let (folder, clock) = (Folder::new()?, Clock::default());
    let (ledger, closer) = process(&folder.database(), &clock, 0).await?;
    // The first day of the seed rules is 2026-01-01, and midnight in Shanghai is 16:00 UTC.
    for (moment, days) in [
        ("2025-06-01T00:00:00Z", 0),
        ("2026-01-01T15:59:59.999Z", 0),
        ("2026-01-01T16:00:00Z", 1),
        ("2026-01-02T15:59:59Z", 1),
        ("2026-01-02T16:00:01Z", 2),
        ("2026-01-02T10:00:00Z", 2),
    ] {
        clock.set(moment)?;
        closer.catch_up().await?;
        assert_eq!(closed(&ledger).await?.len(), days, "{moment}");
    }
    assert_eq!(closed(&ledger).await?, ["2026-01-01", "2026-01-02"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_schedulers_on_one_database_close_each_missed_day_once_and_in_order() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let clock = Clock::default();
        let (ledger, one) = process(&database, &clock, 0).await?;
        let (_, other) = process(&database, &clock, 2).await?;
        clock.set("2026-02-10T00:00:00Z")?;
        let (by_one, by_other) = tokio::join!(one.catch_up(), other.catch_up());
        assert_eq!(by_one? + by_other?, 40, "{}", &*database);
        let days = closed(&ledger).await?;
        assert_eq!((days.len(), days.first().map(String::as_str)), (40, Some("2026-01-01")));
        assert!(days.is_sorted() && days.last().map(String::as_str) == Some("2026-02-09"));
        let journal = ledger.read().await?.journal(Page { after: Place::default(), limit: 100 }).await?;
        assert_eq!(journal.len(), 40);
        assert!(journal.iter().all(|entered| entered.actor == "scheduler"));
    }
    Ok(())
}

#[tokio::test]
async fn a_zone_that_is_none_is_refused() -> TestResult {
    let (folder, clock) = (Folder::new()?, Clock::default());
    let (ledger, _) = process(&folder.database(), &clock, 0).await?;
    let error = Closer::new(ledger, "Asia/Atlantis", clock.now()).err().ok_or("there is such a zone")?;
    assert_eq!(error.to_string(), "`Asia/Atlantis` is no time zone");
    Ok(())
}

#[test]
fn the_server_closes_the_days_it_missed_if_it_is_told_to() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--close-days"])?;
    for _ in 0..200 {
        let (_, days) = server.get("/v1/days?limit=1")?;
        if days["days"][0]["day"] == "2026-01-01" {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Err("no day was closed".into())
}
