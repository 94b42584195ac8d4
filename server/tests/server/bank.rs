//! A bank's day: 32 clients send requests twice, late and out of order to two servers on one `PostgreSQL`, while days are
//! closed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::failover::{Name, cluster, fail_overs};
use crate::load::{
    Address, Failure, OPENS_BALANCE, PATIENCE, ROUND, RULES, audited_journal, event, independent_event, insist,
    settle_opening, state_of,
};
use crate::postgres::Database;
use crate::support::{Client, Server, TestResult, random};

const CLIENTS: usize = 32;
const EACH: usize = 12;
/// They take back what was done, step by step.
const CLERKS: usize = 3;
/// All but the opening balance, because days are closed.
const EACH_OF_CLERKS: usize = ROUND - 1;
const DAYS: usize = 6;

/// In 10^-8.
fn raw(amount: &Value) -> Result<i128, Failure> {
    let text = amount.as_str().ok_or("no amount")?;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    Ok(format!("{whole}{part:0<8}").parse()?)
}

/// RULES.md section 7: the sums of one snapshot.
fn adds_up(supply: &Value) -> Result<(), Failure> {
    let mut sum = 0;
    for place in ["held", "pool", "escrow", "treasury", "burned"] {
        let part = raw(&supply[place])?;
        if part < 0 {
            return Err(format!("{place} is negative: {supply}").into());
        }
        sum += part;
    }
    if sum == raw(&supply["issued"])? { Ok(()) } else { Err(format!("does not add up: {supply}").into()) }
}

/// Sends all requests of one client, each two or three times, in random order, each time to a random server.
fn send(number: usize, addresses: &[Address; 2]) -> Result<(), Failure> {
    let client = Client::new();
    let mut order: Vec<(u64, usize)> = (0..EACH * 5 / 2).map(|n| (random(), n % EACH)).collect();
    order.sort_unstable();
    let mut first: Vec<Option<Value>> = vec![None; EACH];
    for (chance, n) in order {
        thread::sleep(Duration::from_millis(chance % 20));
        let address = &addresses[usize::from(chance.is_multiple_of(2))];
        let receipt = insist(&client, address, &independent_event(number, n, CLIENTS))?;
        if first[n].get_or_insert_with(|| receipt.clone()) != &receipt {
            return Err(format!("event {n} of client {number} has two answers").into());
        }
    }
    Ok(())
}

/// Sends all requests of a clerk in order, each to both servers.
fn correct(number: usize, addresses: &[Address; 2]) -> Result<(), Failure> {
    let client = Client::new();
    for n in (0..ROUND).filter(|n| *n != OPENS_BALANCE) {
        let mut receipts = Vec::new();
        for address in addresses {
            receipts.push(insist(&client, address, &event(number, n, CLIENTS))?);
            thread::sleep(Duration::from_millis(random() % 10));
        }
        if receipts.first() != receipts.last() {
            return Err(format!("event {n} of clerk {number} has two answers").into());
        }
    }
    Ok(())
}

/// Asks until it is answered: a database may be away for some seconds.
fn read(client: &Client, server: &Server, path: &str) -> Result<Value, Failure> {
    let started = Instant::now();
    loop {
        match client.get(&server.address, path) {
            Ok((200, answer)) => return Ok(answer),
            Ok((503, _)) if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            other => return Err(format!("{path}: {other:?}").into()),
        }
    }
}

/// Closes day after day through either server, and checks the sums all the time.
fn close_days(addresses: &[Address; 2], servers: &[Server; 2], busy: &AtomicUsize) -> Result<(), Failure> {
    let client = Client::new();
    for day in 1..=DAYS {
        for server in servers {
            adds_up(&read(&client, server, "/v1/supply")?["supply"])?;
        }
        let close = json!({"type": "day.closed", "day": format!("1997-01-0{day}"), "id": format!("close-{day}")});
        for address in addresses {
            insist(&client, address, &close)?;
        }
        if busy.load(Ordering::Relaxed) > 0 {
            thread::sleep(Duration::from_millis(60));
        }
    }
    Ok(())
}

