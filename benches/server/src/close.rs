//! The close of a day on which very much is due, while others are served, on a server with little memory.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::bulk::{self, Copies};
use crate::client::Client;
use crate::measure::{Figures, milliseconds};
use crate::places::Engine;
use crate::server::{REGION, Server, member, shop};

/// Members who buy, each with a referrer who is rewarded too.
const BUYERS: u64 = 10_000;

/// How often it is looked how much memory there is, and how often another command is given.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Measures, and prints a table. `memory` is what the server may have, in MB.
pub fn run(program: &Path, orders: u64, trades: u64, memory: u64) -> Result<()> {
    println!("\n{orders} orders and {trades} trades due on one day, a server with at most {memory} MB\n");
    println!("engine      close s   ms each  memory before MB  at most MB   others: p50 ms   p99 ms   most ms");
    let runtime = Runtime::new()?;
    engine(&Engine::sqlite()?, program, [orders, trades, memory], &runtime)?;
    engine(&Engine::postgres()?, program, [orders, trades, memory], &runtime)
}

fn engine(engine: &Engine, program: &Path, [orders, trades, memory]: [u64; 3], runtime: &Runtime) -> Result<()> {
    let database = engine.new_database(runtime)?;
    let day = open(program, &database, [orders, trades], runtime)?;
    let server = Server::start_within(program, &database, memory)?;
    let client = server.client()?;
    // What the server keeps from its first requests on is no growth.
    for n in 0..50 {
        other(&client, n)?;
    }
    let before = server.memory()?;
    let closed = AtomicBool::new(false);
    let (time, most, latencies) = thread::scope(|scope| {
        let others = scope.spawn(|| served_meanwhile(&server, &closed));
        let watched = scope.spawn(|| memory_meanwhile(&server, &closed));
        let started = Instant::now();
        let done = close(&server, &day);
        let time = started.elapsed();
        closed.store(true, Ordering::Relaxed);
        let most = watched.join().map_err(|_| anyhow!("nobody watched the memory"))??;
        let latencies = others.join().map_err(|_| anyhow!("nobody was served"))??;
        done.map(|()| (time, most, latencies))
    })?;
    let figures = Figures::new(time, latencies);
    let each = time.as_micros() / u128::from(orders + trades).max(1);
    println!(
        "{:10} {:>8} {:>9}  {before:>16}  {most:>10}  {:>14} {:>8}  {:>8}",
        engine.to_string(),
        time.as_secs(),
        format!("{}.{:03}", each / 1_000, each % 1_000),
        milliseconds(figures.percentile(50)),
        milliseconds(figures.percentile(99)),
        milliseconds(figures.percentile(100)),
    );
    Ok(())
}

/// A book on whose open day so much is due; answers with the day.
fn open(program: &Path, database: &str, [orders, trades]: [u64; 2], runtime: &Runtime) -> Result<String> {
    let server = Server::start(program, database, "seed")?;
    let client = server.client()?;
    client.events(&shop("shop", "8000"))?;
    let [mut joins, buys] = member("pattern", "shop");
    joins.as_object_mut().context("no table")?.remove("referrer");
    client.events(&[joins, buys])?;
    client.events(&member("taker", "shop"))?;
    drop(server);
    runtime.block_on(bulk::load(database, "pattern", BUYERS * bulk::ROW))?;
    let server = Server::start(program, database, "seed")?;
    let client = server.client()?;
    client.events(&[
        json!({"type": "order.placed", "order": "pattern", "buyer": bulk::name(1), "merchant": "shop", "channel": "offline",
            "amount": "0.10", "concession": "0.01", "region": REGION}),
        json!({"type": "treasury.granted", "member": "taker", "points": "1"}),
        json!({"type": "offer.placed", "offer": "dust", "member": "shop", "side": "buy", "points": "1000000", "unit_price": "1"}),
        json!({"type": "offer.taken", "offer": "dust", "trade": "pattern", "member": "taker", "points": "0.001"}),
    ])?;
    drop(client);
    drop(server);
    runtime.block_on(bulk::copy(database, Copies { orders, trades, buyers: BUYERS }))?;
    let server = Server::start(program, database, "seed")?;
    let client = server.client()?;
    let first = open_day(&client)?;
    close(&server, &first)?;
    open_day(&client)
}

fn open_day(client: &Client) -> Result<String> {
    Ok(client.get("/v1/supply")?["day"].as_str().context("no day")?.to_owned())
}

/// Asks until it is closed: a close that takes longer than a request may goes on, and is asked for again.
fn close(server: &Server, day: &str) -> Result<()> {
    loop {
        let closed = server.client()?.command(&format!("/v1/days/{day}/close"), &format!("close-{day}"), &json!({}));
        match closed {
            Err(error) if error.to_string().contains(" 503 ") || error.to_string().contains(" 409 ") => {
                thread::sleep(LOOK_EVERY);
            }
            other => return other.map(drop),
        }
    }
}

/// A command that has nothing to do with the close.
fn other(client: &Client, n: u64) -> Result<()> {
    let body = json!({"from": "shop", "to": "taker", "points": "0.00000001"});
    client.command("/v1/transfers", &format!("other-{n}"), &body).map(drop)
}

fn served_meanwhile(server: &Server, closed: &AtomicBool) -> Result<Vec<Duration>> {
    let client = server.client()?;
    let mut latencies = Vec::new();
    for n in 1_000.. {
        if closed.load(Ordering::Relaxed) {
            break;
        }
        let started = Instant::now();
        other(&client, n)?;
        latencies.push(started.elapsed());
        thread::sleep(LOOK_EVERY);
    }
    Ok(latencies)
}

fn memory_meanwhile(server: &Server, closed: &AtomicBool) -> Result<u64> {
    let mut most = 0;
    while !closed.load(Ordering::Relaxed) {
        most = most.max(server.memory()?);
        thread::sleep(LOOK_EVERY);
    }
    Ok(most)
}
