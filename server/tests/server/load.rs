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

/// The kinds of event in one round of [`event`].
pub const ROUND: usize = 24;

/// The place of `balance.opened` in a round: it is refused once a day was closed.
pub const OPENS_BALANCE: usize = 8;

/// The `n`th event of a client that sends one after the other: orders and transfers, and whatever takes something back. Each round has a
/// member of its own. Within a day, the order of different clients' events does not change the result.
pub fn event(client: usize, n: usize, clients: usize) -> Value {
    let round = format!("{client}-{}", n / ROUND);
    let (member, order) = (format!("x{round}"), format!("o{round}"));
    let (purchase, redemption, city) = (format!("p{round}"), format!("r{round}"), format!("{}00", 4101 + client));
    let mut event = match (n % ROUND, client) {
        (0, _) => json!({"type": "order.placed", "order": order, "buyer": format!("m{client}"), "merchant": "shop",
            "channel": "offline", "amount": "10", "concession": "1", "region": "320106", "reference": order}),
        (1, _) => json!({"type": "order.refunded", "order": order, "concession": "0.4"}),
        (2, _) => json!({"type": "member.registered", "member": member}),
        (3, _) => {
            json!({"type": "pack.purchased", "member": member, "pack": "member", "purchase": purchase, "return_days": 7})
        }
        (4, _) => json!({"type": "pack.refunded", "purchase": purchase}),
        (5, _) => json!({"type": "order.refunded", "order": order}),
        (6, _) => json!({"type": "treasury.granted", "member": member, "points": "0.5"}),
        (7, _) => json!({"type": "treasury.reclaimed", "member": member, "points": "0.2"}),
        (OPENS_BALANCE, _) => json!({"type": "balance.opened", "member": member, "share_value": "1", "points": "0.1"}),
        (9, _) => json!({"type": "points.redeemed", "member": member, "points": "0.1", "redemption": redemption}),
        (10, _) => json!({"type": "redemption.cancelled", "redemption": redemption}),
        (11, _) => json!({"type": "member.frozen", "member": member}),
        (12, _) => json!({"type": "member.unfrozen", "member": member}),
        (13, _) => json!({"type": "role.assigned", "member": member, "role": "vip"}),
        (14, _) => json!({"type": "role.withdrawn", "member": member}),
        (15, _) => json!({"type": "pack.purchased", "member": member, "pack": "area"}),
        (16, _) => json!({"type": "partner.appointed", "member": member, "region": city}),
        (17, _) => json!({"type": "partner.withdrawn", "member": member}),
        // The treasury has a deposit for one.
        (18, 0) => json!({"type": "pack.purchased", "member": member, "pack": "merchant"}),
        (19, 0) => json!({"type": "treasury.granted", "member": member, "points": "500"}),
        (20, 0) => json!({"type": "merchant.opened", "member": member, "region": "320106"}),
        (21, 0) => json!({"type": "merchant.closed", "member": member}),
        (22, 0) => json!({"type": "treasury.reclaimed", "member": member, "points": "500"}),
        _ => return independent_event(client, n, clients),
    };
    event["id"] = json!(format!("c{client}-{n}"));
    event
}

/// The `n`th event of a client whose events come in any order.
pub fn independent_event(client: usize, n: usize, clients: usize) -> Value {
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
