//! `cargo xtask bench server`: what the settlement server does in a second, and what ten million accounts cost it.
//!
//! The real program is asked over HTTP, each order under a key of its own and answered when it is on the disk. Beside it
//! the crate `doubleentry` posts the entries of the same orders' receipts in the same run, on the same engine with the same
//! durability (`SQLite` in WAL mode with `synchronous = FULL`; `PostgreSQL` with `fsync` and `synchronous_commit`), in this
//! process, without HTTP.
//!
//! | file | what it knows |
//! |---|---|
//! | [`measure`] | clients side by side, and the figures of what they did |
//! | [`server`] | the program under test, and what it is asked |
//! | [`client`] | HTTP |
//! | [`places`] | new databases on each engine |
//! | [`peer`] | the other ledger |
//! | [`orders`] | the first table: orders a second |
//! | [`accounts`] | the second: the same with few and with very many accounts |
//! | [`bulk`] | very many accounts, written at once |

mod accounts;
mod bulk;
mod client;
mod measure;
mod orders;
mod peer;
mod places;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;

/// Measure the settlement server.
#[derive(Debug, Parser)]
struct Options {
    /// The program `gongxiang`, built for release.
    program: PathBuf,
    /// How long each rate is measured.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many accounts are many.
    #[arg(long, default_value_t = 10_000_000)]
    accounts: u64,
}

fn main() -> Result<()> {
    let Options { program, seconds, accounts } = Options::parse();
    orders::run(&program, Duration::from_secs(seconds))?;
    accounts::run(&program, accounts)
}
