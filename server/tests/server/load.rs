//! Clients that send events to servers that come and go, until each event is answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use gongxiang::book::Book;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang_server::ledger::journal;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::ledger::store::{JournalEntry, Page, Place, Scope, Store as _};
use serde_json::{Value, json};

use crate::support::{Client, Server, TestResult, all_accepted};

pub const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/cdnow.rules.json");

/// How long a client tries until the test fails.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The current address of a server.
#[derive(Clone, Default)]
pub struct Address(Arc<Mutex<String>>);

impl Address {
    pub fn set(&self, address: &str) {
        address.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn get(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Sends an event until it is answered with its receipt; without an answer it is sent again unchanged.
pub fn insist(client: &Client, address: &Address, event: &Value) -> Result<Value, Failure> {
    let started = Instant::now();
    loop {
        match client.post(&address.get(), "/v1/events", "application/json", event.to_string()) {
            Ok((200, answer)) => return Ok(answer["receipt"].clone()),
            Ok((status, problem)) if status < 500 && status != 429 => return Err(format!("{event}: {problem}").into()),
            other if started.elapsed() > PATIENCE => return Err(format!("{event}: {other:?}").into()),
            _ => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Events for a shop with enough points, and for so many members with 100 points each.
pub fn opening(members: usize) -> Vec<Value> {
    let mut events = vec![json!({"type": "member.registered", "member": "shop"})];
    events.push(json!({"type": "pack.purchased", "member": "shop", "pack": "merchant"}));
    events.push(json!({"type": "treasury.granted", "member": "shop", "points": "20000"}));
    events.push(json!({"type": "merchant.opened", "member": "shop", "region": "320106"}));
    for n in 0..members {
        let member = format!("m{n}");
        events.push(json!({"type": "member.registered", "member": member, "referrer": "shop"}));
        events.push(json!({"type": "pack.purchased", "member": member, "pack": "member"}));
        events.push(json!({"type": "treasury.granted", "member": member, "points": "100"}));
    }
    events
}

/// The `n`th event of a client. Within a day, the order of different clients' events does not change the result.
pub fn event(client: usize, n: usize, clients: usize) -> Value {
    let (own, next) = (format!("m{client}"), format!("m{}", (client + 1) % clients));
    let id = format!("c{client}-{n}");
    if n.is_multiple_of(5) {
        json!({"type": "order.placed", "order": id, "buyer": own, "merchant": "shop", "channel": "offline",
            "amount": "10", "concession": "1", "region": "320106", "id": id})
    } else {
        json!({"type": "points.transferred", "from": own, "to": next, "points": "0.001", "id": id})
    }
}

pub fn settle_opening(server: &Server, members: usize) -> TestResult {
    let (status, answers) = server.post("/v1/events", "application/json", json!(opening(members)).to_string())?;
    assert_eq!(status, 200, "{answers}");
    all_accepted(&answers)
}

/// The state after a book settled the events one after another.
pub fn state_of<'a>(events: impl IntoIterator<Item = &'a str>) -> TestResult<Value> {
    let tree: Tree = serde_json::from_str(&std::fs::read_to_string(RULES)?)?;
    let mut book = Book::open(RuleSet::from_tree(&tree)?);
    for event in events {
        let line = journal::parse(event.as_bytes()).map_err(|refusal| refusal.to_string())?;
        book.apply(&line.entry).result.map_err(|refusal| format!("{event}: {refusal}"))?;
    }
    Ok(serde_json::to_value(book.state().map_err(|_| "the state does not fit")?)?)
}

/// The stored journal, which has to pass the audit.
pub fn audited_journal(database: &str) -> TestResult<Vec<JournalEntry>> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let store = SqlStore::open(database).await?;
        let mut tx = store.begin(Scope::Reading).await?;
        gongxiang_server::ledger::audit::audit(&mut *tx).await?;
        let mut all: Vec<JournalEntry> = Vec::new();
        loop {
            let after = all.last().map_or(Place::default(), |entered| entered.place);
            let page = tx.journal(Page { after, limit: 5_000 }).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    })
}