/// Reads the journal as it grows, each time from its last place, until the writers end; returns the places in this order.
fn tail(server: &Server, done: &AtomicBool) -> Result<Vec<i64>, Failure> {
    let (client, mut places) = (Client::new(), Vec::new());
    loop {
        let last = done.load(Ordering::Acquire);
        let path = format!("/v1/events?limit=50&after={}", places.last().copied().unwrap_or_default());
        let page = read(&client, server, &path)?;
        let events = page["events"].as_array().ok_or("no events")?;
        places.extend(events.iter().filter_map(|event| event["place"].as_i64()));
        if last && events.is_empty() {
            return Ok(places);
        }
    }
}

/// The whole day on this database, while `disturb` does what it does.
fn bank_day(database: &str, disturb: impl FnOnce(&AtomicUsize) -> Result<(), Failure> + Send) -> TestResult {
    let arguments = ["--database", database, "--rules", RULES];
    let servers = [Server::start(&arguments)?, Server::start(&arguments)?];
    settle_opening(&servers[0], CLIENTS + CLERKS)?;
    let addresses = [Address::default(), Address::default()];
    for (address, server) in addresses.iter().zip(&servers) {
        address.set(&server.address);
    }
    let busy = AtomicUsize::new(CLIENTS + CLERKS);
    let done = AtomicBool::new(false);
    let tailed = thread::scope(|scope| -> Result<Vec<i64>, Failure> {
        let (addresses, busy) = (&addresses, &busy);
        let tailing = scope.spawn(|| tail(&servers[0], &done));
        let client = |number| {
            scope.spawn(move || {
                let work = if number < CLIENTS { send } else { correct };
                let sent = work(number, addresses);
                busy.fetch_sub(1, Ordering::Relaxed);
                sent
            })
        };
        let clients: Vec<_> = (0..CLIENTS + CLERKS).map(client).collect();
        let disturbing = scope.spawn(move || disturb(busy));
        let closed = close_days(addresses, &servers, busy);
        let sent: Vec<_> = clients.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Release);
        closed?;
        disturbing.join().map_err(|_| "nothing disturbed it")??;
        sent.into_iter().try_for_each(|client| client.map_err(|_| "a client failed")?)?;
        tailing.join().map_err(|_| "the reader failed")?
    })
    .map_err(|error| error.to_string())?;

    let (_, state) = servers[0].get("/v1/state")?;
    assert_eq!(state, servers[1].get("/v1/state")?.1);
    let (_, supply) = servers[1].get("/v1/supply")?;
    adds_up(&supply["supply"]).map_err(|error| error.to_string())?;
    let journal = audited_journal(database)?;
    let opening = crate::load::opening(CLIENTS + CLERKS).len();
    let sent = opening + CLIENTS * EACH + CLERKS * EACH_OF_CLERKS + DAYS;
    assert_eq!(journal.len(), sent, "every event once");
    assert!(tailed.into_iter().eq(journal.iter().map(|entered| entered.place.0)), "who reads on misses none");
    assert_eq!(state, state_of(journal.iter().map(|entered| entered.event.as_str()))?);
    println!("{sent} events, each there once");
    Ok(())
}

#[test]
fn two_servers_on_one_database_keep_one_set_of_books_while_days_close() -> TestResult {
    let database = Database::new().map_err(|error| error.to_string())?;
    bank_day(&database.url(), |_| Ok(()))
}

#[test]
fn a_fail_over_within_the_day_changes_nothing() -> TestResult {
    let one = cluster()?;
    let other = one.start_standby()?;
    let name = Name::of(&one)?;
    bank_day(&name.url(), |busy| {
        let (mut old, mut new, mut times) = (&one, &other, 0);
        while busy.load(Ordering::Relaxed) > 0 && times < fail_overs() {
            old.stop_at_once()?;
            new.promote()?;
            name.leads_to(new);
            // Nothing is settled before the new one has a standby.
            old.follow(new)?;
            thread::sleep(Duration::from_secs(2));
            (old, new) = (new, old);
            times += 1;
        }
        println!("{times} fail-overs within the day");
        if times == 0 { Err("the day was over before it was disturbed".into()) } else { Ok(()) }
    })
}
