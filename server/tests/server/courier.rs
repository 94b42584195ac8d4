//! Deliveries at times that the tests set: what is given up, what another process takes over, and the limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::http::Method;
use gongxiang::preset;
use gongxiang_server::ledger::believed::BelievedClock;
use gongxiang_server::ledger::group::Request;
use gongxiang_server::ledger::journal;
use gongxiang_server::ledger::queue::Ledger;
use gongxiang_server::ledger::store::Store;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::outbound::{Outbound, OutboundError};
use gongxiang_server::webhooks::deliver::Courier;
use jiff::Timestamp;

use crate::receiver::Receiver;
use crate::support::{Folder, TestResult, databases};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A clock and the elapsed time, both set by the test, in milliseconds.
#[derive(Clone, Default)]
struct Time {
    shown: Arc<AtomicI64>,
    passed: Arc<AtomicI64>,
}

impl Time {
    /// Sets the clock: no time passes.
    fn jump(&self, by: i64) {
        self.shown.fetch_add(by, Ordering::SeqCst);
    }

    fn pass(&self, by: i64) {
        self.jump(by);
        self.passed.fetch_add(by, Ordering::SeqCst);
    }

    fn now(&self) -> gongxiang_server::clock::Clock {
        let this = self.clone();
        Arc::new(move || Timestamp::from_millisecond(this.shown.load(Ordering::SeqCst)).unwrap_or_default())
    }

    fn ticks(&self) -> gongxiang_server::clock::Ticks {
        let this = self.clone();
        Arc::new(move || Duration::from_millis(this.passed.load(Ordering::SeqCst).unsigned_abs()))
    }
}

