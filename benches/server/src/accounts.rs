//! What an order, a wallet's snapshot and a day's close cost with few and with very many accounts.
//!
//! Two servers, asked in turn, so that whatever else the machine does slows both.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::bulk;
use crate::client::Client;
use crate::measure::{Figures, milliseconds, ratio};
use crate::places::Engine;
use crate::server::{REGION, Server, member, order, shop};

const FEW: u64 = 10_000;
const ORDERS: u64 = 400;
const CLOSES: u64 = 12;

/// Orders that vest in each close.
const ORDERS_A_DAY: u64 = 200;

/// Of those above, how many only warm up.
const UNCOUNTED: usize = 2;

struct Book {
    /// Ended before its database goes.
    _server: Server,
    client: Client,
    accounts: u64,
}

/// What was measured with one book.
#[derive(Default)]
struct Times {
    orders: Vec<Duration>,
    snapshots: Vec<Duration>,
    closes: Vec<Duration>,
}

/// Measures, and prints a table.
pub fn run(program: &Path, many: u64) -> Result<()> {
    println!("\none client, p50: {FEW} accounts and {many}\n");
    println!("engine      what              few ms   many ms  ratio");
    let runtime = Runtime::new()?;
    engine(&Engine::sqlite()?, program, many, &runtime)?;
    engine(&Engine::postgres()?, program, many, &runtime)
}

fn engine(engine: &Engine, program: &Path, many: u64, runtime: &Runtime) -> Result<()> {
    let few = Book::open(engine, program, FEW, runtime)?;
    let started = Instant::now();
    let many = Book::open(engine, program, many, runtime)?;
    println!("{:10}  loaded in {} s", engine.to_string(), started.elapsed().as_secs());
    let (mut with_few, mut with_many) = (Times::default(), Times::default());
    for n in 0..ORDERS {
        few.order_and_look(n, &mut with_few)?;
        many.order_and_look(n, &mut with_many)?;
    }
    for n in 0..CLOSES {
        few.close(n, &mut with_few)?;
        many.close(n, &mut with_many)?;
    }
    print(engine, "order", with_few.orders, with_many.orders);
    print(engine, "snapshot", with_few.snapshots, with_many.snapshots);
    print(engine, "close of a day", with_few.closes, with_many.closes);
    Ok(())
}

fn print(engine: &Engine, what: &str, few: Vec<Duration>, many: Vec<Duration>) {
    let p50 =
        |times: Vec<Duration>| Figures::new(Duration::ZERO, times.into_iter().skip(UNCOUNTED).collect()).percentile(50);
    let (few, many) = (p50(few), p50(many));
    let ratio = ratio(many.as_micros(), few.as_micros());
    println!("{:10}  {what:15} {:>8}  {:>8} {ratio:>6}", engine.to_string(), milliseconds(few), milliseconds(many));
}

impl Book {
    fn open(engine: &Engine, program: &Path, accounts: u64, runtime: &Runtime) -> Result<Self> {
        let database = engine.new_database(runtime)?;
        let server = Server::start(program, &database, "seed")?;
        server.client()?.events(&shop("shop", "20000"))?;
        let [mut joins, buys] = member("pattern", "shop");
        joins.as_object_mut().context("no table")?.remove("referrer");
        server.client()?.events(&[joins, buys])?;
        drop(server);
        runtime.block_on(bulk::load(&database, "pattern", accounts))?;
        let server = Server::start(program, &database, "seed")?;
        Ok(Self { client: server.client()?, _server: server, accounts })
    }

    /// A member anywhere in the book, another each time.
    fn member(&self, n: u64) -> String {
        // The multiplier is prime and far from any period of the rows.
        bulk::name(n.wrapping_mul(2_654_435_761) % self.accounts)
    }

    fn order_and_look(&self, n: u64, times: &mut Times) -> Result<()> {
        let (buyer, other) = (self.member(2 * n), self.member(2 * n + 1));
        let order = order(&buyer, "shop");
        times.orders.push(timed(|| self.client.command("/v1/orders", &format!("order-{n}"), &order))?);
        times.snapshots.push(timed(|| self.client.get(&format!("/v1/members/{other}")))?);
        Ok(())
    }

    fn close(&self, n: u64, times: &mut Times) -> Result<()> {
        let order = |i: u64| {
            let id = format!("day-{n}-{i}");
            json!({"type": "order.placed", "order": id, "buyer": self.member(n * ORDERS_A_DAY + i), "merchant": "shop",
                "channel": "offline", "amount": "0.10", "concession": "0.01", "region": REGION})
        };
        self.client.events(&(0..ORDERS_A_DAY).map(order).collect::<Vec<_>>())?;
        let day = self.client.get("/v1/supply")?["day"].as_str().context("no day")?.to_owned();
        let path = format!("/v1/days/{day}/close");
        times.closes.push(timed(|| self.client.command(&path, &format!("close-{n}"), &json!({})))?);
        Ok(())
    }
}

fn timed(work: impl FnOnce() -> Result<Value>) -> Result<Duration> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}
