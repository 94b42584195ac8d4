//! Several tills of one shop: their keys are replaced while they sell, and two of them refund a part of the same order at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::kill::{kills, pause};
use crate::load::{Failure, PATIENCE, audited_journal};
use crate::support::{Folder, Server, TestResult, add_key, all_accepted, databases, gongxiang};

const TILLS: usize = 8;

/// A shop with two servers on one database.
struct Shop {
    database: String,
    servers: [Server; 2],
    operator: String,
}

fn shop(database: &str) -> TestResult<Shop> {
    let start = || Server::start_closed(&["--database", database]);
    let servers = [start()?, start()?];
    let operator = add_key(database, &["--role", "operator"])?;
    let events = json!([
        {"type": "member.registered", "member": "shop"},
        {"type": "pack.purchased", "member": "shop", "pack": "merchant"},
        {"type": "treasury.granted", "member": "shop", "points": "20000"},
        {"type": "merchant.opened", "member": "shop", "region": "440106"},
        {"type": "member.registered", "member": "ann"},
        {"type": "pack.purchased", "member": "ann", "pack": "member"},
    ]);
    let (_, answers) = servers[0].ask("POST", "/v1/events", Some(&operator), &[], Some(&events))?;
    all_accepted(&answers)?;
    Ok(Shop { database: database.into(), servers, operator })
}

impl Shop {
    fn key(&self) -> TestResult<String> {
        add_key(&self.database, &["--role", "merchant", "--member", "shop"])
    }

    fn order(&self, server: usize, token: &str, concession: &str, key: &str) -> TestResult<(u16, Value)> {
        let order = json!({"buyer": "ann", "channel": "offline", "amount": "100", "concession": concession, "region": "440106"});
        self.servers[server].ask("POST", "/v1/orders", Some(token), &[("idempotency-key", key)], Some(&order))
    }

    fn refund(&self, server: usize, order: &str, concession: &str, key: &str) -> Result<(u16, Value), Failure> {
        let (path, body) = (format!("/v1/orders/{order}/refund"), json!({"concession": concession}));
        let headers = [("idempotency-key", key)];
        let answer = self.servers[server].ask("POST", &path, Some(&self.operator), &headers, Some(&body));
        answer.map_err(|error| error.to_string().into())
    }

    /// The accepted events of a type, after the audit.
    fn count(&self, kind: &str) -> TestResult<usize> {
        let journal = audited_journal(&self.database)?;
        let kinds = journal.iter().map(|entered| serde_json::from_str::<Value>(&entered.event));
        Ok(kinds.collect::<Result<Vec<_>, _>>()?.iter().filter(|event| event["type"] == kind).count())
    }
}

fn current(key: &Mutex<String>) -> String {
    key.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Sells until it is over; an order that was refused for its key is sent again, as it was, with the next one.
fn sell(shop: &Shop, till: usize, key: &Mutex<String>, over: &AtomicBool) -> Result<(usize, usize), Failure> {
    let (mut sold, mut turned_away) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let started = Instant::now();
        loop {
            let order = shop.order((till + sold) % 2, &current(key), "0.1", &format!("till-{till}-{sold}"));
            match order.map_err(|error| error.to_string())? {
                (200, _) => break,
                (401, _) => turned_away += 1,
                (status, _) if status >= 500 || status == 429 => {}
                (_, problem) => return Err(format!("till {till}: {problem}").into()),
            }
            if started.elapsed() > PATIENCE {
                return Err("a till is not served any more".into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        sold += 1;
    }
    Ok((sold, turned_away))
}

#[test]
fn keys_that_are_replaced_while_tills_sell_lose_and_double_no_order() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let shop = shop(&database)?;
        let (key, over) = (Mutex::new(shop.key()?), AtomicBool::new(false));
        let (sold, turned_away) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| -> TestResult {
            let (shop, key, over) = (&shop, &key, &over);
            let tills: Vec<_> = (0..TILLS).map(|till| scope.spawn(move || sell(shop, till, key, over))).collect();
            let replaced = (0..kills()).try_for_each(|_| {
                pause();
                // The old one ends before the new one is there: for a while no till is let in.
                let old = current(key);
                let id = old.split('_').nth(1).ok_or("no id")?;
                gongxiang(&["keys", "--database", &shop.database, "revoke", id])?;
                let new = shop.key()?;
                *key.lock().unwrap_or_else(PoisonError::into_inner) = new;
                Ok(())
            });
            over.store(true, Ordering::Relaxed);
            for till in tills {
                let (orders, refused) = till.join().map_err(|_| "a till failed")?.map_err(|error| error.to_string())?;
                sold.fetch_add(orders, Ordering::Relaxed);
                turned_away.fetch_add(refused, Ordering::Relaxed);
            }
            replaced
        })?;
        let (sold, turned_away) = (sold.into_inner(), turned_away.into_inner());
        println!("{} keys replaced, {sold} orders acknowledged, {turned_away} asked again with the next key", kills());
        assert!(turned_away > 0, "nobody noticed");
        assert_eq!(shop.count("order.placed")?, sold);
    }
    Ok(())
}

/// The answers of two tills that refund at the same moment, each at a server of its own.
fn at_once(shop: &Shop, order: &str, concession: &str, keys: [&str; 2]) -> TestResult<[(u16, Value); 2]> {
    thread::scope(|scope| {
        let till = |server: usize| scope.spawn(move || shop.refund(server, order, concession, keys[server]));
        let tills = [till(0), till(1)];
        let mut answers = Vec::new();
        for till in tills {
            answers.push(till.join().map_err(|_| "a till failed")?.map_err(|error| error.to_string())?);
        }
        answers.try_into().map_err(|_| "two answers".into())
    })
}

#[test]
fn a_part_refund_at_two_tills_at_once_never_gives_back_more_than_there_was() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let shop = shop(&database)?;
        let key = shop.key()?;
        let mut refunds = 0;
        for number in 0..kills() {
            let (_, placed) = shop.order(0, &key, "10", &format!("order-{number}"))?;
            let order = placed["order"].as_str().ok_or("no order")?.to_owned();
            // The same request at both: refunded once, with one receipt. A till may be told that the other one is at it.
            let same = format!("same-{number}");
            let answers = at_once(&shop, &order, "3", [&same, &same])?;
            assert!(answers.iter().any(|(status, _)| *status == 200), "{answers:?}");
            for (status, answer) in &answers {
                assert!(*status == 200 || answer["code"] == "in_flight", "{answer}");
            }
            let receipts = [0, 1].map(|server| shop.refund(server, &order, "3", &same));
            for receipt in receipts {
                let (status, answer) = receipt.map_err(|error| error.to_string())?;
                assert_eq!((status, &answer["repeated"]), (200, &json!(true)), "{answer}");
            }
            // Two requests of 4 of the 7 that are left: there is one, and the other one is told why not.
            let [one, other] = ["one", "other"].map(|till| format!("{till}-{number}"));
            let answers = at_once(&shop, &order, "4", [&one, &other])?;
            let mut statuses = answers.iter().map(|(status, _)| *status).collect::<Vec<_>>();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 422], "{answers:?}");
            assert!(answers.iter().any(|(_, answer)| answer["code"] == "bad_concession"), "{answers:?}");
            refunds += 2;
        }
        println!("{refunds} part refunds acknowledged, each there once, of {} pairs", 2 * kills());
        assert_eq!(shop.count("order.refunded")?, refunds);
    }
    Ok(())
}
