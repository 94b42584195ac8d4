//! Servers, and the database under them, are killed at random moments under load. Every answered event is stored once, and
//! nothing else is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gongxiang::receipt::Receipt;
use gongxiang_cluster::{Cluster, Programs};
use gongxiang_server::limits::CONNECTION_WAIT_MAX;
use serde_json::Value;

use crate::load::{Address, Failure, RULES, audited_journal, event, insist, opening, settle_opening, state_of};
use crate::postgres::Database;
use crate::support::{Client, Folder, Server, TestResult, random};

/// How often the server is killed; more in a long run.
const KILLS: &str = "GONGXIANG_TEST_KILLS";
const KILLS_DEFAULT: u32 = 10;
const CLIENTS: usize = 16;

/// Longest time from the moment at which a database serves again until an event is acknowledged. The server tries every 2
/// seconds, and the machine may be busy.
const RECOVERY_MAX: Duration = Duration::from_secs(15);

/// Longer than a server waits for a connection.
const LONG_OUTAGE: Duration = CONNECTION_WAIT_MAX.saturating_add(Duration::from_secs(2));

/// The answers to one client, by the number of the event.
type Answered = Vec<Value>;

/// What is under load.
pub struct Scene<'a> {
    arguments: &'a [&'a str],
    environment: &'a [(&'a str, &'a str)],
    pub server: Server,
    address: Address,
    acknowledged: Arc<AtomicUsize>,
}

/// How often a fault happens.
pub fn kills() -> u32 {
    std::env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS_DEFAULT)
}

/// A random moment.
pub fn pause() {
    thread::sleep(Duration::from_millis(20 + random() % 400));
}

/// Lets the clients work while `disturb` runs, and then compares.
pub fn run(database: &str, disturb: impl FnOnce(&mut Scene) -> TestResult) -> TestResult {
    run_with(database, &[], disturb)
}

/// The same, with more in the server's environment.
pub fn run_with(
    database: &str,
    environment: &[(&str, &str)],
    disturb: impl FnOnce(&mut Scene) -> TestResult,
) -> TestResult {
    let arguments = ["--database", database, "--rules", RULES];
    let server = Server::start_with(&arguments, environment)?;
    settle_opening(&server, CLIENTS)?;
    let (address, over) = (Address::default(), AtomicBool::new(false));
    address.set(&server.address);
    let mut scene = Scene { arguments: &arguments, environment, server, address, acknowledged: Arc::default() };

    let (address, acknowledged) = (scene.address.clone(), Arc::clone(&scene.acknowledged));
    let answered = thread::scope(|scope| {
        let client = |number| {
            let (address, acknowledged, over) = (&address, &acknowledged, &over);
            scope.spawn(move || -> Result<Answered, Failure> {
                let (client, mut answered) = (Client::new(), Vec::new());
                while !over.load(Ordering::Relaxed) {
                    answered.push(insist(&client, address, &event(number, answered.len(), CLIENTS))?);
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                Ok(answered)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        let disturbed = disturb(&mut scene);
        thread::sleep(Duration::from_millis(200));
        over.store(true, Ordering::Relaxed);
        let answered: Vec<_> = clients.into_iter().map(|client| client.join().map_err(|_| "a client failed")).collect();
        disturbed.map(|()| answered)
    })?;
    let answered: Vec<Answered> =
        answered.into_iter().map(|client| client?).collect::<Result<_, Failure>>().map_err(|e| e.to_string())?;

    let (_, state) = scene.server.get("/v1/state")?;
    scene.server.kill()?;
    compare(database, &answered, &state)
}

/// Whatever was answered is in the journal, once and with that receipt, and the state is that of a book that nobody disturbed.
fn compare(database: &str, answered: &[Answered], state: &Value) -> TestResult {
    let mut receipts: BTreeMap<String, Arc<Receipt>> = BTreeMap::new();
    let journal = audited_journal(database)?;
    for entered in &journal {
        let event: Value = serde_json::from_str(&entered.event)?;
        if let Some(id) = event["id"].as_str() {
            assert!(receipts.insert(id.into(), entered.receipt.clone()).is_none(), "{id} is there twice");
        }
    }
    let mut undisturbed: Vec<String> = opening(CLIENTS).iter().map(Value::to_string).collect();
    let mut count = 0;
    for (number, answers) in answered.iter().enumerate() {
        for (n, receipt) in answers.iter().enumerate() {
            let kept = receipts.get(&format!("c{number}-{n}")).ok_or("an acknowledged event is not there")?;
            assert_eq!(serde_json::from_value::<Receipt>(receipt.clone())?, **kept, "c{number}-{n}");
            undisturbed.push(event(number, n, CLIENTS).to_string());
            count += 1;
        }
    }
    assert_eq!(receipts.len(), count, "an event is there that nobody was answered");
    assert_eq!(*state, state_of(undisturbed.iter().map(String::as_str))?, "another state than without kills");
    println!("{count} events acknowledged, each there once");
    Ok(())
}

fn kill_the_server(scene: &mut Scene) -> TestResult {
    let mut longest = Duration::ZERO;
    for _ in 0..kills() {
        pause();
        scene.server.stop()?;
        scene.start_again()?;
        longest = longest.max(scene.recovered()?);
    }
    println!("the server was killed {} times; events again {longest:?} after a start at most", kills());
    Ok(())
}

/// Kills in turn all of its processes at once, and only the first of them. Once it stays away for longer than a server waits
/// for a connection.
fn kill_the_database(cluster: &Cluster, scene: &Scene) -> TestResult {
    let mut longest = Duration::ZERO;
    for number in 0..kills() {
        pause();
        if number.is_multiple_of(2) {
            cluster.stop_at_once()?;
        } else {
            cluster.kill()?;
        }
        thread::sleep(if number == 0 { LONG_OUTAGE } else { Duration::from_millis(random() % 400) });
        cluster.start_again()?;
        longest = longest.max(scene.recovered()?);
    }
    println!("the database was killed {} times; events again after {longest:?} at most", kills());
    Ok(())
}

impl Scene<'_> {
    /// Starts another server in the place of the one that was stopped.
    fn start_again(&mut self) -> TestResult {
        self.server = Server::start_with(self.arguments, self.environment)?;
        self.address.set(&self.server.address);
        Ok(())
    }

    /// The time until another event is acknowledged.
    pub fn recovered(&self) -> TestResult<Duration> {
        self.recovered_within(RECOVERY_MAX)
    }

    /// The same, if that may take longer.
    pub fn recovered_within(&self, most: Duration) -> TestResult<Duration> {
        let (started, before) = (Instant::now(), self.acknowledged.load(Ordering::Relaxed));
        while self.acknowledged.load(Ordering::Relaxed) == before {
            if started.elapsed() > most {
                return Err("the server does not find its database again".into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(started.elapsed())
    }
}

#[test]
fn a_killed_server_loses_and_doubles_nothing_on_sqlite() -> TestResult {
    run(&Folder::new()?.database(), kill_the_server)
}

#[test]
fn a_killed_server_loses_and_doubles_nothing_on_postgresql() -> TestResult {
    let database = Database::new().map_err(|error| error.to_string())?;
    run(&database.url(), kill_the_server)
}

#[test]
#[ignore = "long: cargo xtask faults"]
fn a_server_whose_postgresql_is_killed_goes_on_by_itself_and_loses_and_doubles_nothing() -> TestResult {
    let cluster = Cluster::start(Programs::find()?.ok_or("PostgreSQL is not installed")?)?;
    run(&format!("{}postgres", cluster.url()), |scene| kill_the_database(&cluster, scene))
}
