//! Orders a second, beside the other ledger.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use gongxiang::preset;
use gongxiang::ruleset::RuleSet;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::measure::{self, Figures, milliseconds, ratio};
use crate::peer::{Peer, Postings};
use crate::places::Engine;
use crate::server::{Server, member, order, shop};

pub const CLIENTS: [usize; 3] = [1, 8, 32];
pub const CLIENTS_MAX: usize = 32;

/// Members who buy from each shop; every client sells for a shop of its own.
pub const BUYERS: u64 = 8;

/// Measures, and prints a table.
pub fn run(program: &Path, time: Duration) -> Result<()> {
    println!("durable orders, and the entries of their receipts in doubleentry\n");
    println!("engine      clients  server/s   p50 ms   p99 ms  peer/s   p50 ms   p99 ms  ratio");
    let runtime = Runtime::new()?;
    let rules = RulesFile::new(&at_once()?)?;
    let rules = rules.path()?;
    engine(&Engine::sqlite()?, program, rules, time, &runtime)?;
    engine(&Engine::postgres()?, program, rules, time, &runtime)
}

/// The seed rules with orders that vest at once, as the scheme's own papers have it: all that an order moves is in its
/// receipt, so both ledgers record all of it.
pub fn at_once() -> Result<RuleSet> {
    Ok(RuleSet { order_vesting_days_online: 0, order_vesting_days_offline: 0, ..preset::seed()? })
}

/// Rules in a file, until it is dropped.
pub struct RulesFile(PathBuf);

impl RulesFile {
    pub fn new(rules: &RuleSet) -> Result<Self> {
        let file = std::env::temp_dir().join(format!("gongxiang-bench-{}.json", std::process::id()));
        fs::write(&file, rules.to_tree().canonical())?;
        Ok(Self(file))
    }

    /// As the server's program takes it.
    pub fn path(&self) -> Result<&str> {
        self.0.to_str().context("the temporary directory's name is no text")
    }
}

impl Drop for RulesFile {
    fn drop(&mut self) {
        // Whoever cleans the temporary directory finds it.
        _ = fs::remove_file(&self.0);
    }
}

fn engine(engine: &Engine, program: &Path, rules: &str, time: Duration, runtime: &Runtime) -> Result<()> {
    let server = Server::start(program, &engine.new_database(runtime)?, rules)?;
    open(&server.client()?, CLIENTS_MAX, "800")?;
    let clients = (0..CLIENTS_MAX).map(|_| server.client()).collect::<Result<Vec<_>>>()?;
    let postings = receipts(&clients)?;
    let peer = Peer::open(&engine.new_database(runtime)?, runtime, postings.iter().flatten())?;
    for count in CLIENTS {
        let ours = measure::clients(count, time, |number, n| {
            let client = clients.get(number).context("no such client")?;
            place(client, number, n, &format!("{count}-{number}-{n}")).map(drop)
        })?;
        let theirs = measure::clients(count, time, |number, n| {
            let kinds = postings.get(number).context("no such client")?;
            let kind = kinds.get(usize::try_from(n % BUYERS)?).context("no such buyer")?;
            peer.record(runtime, &format!("{count}-{number}-{n}"), kind)
        })?;
        print(engine, count, &ours, &theirs);
    }
    Ok(())
}

fn print(engine: &Engine, count: usize, ours: &Figures, theirs: &Figures) {
    println!(
        "{:10} {count:8} {:9} {:>8} {:>8} {:7} {:>8} {:>8} {:>6}",
        engine.to_string(),
        ours.rate(),
        milliseconds(ours.percentile(50)),
        milliseconds(ours.percentile(99)),
        theirs.rate(),
        milliseconds(theirs.percentile(50)),
        milliseconds(theirs.percentile(99)),
        ratio(ours.rate(), theirs.rate()),
    );
}

pub fn buyer(client: usize, n: u64) -> String {
    format!("buyer-{client}-{}", n % BUYERS)
}

/// A shop for each client, with points to give, and its buyers.
pub fn open(client: &Client, clients: usize, points: &str) -> Result<()> {
    for number in 0..clients {
        let name = format!("shop-{number}");
        client.events(&shop(&name, points))?;
        let buyers: Vec<_> = (0..BUYERS).flat_map(|n| member(&buyer(number, n), &name)).collect();
        client.events(&buyers)?;
    }
    Ok(())
}

pub fn place(client: &Client, number: usize, n: u64, key: &str) -> Result<Value> {
    client.command("/v1/orders", key, &order(&buyer(number, n), &format!("shop-{number}")))
}

/// What an order of each buyer moves, by client and buyer.
fn receipts(clients: &[Client]) -> Result<Vec<Vec<Postings>>> {
    let of = |(number, client): (usize, &Client)| {
        let one = |n| Postings::of(&place(client, number, n, &format!("first-{number}-{n}"))?["receipt"]);
        (0..BUYERS).map(one).collect()
    };
    clients.iter().enumerate().map(of).collect()
}
