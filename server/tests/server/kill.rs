//! Servers that are killed at random moments under load: whatever was answered is there once, and nothing else.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::load::{Address, Failure, RULES, audited_journal, event, insist, opening, settle_opening, state_of};
use crate::postgres::Database;
use crate::support::{Client, Folder, Server, TestResult, random};

/// How often the server is killed; more in a long run.
const KILLS: &str = "GONGXIANG_TEST_KILLS";
const KILLS_DEFAULT: u32 = 10;
const CLIENTS: usize = 16;

/// What one client was answered, by the number of the event.
type Answered = Vec<Value>;

fn run(database: &str) -> TestResult {
    let kills = std::env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS_DEFAULT);
    let arguments = ["--database", database, "--rules", RULES];
    let mut server = Server::start(&arguments)?;
    settle_opening(&server, CLIENTS)?;
    let (address, over) = (Address::default(), AtomicBool::new(false));
    address.set(&server.address);

    let answered = thread::scope(|scope| {
        let client = |number| {
            let (address, over) = (&address, &over);
            scope.spawn(move || -> Result<Answered, Failure> {
                let (client, mut answered) = (Client::new(), Vec::new());
                while !over.load(Ordering::Relaxed) {
                    answered.push(insist(&client, address, &event(number, answered.len(), CLIENTS))?);
                }
                Ok(answered)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        let killed = kill_often(kills, &mut server, &arguments, &address);
        over.store(true, Ordering::Relaxed);
        let answered: Vec<_> = clients.into_iter().map(|client| client.join().map_err(|_| "a client failed")).collect();
        killed.map(|()| answered)
    })?;
    let answered: Vec<Answered> =
        answered.into_iter().map(|client| Ok(client??)).collect::<Result<_, Failure>>().map_err(|e| e.to_string())?;

    let (_, state) = server.get("/v1/state")?;
    server.kill()?;
    let mut receipts: BTreeMap<String, String> = BTreeMap::new();
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
            assert_eq!(*receipt, serde_json::from_str::<Value>(kept)?, "c{number}-{n}");
            undisturbed.push(event(number, n, CLIENTS).to_string());
            count += 1;
        }
    }
    assert_eq!(receipts.len(), count, "an event is there that nobody was answered");
    assert_eq!(state, state_of(undisturbed.iter().map(String::as_str))?, "another state than without kills");
    println!("{kills} kills, {count} events acknowledged, each there once");
    Ok(())
}

fn kill_often(kills: u32, server: &mut Server, arguments: &[&str], address: &Address) -> TestResult {
    for _ in 0..kills {
        thread::sleep(Duration::from_millis(20 + random() % 400));
        server.stop()?;
        *server = Server::start(arguments)?;
        address.set(&server.address);
    }
    thread::sleep(Duration::from_millis(200));
    Ok(())
}

#[test]
fn a_killed_server_loses_and_doubles_nothing_on_sqlite() -> TestResult {
    run(&Folder::new()?.database())
}

#[test]
fn a_killed_server_loses_and_doubles_nothing_on_postgresql() -> TestResult {
    let database = Database::new().map_err(|error| error.to_string())?;
    run(&database.url())
}
