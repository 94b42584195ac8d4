//! The server closes days: after midnight of a zone, each day once however many processes do so, and only if the books make
//! its clock plausible.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use gongxiang::identity::Day;
use gongxiang::preset;
use gongxiang_server::ledger::close::{Closer, day_of, find_zone};
use gongxiang_server::ledger::group::Request;
use gongxiang_server::ledger::journal;
use gongxiang_server::ledger::queue::Ledger;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::ledger::store::{Page, Place, Store};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Folder, Server, TestResult, add_key, databases, gongxiang};

const DAY: i64 = 86_400;

/// A clock and the elapsed time, both set by the test, in milliseconds.
#[derive(Clone, Default)]
struct Clock {
    time: Arc<AtomicI64>,
    passed: Arc<AtomicI64>,
}

impl Clock {
    fn at(moment: Timestamp) -> Self {
        let this = Self::default();
        this.time.store(moment.as_millisecond(), Ordering::SeqCst);
        this
    }

    /// Sets the clock, as a person does or after the machine slept: no time passes.
    fn jump(&self, seconds: i64) {
        self.time.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Time passes evenly.
    fn pass(&self, seconds: i64) {
        self.jump(seconds);
        self.passed.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Time passes evenly until then.
    fn pass_until(&self, moment: &str) -> TestResult {
        let left = moment.parse::<Timestamp>()?.as_millisecond() - self.time.load(Ordering::SeqCst);
        self.time.fetch_add(left, Ordering::SeqCst);
        self.passed.fetch_add(left, Ordering::SeqCst);
        Ok(())
    }

    fn now(&self) -> gongxiang_server::clock::Clock {
        let this = self.clone();
        Arc::new(move || Timestamp::from_millisecond(this.time.load(Ordering::SeqCst)).unwrap_or_default())
    }

    fn ticks(&self) -> gongxiang_server::clock::Ticks {
        let this = self.clone();
        Arc::new(move || Duration::from_millis(this.passed.load(Ordering::SeqCst).unsigned_abs()))
    }
}

/// A zone in which it is about noon now, so that no test meets a midnight.
fn noon_zone() -> String {
    let hour = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).hour();
    let east = 12 - i32::from(hour);
    if east < 0 { format!("Etc/GMT+{}", -east) } else { format!("Etc/GMT-{east}") }
}

fn today() -> TestResult<Day> {
    Ok(day_of(Timestamp::now(), &find_zone(&noon_zone())?)?)
}

/// The day so many days before today.
fn days_ago(days: i64) -> TestResult<Day> {
    let then = Timestamp::now() - SignedDuration::from_secs(days * DAY);
    Ok(day_of(then, &find_zone(&noon_zone())?)?)
}

/// The book of one process.
async fn book(database: &str, first_day: Day, shard: u8) -> TestResult<Ledger> {
    let store = SqlStore::open(database).await?;
    let mut rules = preset::seed()?;
    rules.genesis_day = first_day;
    store.open_book(None, &rules).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    Ok(Ledger::start(store, shard, Arc::default()).0)
}

fn closer(ledger: &Ledger, zone: &str, clock: &Clock) -> TestResult<Closer> {
    Ok(Closer::new(ledger.clone(), zone, clock.now(), clock.ticks())?)
}

/// Settles an event now.
async fn settle(ledger: &Ledger, member: &str) -> TestResult {
    let event = format!(r#"{{"type":"member.registered","member":"{member}"}}"#);
    let line = journal::parse(event.as_bytes()).map_err(|refusal| refusal.to_string())?;
    ledger.settle_one(Request { line, key: None, actor: "operator".into(), guard: None }).await?.outcome?;
    Ok(())
}

async fn closed(ledger: &Ledger) -> TestResult<Vec<String>> {
    let days = ledger.read().await?.days(Page { after: None, limit: 500 }).await?;
    Ok(days.iter().map(|closed| closed.record.day.to_string()).collect())
}

#[tokio::test]
async fn a_day_closes_when_the_clock_has_stood_for_a_minute_beyond_midnight_of_its_zone_and_not_before() -> TestResult {
    let folder = Folder::new()?;
    let ledger = book(&folder.database(), "2026-01-01".parse_day()?, 0).await?;
    let clock = Clock::at("2026-01-01T01:00:00Z".parse()?);
    let mut closer = closer(&ledger, "Asia/Shanghai", &clock)?;
    // Midnight in Shanghai is 16:00 UTC.
    for (moment, days) in [
        ("2026-01-01T15:59:59.999Z", 0),
        ("2026-01-01T16:00:59.999Z", 0),
        ("2026-01-01T16:01:00Z", 1),
        ("2026-01-02T15:59:59Z", 1),
        ("2026-01-02T16:00:30Z", 1),
        ("2026-01-02T16:01:01Z", 2),
    ] {
        clock.pass_until(moment)?;
        closer.look().await?;
        assert_eq!(closed(&ledger).await?.len(), days, "{moment}");
    }
    assert_eq!(closed(&ledger).await?, ["2026-01-01", "2026-01-02"]);
    Ok(())
}

#[tokio::test]
async fn a_midnight_that_does_not_exist_is_the_first_moment_of_the_day() -> TestResult {
    let folder = Folder::new()?;
    let ledger = book(&folder.database(), "2026-03-07".parse_day()?, 0).await?;
    // In Havana the 8th of March 2026 begins at 1:00, which is 5:00 UTC.
    let clock = Clock::at("2026-03-07T20:00:00Z".parse()?);
    let mut closer = closer(&ledger, "America/Havana", &clock)?;
    for (moment, days) in [("2026-03-08T04:59:59Z", 0), ("2026-03-08T05:00:59Z", 0), ("2026-03-08T05:01:00Z", 1)] {
        clock.pass_until(moment)?;
        closer.look().await?;
        assert_eq!(closed(&ledger).await?.len(), days, "{moment}");
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_wrong_for_seconds_closes_nothing() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let ledger = book(&folder.database(), today()?, 0).await?;
    settle(&ledger, "ann").await?;
    let clock = Clock::at(Timestamp::now());
    let mut running = closer(&ledger, &zone, &clock)?;
    clock.pass(600);
    running.look().await?;
    for days in [1, 2, 3, 40, 400] {
        clock.jump(days * DAY);
        // One that runs, and one that is started again.
        let mut restarted = closer(&ledger, &zone, &clock)?;
        for _ in 0..3 {
            assert_eq!((running.look().await?, restarted.look().await?), (0, 0), "{days} days ahead");
            clock.pass(15);
        }
        clock.jump(-days * DAY);
        assert_eq!((running.look().await?, restarted.look().await?), (0, 0), "right again");
        clock.pass(600);
        assert_eq!(running.look().await?, 0);
        assert_eq!(ledger.close_waits(), None, "a clock that is right again needs no person");
    }
    assert!(closed(&ledger).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn more_than_three_missed_days_are_not_closed_without_a_person_however_often_the_server_starts() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let first = days_ago(5)?;
    let ledger = book(&folder.database(), first, 0).await?;
    settle(&ledger, "ann").await?;
    let clock = Clock::at(Timestamp::now());
    for _ in 0..3 {
        let mut closer = closer(&ledger, &zone, &clock)?;
        for _ in 0..3 {
            clock.pass(100);
            assert_eq!(closer.look().await?, 0);
        }
    }
    assert!(closed(&ledger).await?.is_empty());
    let why = ledger.close_waits().ok_or("nobody is asked")?.to_string();
    let last = days_ago(1)?;
    // 888 points a day.
    for part in ["5 days", &first.to_string(), "4440 points", &format!("gongxiang days catch-up --until {last}")] {
        assert!(why.contains(part), "{part} in {why}");
    }
    assert!(ledger.metrics().text().contains("gongxiang_close_waits 1\n"));
    Ok(())
}

#[tokio::test]
async fn three_missed_days_are_closed_where_something_was_settled_since() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let ledger = book(&folder.database(), days_ago(3)?, 0).await?;
    settle(&ledger, "ann").await?;
    let clock = Clock::at(Timestamp::now());
    let mut closer = closer(&ledger, &zone, &clock)?;
    assert_eq!(closer.look().await?, 0, "the clock has not stood for a minute");
    clock.pass(61);
    assert_eq!(closer.look().await?, 3);
    assert_eq!(closed(&ledger).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_day_more_than_a_day_ahead_of_the_newest_event_needs_a_person_and_none_is_closed_before() -> TestResult {
    for (ahead, closes) in [(1, 1), (2, 2), (3, 0)] {
        let (folder, zone) = (Folder::new()?, noon_zone());
        let ledger = book(&folder.database(), today()?, 0).await?;
        settle(&ledger, "ann").await?;
        let clock = Clock::at(Timestamp::now() + SignedDuration::from_secs(ahead * DAY));
        let mut closer = closer(&ledger, &zone, &clock)?;
        closer.look().await?;
        clock.pass(61);
        assert_eq!(closer.look().await?, closes, "{ahead} days ahead");
        assert_eq!(ledger.close_waits().is_some(), closes == 0);
        if closes == 0 {
            assert!(ledger.close_waits().is_some_and(|why| why.to_string().contains("newest event")));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_behind_the_open_day_closes_nothing_and_says_so() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let ledger = book(&folder.database(), today()?, 0).await?;
    let clock = Clock::at(Timestamp::now());
    let mut closer = closer(&ledger, &zone, &clock)?;
    for (days, waits) in [(1, false), (1, true), (400, true)] {
        clock.jump(-days * DAY);
        clock.pass(100);
        assert_eq!(closer.look().await?, 0);
        assert_eq!(ledger.close_waits().is_some(), waits);
    }
    assert!(ledger.close_waits().is_some_and(|why| why.to_string().contains("closed by mistake")));
    Ok(())
}

#[tokio::test]
async fn a_machine_that_slept_closes_its_day_a_minute_after_it_woke() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let ledger = book(&folder.database(), today()?, 0).await?;
    settle(&ledger, "ann").await?;
    let clock = Clock::at(Timestamp::now());
    let mut closer = closer(&ledger, &zone, &clock)?;
    clock.pass(600);
    closer.look().await?;
    clock.jump(20 * 3_600);
    assert_eq!(closer.look().await?, 0, "it has just woken");
    clock.pass(59);
    assert_eq!(closer.look().await?, 0);
    clock.pass(1);
    assert_eq!(closer.look().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_schedulers_on_one_database_close_each_missed_day_once_and_in_order() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    for database in databases(&folder)? {
        let clock = Clock::at(Timestamp::now() - SignedDuration::from_secs(30));
        let first = days_ago(2)?;
        let (ledger, second) = (book(&database, first, 0).await?, book(&database, first, 2).await?);
        let (mut one, mut other) = (closer(&ledger, &zone, &clock)?, closer(&second, &zone, &clock)?);
        assert_eq!((one.look().await?, other.look().await?), (0, 0));
        clock.pass(61);
        let (by_one, by_other) = tokio::join!(one.look(), other.look());
        assert_eq!(by_one? + by_other?, 2, "{}", &*database);
        assert_eq!(closed(&ledger).await?, [first.to_string(), days_ago(1)?.to_string()]);
        let journal = ledger.read().await?.journal(Page { after: Place::default(), limit: 100 }).await?;
        assert_eq!(journal.len(), 2);
        assert!(journal.iter().all(|entered| entered.actor == "scheduler"));
    }
    Ok(())
}

#[tokio::test]
async fn a_server_whose_clock_is_not_the_databases_closes_nothing_and_the_others_do() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    for database in databases(&folder)?.iter().filter(|database| database.starts_with("postgres")) {
        let first = days_ago(1)?;
        let ledger = book(database, first, 0).await?;
        let (right, wrong) =
            (Clock::at(Timestamp::now()), Clock::at(Timestamp::now() + SignedDuration::from_secs(DAY)));
        let (mut one, mut other) = (closer(&ledger, &zone, &right)?, closer(&ledger, &zone, &wrong)?);
        one.look().await?;
        other.look().await?;
        // Both have run evenly for long enough; the right one is still within a minute of the database's.
        right.passed.fetch_add(61_000, Ordering::SeqCst);
        right.jump(61 - 2);
        wrong.pass(100);
        assert_eq!(other.look().await?, 0);
        assert!(ledger.close_waits().is_some_and(|why| why.to_string().contains("apart")));
        assert_eq!(one.look().await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_zone_that_is_none_is_refused() -> TestResult {
    let folder = Folder::new()?;
    let ledger = book(&folder.database(), today()?, 0).await?;
    let error = closer(&ledger, "Asia/Atlantis", &Clock::default()).err().ok_or("there is such a zone")?;
    assert_eq!(error.to_string(), "`Asia/Atlantis` is no time zone");
    Ok(())
}

#[test]
fn a_server_asks_for_a_person_and_closes_the_rest_by_itself_when_that_has_spoken() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let database = folder.database();
    let first = days_ago(10)?.to_string();
    let arguments = ["--database", &database, "--close-days", "--zone", &zone, "--first-day", &first];
    let server = Server::start_closed(&arguments)?;
    let wait_for = |what: &dyn Fn() -> TestResult<bool>| -> TestResult {
        for _ in 0..600 {
            if what()? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Err("it did not come to that".into())
    };
    let status = || server.get("/health/ready");
    wait_for(&|| Ok(status()?.1["close_waits"].is_string()))?;
    let (code, said) = status()?;
    assert_eq!((code, &said["status"]), (200, &"ok".into()), "orders go on");
    let key = add_key(&database, &["--role", "operator"])?;
    let (_, overview) = server.ask("GET", "/v1/overview", Some(&key), &[], None)?;
    let warning = &overview["warnings"][0];
    let until = days_ago(1)?.to_string();
    assert_eq!(
        (&warning["of"], &warning["from"], &warning["until"]),
        (&"days_not_closed".into(), &first.clone().into(), &until.into())
    );
    let open = || -> TestResult<String> { Ok(server.get("/v1/supply")?.1["day"].as_str().unwrap_or_default().into()) };
    assert_eq!(open()?, first);

    let catch_up =
        |until: &str| gongxiang(&["days", "catch-up", "--database", &database, "--zone", &zone, "--until", until]);
    let refused = catch_up(&today()?.to_string()).err().ok_or("today is not over")?.to_string();
    assert!(refused.contains("is not over"), "{refused}");
    let said = catch_up(&days_ago(2)?.to_string())?;
    assert_eq!(said.lines().count(), 9, "{said}");
    assert!(catch_up(&days_ago(2)?.to_string())?.contains("closed already"));
    assert_eq!(open()?, days_ago(1)?.to_string());
    // Its clock has to run evenly for a minute, and it looks twice a minute.
    wait_for(&|| Ok(open()? == today()?.to_string()))?;
    wait_for(&|| Ok(status()?.1["close_waits"].is_null()))
}

#[test]
fn a_preset_opens_a_book_at_today_and_goes_on_with_it_under_its_name() -> TestResult {
    let (folder, zone) = (Folder::new()?, noon_zone());
    let database = folder.database();
    let start = |rules: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongxiang"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", &database, "--zone", &zone, "--rules", rules]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Server::of(command)
    };
    let server = start("seed")?;
    assert_eq!(server.get("/v1/supply")?.1["day"], today()?.to_string());
    assert!(server.terminate()?);
    assert!(start("seed")?.terminate()?);
    let refused = start("single-level").err().ok_or("other rules")?.to_string();
    assert!(refused.contains("opened with other rules"), "{refused}");
    Ok(())
}

/// A day of the calendar.
trait ParseDay {
    fn parse_day(&self) -> TestResult<Day>;
}

impl ParseDay for str {
    fn parse_day(&self) -> TestResult<Day> {
        Ok(Day::parse(self).ok_or("no day")?)
    }
}
