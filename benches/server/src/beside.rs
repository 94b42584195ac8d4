//! Orders a second of two versions of the server, in turns, so that a machine which is slower for a while is so for both.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::measure::{self, ratio};
use crate::orders::{CLIENTS, CLIENTS_MAX, RulesFile, at_once, open, place};
use crate::places::Engine;
use crate::server::Server;

/// Measures, and prints a table of medians.
pub fn run(program: &Path, other: &Path, time: Duration, rounds: u64) -> Result<()> {
    println!("durable orders of two programs, {rounds} turns of {} s each\n", time.as_secs());
    println!("engine      clients  this/s  other/s  ratio");
    let runtime = Runtime::new()?;
    let rules = RulesFile::new(&at_once()?)?;
    let rules = rules.path()?;
    for engine in [Engine::sqlite()?, Engine::postgres()?] {
        let this = Program::start(program, &engine, rules, &runtime)?;
        let other = Program::start(other, &engine, rules, &runtime)?;
        for count in CLIENTS {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for round in 0..rounds {
                ours.push(this.rate(count, round, time)?);
                theirs.push(other.rate(count, round, time)?);
            }
            let (ours, theirs) = (median(ours), median(theirs));
            println!("{:10} {count:8} {ours:7} {theirs:8} {:>6}", engine.to_string(), ratio(ours, theirs));
        }
    }
    Ok(())
}

struct Program {
    /// Runs until it is dropped.
    _server: Server,
    clients: Vec<Client>,
}

impl Program {
    fn start(program: &Path, engine: &Engine, rules: &str, runtime: &Runtime) -> Result<Self> {
        let server = Server::start(program, &engine.new_database(runtime)?, rules)?;
        open(&server.client()?, CLIENTS_MAX, "800")?;
        let clients = (0..CLIENTS_MAX).map(|_| server.client()).collect::<Result<_>>()?;
        Ok(Self { _server: server, clients })
    }

    fn rate(&self, count: usize, round: u64, time: Duration) -> Result<u128> {
        let figures = measure::clients(count, time, |number, n| {
            let client = self.clients.get(number).context("no such client")?;
            place(client, number, n, &format!("{count}-{round}-{number}-{n}")).map(drop)
        })?;
        Ok(figures.rate())
    }
}

fn median(mut rates: Vec<u128>) -> u128 {
    rates.sort_unstable();
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
