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
//! | [`close`] | the third, with `--close`: a close of very much, with little memory |
//! | [`pages`] | the fourth, with `--pages`: pages of a large scheme |
//! | [`hour`] | the fifth, with `--hour`: an hour at half the peak |
//! | [`beside`] | the sixth, with `--beside`: two versions of the server in turns |
//! | [`bulk`] | very many rows, written at once |

mod accounts;
mod beside;
mod bulk;
mod client;
mod close;
mod hour;
mod measure;
mod orders;
mod pages;
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
    /// Measure a close with very much due instead, while others are served.
    #[arg(long)]
    close: bool,
    /// How many orders are due at it.
    #[arg(long, default_value_t = 1_000_000)]
    orders: u64,
    /// How many trades are stale.
    #[arg(long, default_value_t = 300_000)]
    trades: u64,
    /// The server's address space for it, in MB.
    #[arg(long, default_value_t = 1_000)]
    memory: u64,
    /// Measure the pages of a large scheme instead: teams, cities, the lists of the desk.
    #[arg(long, conflicts_with = "close")]
    pages: bool,
    /// Send half of what the server can take for an hour instead, and write what was seen as plots.
    #[arg(long, conflicts_with_all = ["close", "pages"])]
    hour: bool,
    /// Measure orders a second beside this program instead, another version, in turns.
    #[arg(long, conflicts_with_all = ["close", "pages", "hour"])]
    beside: Option<PathBuf>,
    /// How many turns each has.
    #[arg(long, default_value_t = 12)]
    turns: u64,
    /// The engine of the hour: `sqlite` or `postgresql`. Without it, both.
    #[arg(long)]
    engine: Option<String>,
    /// How many minutes the hour has.
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Where its plots go.
    #[arg(long, default_value = ".")]
    plots: PathBuf,
    /// How many members are below a holder.
    #[arg(long, default_value_t = 100_000)]
    below: u64,
    /// How many shops are in a city.
    #[arg(long, default_value_t = 2_000)]
    shops: u64,
}

fn main() -> Result<()> {
    let Options {
        program,
        seconds,
        accounts,
        close,
        orders,
        trades,
        memory,
        hour,
        beside,
        turns,
        engine,
        minutes,
        plots,
        pages,
        below,
        shops,
    } = Options::parse();
    if let Some(other) = beside {
        return beside::run(&program, &other, Duration::from_secs(seconds), turns);
    }
    if close {
        return close::run(&program, orders, trades, memory);
    }
    if hour {
        return hour::run(&program, minutes, &plots, engine.as_deref());
    }
    if pages {
        return pages::run(&program, below, shops);
    }
    orders::run(&program, Duration::from_secs(seconds))?;
    accounts::run(&program, accounts)
}