/// A database with one webhook and two waiting deliveries, and a courier whose clock the test sets.
async fn two_waiting(database: &str, receiver: &Receiver) -> TestResult<(SqlStore, Courier, Time)> {
    let store = SqlStore::open(database).await?;
    store.open_book(None, &preset::seed()?).await?;
    sqlx::query("INSERT INTO webhooks (id, url, secret, kinds, at) VALUES ('wh', $1, 'whsec_AAAA', '', '')")
        .bind(format!("http://{}/", receiver.address))
        .execute(store.pool())
        .await?;
    let kept: Arc<dyn Store> = Arc::new(store.clone());
    let (ledger, _) = Ledger::start(Arc::clone(&kept), 0, Arc::default());
    for member in ["ann", "bob"] {
        let event = format!(r#"{{"type":"member.registered","member":"{member}"}}"#);
        let line = journal::parse(event.as_bytes()).map_err(|refusal| refusal.to_string())?;
        ledger.settle_one(Request::of_journal(line, "operator")).await?;
    }
    let clock = Time::default();
    clock.jump(Timestamp::now().as_millisecond() + 1);
    let believed = BelievedClock::new(kept, clock.now(), clock.ticks());
    let courier = Courier::new(store.pool().clone(), Outbound::new(true)?, clock.now(), believed);
    Ok((store, courier, clock))
}

/// The numbers of waiting and of abandoned deliveries.
async fn left(store: &SqlStore) -> TestResult<(i64, i64)> {
    let count = "SELECT COUNT(*) FROM deliveries WHERE dead = ";
    let (waiting,) = sqlx::query_as(sqlx::AssertSqlSafe(format!("{count}0"))).fetch_one(store.pool()).await?;
    let (dead,) = sqlx::query_as(sqlx::AssertSqlSafe(format!("{count}1"))).fetch_one(store.pool()).await?;
    Ok((waiting, dead))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_20_tries_a_delivery_is_given_up_and_the_next_has_its_turn() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&["500 Internal Server Error"; 20])?;
        let (store, courier, clock) = two_waiting(&database, &receiver).await?;
        for tried in 1..=20 {
            assert_eq!(left(&store).await?, (2, 0), "{tried}");
            assert_eq!(courier.deliver().await?, 1);
            assert_eq!(courier.deliver().await?, 0, "it waits");
            clock.jump(HOUR);
        }
        assert_eq!(left(&store).await?, (1, 1));
        assert_eq!(courier.deliver().await?, 1);
        assert_eq!(left(&store).await?, (0, 1));
        let all = receiver.all();
        assert_eq!(all.len(), 21);
        assert_ne!(all[19].header("webhook-id"), all[20].header("webhook-id"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_after_three_days_is_given_up_with_all_that_is_as_old() -> TestResult {
    let folder = Folder::new()?;
    let receiver = Receiver::start(&["500 Internal Server Error"])?;
    let (store, courier, clock) = two_waiting(&folder.database(), &receiver).await?;
    let sql = format!("UPDATE deliveries SET since = since - {}", 73 * HOUR);
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(store.pool()).await?;
    clock.pass(60_000);
    courier.deliver().await?;
    assert_eq!(left(&store).await?, (0, 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_wrong_gives_nothing_up_and_silences_no_webhook() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&["500 Internal Server Error"])?;
        let (store, courier, clock) = two_waiting(&database, &receiver).await?;
        // A failure, a lease and a success of a clock that is more than a year ahead.
        clock.jump(400 * DAY);
        assert_eq!(courier.deliver().await?, 1);
        assert_eq!(left(&store).await?, (2, 0), "nothing is given up for the age that a wrong clock makes");
        clock.jump(-400 * DAY);
        let sql = format!("UPDATE webhooks SET lease = {}", clock.shown.load(Ordering::SeqCst) + 400 * DAY);
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(store.pool()).await?;
        clock.jump(400 * DAY - 30_000);
        assert_eq!(courier.deliver().await?, 0, "the process of that clock is at work");
        clock.jump(30_000 - 400 * DAY);
        assert_eq!(courier.deliver().await?, 1, "neither the wait nor the lease holds");
        assert_eq!(left(&store).await?, (0, 0));
        for ahead in [400 * DAY, 30 * 60_000] {
            let again = "INSERT INTO deliveries (webhook, place, since) SELECT 'wh', MAX(place), 0 FROM journal";
            clock.jump(ahead);
            sqlx::query(again).execute(store.pool()).await?;
            assert_eq!(courier.deliver().await?, 1);
            clock.jump(-ahead);
            sqlx::query(again).execute(store.pool()).await?;
            assert_eq!(courier.deliver().await?, 1, "silent after a delivery of a clock that was {ahead} ms ahead");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_had_taken_is_taken_over_when_its_time_is_up() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&[])?;
        let (store, courier, clock) = two_waiting(&database, &receiver).await?;
        let sql = format!("UPDATE webhooks SET lease = {}", clock.shown.load(Ordering::SeqCst) + 45_000);
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(store.pool()).await?;
        assert_eq!(courier.deliver().await?, 0);
        clock.jump(45_001);
        assert_eq!(courier.deliver().await?, 1);
        assert_eq!((left(&store).await?, receiver.all().len()), ((0, 0), 2));
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_none_and_a_redirect_is_not_followed() -> TestResult {
    let receiver = Receiver::start(&["302 Found\r\nlocation: http://127.0.0.1:1/"])?;
    let url = format!("http://{}/", receiver.address);
    let outbound = Outbound::new(true)?;
    let send = |url: String| {
        let outbound = outbound.clone();
        async move { outbound.send(Method::POST, &url, &[], b"x".to_vec()).await }
    };
    assert_eq!(send(url).await?.status, 302);

    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    std::thread::spawn(move || {
        if let Some(Ok(mut stream)) = listener.incoming().next() {
            let body = "x".repeat(1 << 20);
            _ = std::io::Write::write_all(&mut stream, format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes());
        }
    });
    assert!(matches!(send(url).await, Err(OutboundError::Http(_))));
    assert!(matches!(send("http://127.0.0.1:1/".into()).await, Err(OutboundError::Connect(_))));
    Ok(())
}
